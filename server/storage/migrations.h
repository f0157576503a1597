// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/embedded_files.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::storage {

enum class MigrationState : std::uint8_t {
    Applied,
    Changed, ///< Applied, but the file is no longer what was applied: reported, never repeated.
    Pending,
    Newer, ///< Applied by a newer server; this one does not know it.
};

struct MigrationStatus {
    int number = 0;
    std::string name; ///< File name without number and extension.
    MigrationState state = MigrationState::Pending;
    std::optional<UtcTime> appliedAt;
};

struct MigrationOptions {
    std::optional<int> upTo; ///< Apply none above; all otherwise.
    bool dryRun = false; ///< Only report.
    std::string serverVersion = EXHIBIT_VERSION;
};

/// Brings the schema up to date, each migration in a transaction under the owner role; setUpRoles()
/// comes first. Servers that start together take turns. Conflict, and nothing done, when the schema
/// declares that it needs a newer server (rulings.md 8); a migration does so in its first lines:
///   -- min-server: 0.3.0
/// Returns the state of every migration afterwards.
[[nodiscard]] Result<std::vector<MigrationStatus>> migrate(const Secret& administratorUrl,
                                                           std::span<const EmbeddedFile> migrations,
                                                           const MigrationOptions& options,
                                                           Deadline deadline);

/// The three numbers of "1.2.3"; missing ones are 0.
[[nodiscard]] bool isNewerVersion(std::string_view left, std::string_view right);

} // namespace exhibit::storage
