// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/entered_facts.h"
#include "server/storage/audit_store.h"
#include "server/storage/database.h"

namespace exhibit::storage {

/// What people entered, one tenant's: each change is a new version, an entry of the ledger and a
/// line of the audit log. NotFound for an unknown incident. Any thread; every call waits.
class EnteredStore {
public:
    EnteredStore(Database& database, TenantId tenant)
        : m_database(database)
        , m_tenant(tenant)
    {
    }

    template <class T>
    using Newest = Result<std::optional<report::Entered<T>>>; ///< nullopt: nobody said anything.

    [[nodiscard]] Newest<report::Impact> impact(IncidentId incident, Deadline deadline);
    [[nodiscard]] Newest<report::ComplianceStatement> compliance(Deadline deadline);

    struct Author {
        const Actor& actor;
        LedgerAppender& ledger;
    };
    [[nodiscard]] Result<void> enter(IncidentId incident,
                                     const report::Impact& impact,
                                     const Author& author,
                                     Deadline deadline);
    [[nodiscard]] Result<void> enter(const report::ComplianceStatement& statement,
                                     const Author& author,
                                     Deadline deadline);

private:
    Database& m_database;
    TenantId m_tenant;
};

} // namespace exhibit::storage
