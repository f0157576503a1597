// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/project.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

#include <vector>

namespace exhibit::storage {

/// What an upstream may say: base_url is http(s)://host[:port][/path] without credentials, query or
/// fragment; api_key_env is a variable that by its name holds a provider's key (ends in _KEY or
/// _TOKEN, none of the server's own): whoever may write upstreams must not be able to send the
/// server's other secrets somewhere. InvalidInput with the JSON pointer of the fault.
[[nodiscard]] Result<void> checkUpstream(const domain::Upstream& upstream);

/// Upstreams of one tenant. Changes reach every replica through NOTIFY exhibit_changed. Any thread;
/// every call waits.
class UpstreamStore {
public:
    explicit UpstreamStore(Database& database)
        : m_database(database)
    {
    }

    /// Puts it last in its project and returns its position. Conflict when the project has one of
    /// that name.
    [[nodiscard]] Result<std::int64_t> add(const domain::Upstream& upstream,
                                           const Actor& actor,
                                           LedgerAppender& ledger,
                                           Deadline deadline);
    /// By project and position.
    [[nodiscard]] Result<std::vector<domain::Upstream>> list(TenantId tenant, Deadline deadline);
    [[nodiscard]] Result<void> remove(TenantId tenant,
                                      UpstreamId upstream,
                                      const Actor& actor,
                                      LedgerAppender& ledger,
                                      Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
