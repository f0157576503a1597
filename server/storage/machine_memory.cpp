// SPDX-License-Identifier: Apache-2.0
#include "server/storage/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace exhibit::storage {
namespace {

namespace fs = std::filesystem;

/// The unlimited says "max", which is no number.
std::uint64_t limitOf(const fs::path& group)
{
    std::uint64_t bytes = 0;
    return std::ifstream(group / "memory.max") >> bytes ? bytes
                                                        : std::numeric_limits<std::uint64_t>::max();
}

/// As /proc/self/cgroup names it (cgroups(7)): "0::/system.slice/exhibitd.service".
std::string controlGroup(const fs::path& root)
{
    std::ifstream lines(root / "proc/self/cgroup");
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("0::/")) {
            return line.substr(4);
        }
    }
    return {};
}

} // namespace

std::uint64_t machineMemory(const fs::path& root)
{
    auto bytes = static_cast<std::uint64_t>(std::max(sysconf(_SC_PHYS_PAGES), 1L))
        * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    fs::path group = root / "sys/fs/cgroup";
    bytes = std::min(bytes, limitOf(group));
    for (const auto& part : fs::path(controlGroup(root))) {
        group /= part;
        bytes = std::min(bytes, limitOf(group));
    }
    return bytes;
}

std::uint64_t databaseCacheMegabytes(std::uint64_t memoryBytes)
{
    constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20U;
    return std::clamp<std::uint64_t>(memoryBytes / 8 / kMegabyte, 128, 4096);
}

} // namespace exhibit::storage
