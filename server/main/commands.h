// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/configuration.h"

#include <optional>

/// The commands of exhibitd beside serve. Each prints its result and returns the exit code.
namespace exhibit::server {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFinding = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnavailable = 3;

struct MigrateOptions {
    std::optional<int> upTo;
    bool dryRun = false;
};

/// config check: the settings in force.
[[nodiscard]] Result<int> checkConfiguration(const Configuration& configuration);
/// migrate: each migration and its state.
[[nodiscard]] Result<int> migrate(const Configuration& configuration,
                                  const MigrateOptions& options);
/// doctor: what a start needs, checked one by one; kExitFinding when something is amiss.
[[nodiscard]] Result<int> doctor(const Configuration& configuration);

} // namespace exhibit::server
