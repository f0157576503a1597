// SPDX-License-Identifier: Apache-2.0
#include "server/signer/heads_file.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include <sys/resource.h>

namespace exhibit::signer {
namespace {

evidence::TreeHead headOf(std::uint64_t size)
{
    evidence::TreeHead head{size, {}};
    head.root.fill(static_cast<std::uint8_t>(size));
    return head;
}

TEST(HeadsFile, remembersTheLargestHeadOfEachLogAcrossStarts)
{
    const test::TempDir folder;
    const auto file = folder.path() / "heads";
    {
        auto heads = HeadsFile::open(file);
        ASSERT_TRUE(heads) << heads.error().message;
        ASSERT_TRUE(heads->remember("a.example/1", headOf(3)));
        ASSERT_TRUE(heads->remember("a.example/1", headOf(7)));
        ASSERT_TRUE(heads->remember("a.example/2", headOf(1)));
    }
    const auto again = HeadsFile::open(file);
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_NE(again->find("a.example/1"), nullptr);
    EXPECT_EQ(*again->find("a.example/1"), headOf(7));
    ASSERT_NE(again->find("a.example/2"), nullptr);
    EXPECT_EQ(again->find("a.example/3"), nullptr);
}

TEST(HeadsFile, aLineThatAFullDiskCutOffDoesNotTakeTheNextWithIt)
{
    const test::TempDir folder;
    const auto file = folder.path() / "heads";
    auto heads = HeadsFile::open(file);
    ASSERT_TRUE(heads) << heads.error().message;
    ASSERT_TRUE(heads->remember("a.example/1", headOf(3)));
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit tight{std::filesystem::file_size(file) + 10, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    EXPECT_FALSE(heads->remember("a.example/1", headOf(5)));
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    EXPECT_EQ(*heads->find("a.example/1"), headOf(3)) << "what is not on disk is not signed";
    ASSERT_TRUE(heads->remember("a.example/1", headOf(6)));
    const auto again = HeadsFile::open(file);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again->find("a.example/1"), headOf(6));
}

TEST(HeadsFile, isNotReplacedWhenItCannotBeRead)
{
    const test::TempDir folder;
    const auto file = folder.path() / "heads";
    const auto contents = [&file] {
        std::ostringstream text;
        text << std::ifstream(file).rdbuf();
        return text.str();
    };
    {
        auto heads = HeadsFile::open(file);
        ASSERT_TRUE(heads->remember("a.example/1", headOf(3)));
        ASSERT_TRUE(heads->remember("a.example/1", headOf(7)));
    }
    const auto whole = contents();
    for (const std::size_t at : {whole.find("3 0303"), whole.find("7 0707")}) {
        auto damaged = whole;
        damaged[at] = '9';
        std::ofstream(file) << damaged;
        const auto opened = HeadsFile::open(file);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().code, ErrorCode::Corrupt);
        EXPECT_EQ(contents(), damaged) << "what is left of it stays for whoever restores it";
    }
    std::filesystem::remove(file);
    std::filesystem::create_directory(file); // Opens, and cannot be read.
    EXPECT_FALSE(HeadsFile::open(file));
}

} // namespace
} // namespace exhibit::signer
