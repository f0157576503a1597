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

TEST(OutputFile, leavesWhatWasThereUntilTheFirstWrite)
{
    const test::TempDir folder;
    const auto path = folder.path() / "kept";
    ASSERT_TRUE(writeFile(path, "before"));
    {
        OutputFile refused(path);
    }
    EXPECT_EQ(read(path), "before");
    OutputFile file(path);
    ASSERT_TRUE(file.write("one, "));
    ASSERT_TRUE(file.write("two"));
    ASSERT_TRUE(file.close());
    EXPECT_EQ(read(path), "one, two");
    ASSERT_TRUE(writeFile(path, ""));
    EXPECT_EQ(read(path), "");
}

TEST(OutputFile, leavesNoPartOfAFile)
{
    const test::TempDir folder;
    const auto path = folder.path() / "part";
    {
        OutputFile file(path);
        ASSERT_TRUE(file.write("half of it"));
        EXPECT_TRUE(fs::exists(path));
    }
    EXPECT_FALSE(fs::exists(path));
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
