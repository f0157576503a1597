// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "models/base/time.h"
#include "server/storage/credentials.h"
#include "server/storage/database.h"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::storage {

/// The roles of one database (rulings.md 7 and 10). Their names carry the database's: roles belong
/// to the whole cluster. SQL says role_name('writer') for them (0001_foundation.sql).
struct RoleNames {
    std::string owner; ///< Owns schema and tables; NOLOGIN, no serving login is a member.
    std::string writer; ///< What exhibitd writes and records as.
    std::string reader; ///< What it answers questions as.
    std::string search; ///< Owns the search tables and their functions; NOLOGIN.

    [[nodiscard]] static RoleNames of(std::string_view database);
};

/// The URLs to serve with, from the administrator's and the passwords; asks no server. `listenUrl`
/// is the direct one for LISTEN when the first goes through PgBouncer. InvalidInput when a URL
/// names no database.
[[nodiscard]] Result<DatabaseUrls> servingUrls(const Secret& administratorUrl,
                                               const DatabaseCredentials& credentials,
                                               const std::optional<Secret>& listenUrl);

/// Makes the roles that are missing and gives the logins their passwords, as the administrator of
/// the URL. Refuses logins that could pass the walls between tenants.
[[nodiscard]] Result<void> setUpRoles(const Secret& administratorUrl,
                                      const DatabaseCredentials& credentials,
                                      Deadline deadline);

/// A name as SQL text, quoted.
[[nodiscard]] std::string quoteIdentifier(std::string_view name);

} // namespace exhibit::storage
