// SPDX-License-Identifier: Apache-2.0
#include "server/storage/machine_memory.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::storage {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& file, const std::string& text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

TEST(MachineMemory, isTheLeastOfTheMachineAndOfEachGroupAround)
{
    const test::TempDir root;
    const auto machine = machineMemory(root.path());
    EXPECT_GT(machine, 64U << 20U);

    write(root.path() / "proc/self/cgroup", "1:name=other:/\n0::/system.slice/exhibitd.service\n");
    const auto groups = root.path() / "sys/fs/cgroup";
    write(groups / "system.slice/memory.max", "max\n");
    EXPECT_EQ(machineMemory(root.path()), machine) << "nothing bounds it";
    write(groups / "system.slice/exhibitd.service/memory.max", "52428800\n");
    EXPECT_EQ(machineMemory(root.path()), 52428800U);
    write(groups / "system.slice/memory.max", "41943040\n");
    EXPECT_EQ(machineMemory(root.path()), 41943040U) << "the slice around it has less";
    write(groups / "memory.max", "31457280\n");
    EXPECT_EQ(machineMemory(root.path()), 31457280U) << "as a container sees its own";
}

TEST(MachineMemory, givesTheDatabaseAnEighthWithinBounds)
{
    constexpr std::uint64_t kGigabyte = std::uint64_t{1} << 30U;
    EXPECT_EQ(databaseCacheMegabytes(0), 128U);
    EXPECT_EQ(databaseCacheMegabytes(kGigabyte), 128U);
    EXPECT_EQ(databaseCacheMegabytes(16 * kGigabyte), 2048U);
    EXPECT_EQ(databaseCacheMegabytes(1024 * kGigabyte), 4096U);
}

} // namespace
} // namespace exhibit::storage
