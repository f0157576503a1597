// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/sha256.h"
#include "server/storage/database.h"

#include <filesystem>

namespace exhibit::storage {

/// A key for the first administrator; security::generateKey() and hashKey() make it.
struct FirstKey {
    Secret text;
    Digest hash{};
};

/// First start: an empty database gets the tenant and project `default`, the admin key, and an
/// empty snapshot to bind runs to. The key stands in DIR/admin.key (0600) before it counts. Every
/// start: shipped price tables that the database does not know are published. Returns whether `key`
/// was used, so that the caller prints it once; several replicas may call this together.
[[nodiscard]] Result<bool> bootstrap(Database& database,
                                     const std::filesystem::path& dataDirectory,
                                     const FirstKey& key,
                                     Deadline deadline);

} // namespace exhibit::storage
