// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>

namespace exhibit::storage {

/// Bytes of memory that this process may use: the machine's, or less where a control group of
/// cgroup v2 (a container, a service with MemoryMax) bounds it or one above it. `root` holds proc
/// and sys, for tests.
[[nodiscard]] std::uint64_t machineMemory(const std::filesystem::path& root = "/");

/// Megabytes that a database beside the server keeps of its files (PostgreSQL's shared_buffers): an
/// eighth of the memory, from 128 to 4,096. PostgreSQL's documentation proposes a quarter for a
/// machine of its own; what is not read is not taken.
[[nodiscard]] std::uint64_t databaseCacheMegabytes(std::uint64_t memoryBytes);

} // namespace exhibit::storage
