// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/secret.h"

#include <filesystem>

namespace exhibit::storage {

/// The passwords of the logins that Exhibit makes, kept in DIR/database.secrets (0600).
struct DatabaseCredentials {
    Secret administrator; ///< Of a managed cluster; unused with a --database-url.
    Secret writer;
    Secret reader;
};

/// Reads them, or makes and stores new ones. Replicas with data directories of their own share one
/// database: with `seed`, the password of the --database-url, each derives the same ones; without
/// (empty) they are random.
[[nodiscard]] Result<DatabaseCredentials> loadOrCreateCredentials(
    const std::filesystem::path& dataDirectory, const Secret& seed);

} // namespace exhibit::storage
