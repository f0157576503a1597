// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

namespace exhibit::test {

/// A folder for EXHIBIT_PG_BIN whose initdb and postgres are those that it names, else the
/// installed ones, told not to wait for disks. Tests kill processes, never machines: the kernel
/// keeps what was written, and half of the time of a server's first start was waiting. Clusters
/// after the first one of the process, or of all that share the folder EXHIBIT_TEST_CLUSTERS, are
/// copies of it. There until the test's process ends. nullopt where they cannot be: no Debian or
/// Ubuntu layout, or a temporary folder that the database's account cannot reach.
[[nodiscard]] std::optional<std::filesystem::path> unsyncedPostgres();

/// The same where tests share clusters, for databases that a bench has too: it measures with the
/// disk.
[[nodiscard]] std::optional<std::filesystem::path> sharedPostgres();

} // namespace exhibit::test
