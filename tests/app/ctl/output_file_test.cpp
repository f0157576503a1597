// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output_file.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace exhibit::ctl {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path)
{
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(OutputFile, leavesWhatWasThereUntilItIsWhole)
{
    const test::TempDir folder;
    const auto path = folder.path() / "kept";
    ASSERT_TRUE(writeFile(path, "before"));
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    {
        OutputFile broken(path);
        ASSERT_TRUE(broken.write("half of it"));
    }
    EXPECT_EQ(read(path), "before");
    OutputFile file(path);
    ASSERT_TRUE(file.write("one, "));
    ASSERT_TRUE(file.write("two"));
    ASSERT_TRUE(file.close());
    EXPECT_EQ(read(path), "one, two");
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    ASSERT_TRUE(writeFile(path, ""));
    EXPECT_EQ(read(path), "");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "no part is left";
}

TEST(OutputFile, leavesNoPartOfAFile)
{
    const test::TempDir folder;
    {
        OutputFile file(folder.path() / "part");
        ASSERT_TRUE(file.write("half of it"));
    }
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(OutputFile, writesThroughALink)
{
    const test::TempDir folder;
    const auto path = folder.path() / "target";
    ASSERT_TRUE(writeFile(path, "before"));
    fs::create_symlink(path, folder.path() / "link");
    ASSERT_TRUE(writeFile(folder.path() / "link", "after"));
    EXPECT_EQ(read(path), "after");
    EXPECT_TRUE(fs::is_symlink(folder.path() / "link"));
}

TEST(OutputFile, saysWhichFileCannotBeWritten)
{
    const test::TempDir folder;
    const auto nowhere = (folder.path() / "no folder" / "file").string();
    const auto missing = writeFile(nowhere, "text");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::Unavailable);
    EXPECT_EQ(missing.error().subject, nowhere);
    if (fs::exists("/dev/full")) {
        EXPECT_FALSE(writeFile("/dev/full", "text"));
        EXPECT_TRUE(fs::exists("/dev/full")) << "a device is nobody's half-written file";
    }
}

} // namespace
} // namespace exhibit::ctl
