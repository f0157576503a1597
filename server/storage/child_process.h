// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/time.h"

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Programs that the server runs beside itself.
namespace exhibit::storage {

/// Whom a child becomes before it starts its program.
struct Account {
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
};

/// PostgreSQL refuses to run as root: for root, the account `postgres` or else `nobody`; nullopt
/// for everybody else, who stays who they are.
[[nodiscard]] Result<std::optional<Account>> unprivilegedAccount();
/// Gives one file or folder to the account; nothing to do for nullopt.
[[nodiscard]] Result<void> giveTo(const std::optional<Account>& account,
                                  const std::filesystem::path& path);

/// True when the account may pass every folder above `path`, by their owners and modes.
[[nodiscard]] bool canReach(const Account& account, const std::filesystem::path& path);

/// How a child names its folder when its account cannot reach it by path: an inherited descriptor.
inline constexpr const char* kInheritedFolder = "/proc/self/fd/3";

struct ChildOptions {
    std::vector<std::string> command; ///< command[0] is the program's path.
    std::optional<Account> account;
    std::filesystem::path folder; ///< The child also has it as kInheritedFolder.
    std::string outputFile; ///< In the folder: standard output and error; emptied first.
    /// Sent to the child when the *thread* that spawned it ends; 0 for none.
    int parentDeathSignal = 0;
};

/// Starts the program in a session of its own, so that a terminal's Ctrl-C does not reach it, in
/// the root folder, with no other open files and hardly an environment. An error names the step
/// that failed.
[[nodiscard]] Result<pid_t> spawn(const ChildOptions& options);
/// Runs it to its end; Internal with the last line of its output when it does not exit with 0.
[[nodiscard]] Result<void> runToEnd(const ChildOptions& options, Deadline deadline);

/// The last line that is not empty; for error messages. Empty when it cannot be read.
[[nodiscard]] std::string lastLine(const std::filesystem::path& file);

} // namespace exhibit::storage
