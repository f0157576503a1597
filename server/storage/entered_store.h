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
    template <class T>
    using Versions = Result<std::vector<report::Entered<T>>>; ///< Newest first.

    /// Of which versions: at most `count`, all below `before`.
    struct Range {
        std::int64_t before = INT64_MAX;
        std::int64_t count = 1;
    };
    /// First and last day; both empty: of any period.
    struct Period {
        std::string start;
        std::string end;
    };

    [[nodiscard]] Newest<report::Impact> impact(IncidentId incident, Deadline deadline);
    [[nodiscard]] Versions<report::Impact> impacts(IncidentId incident,
                                                   const Range& range,
                                                   Deadline deadline);
    /// What was stated last about exactly that period.
    [[nodiscard]] Newest<report::ComplianceStatement> compliance(const Period& period,
                                                                 Deadline deadline);
    [[nodiscard]] Versions<report::ComplianceStatement> statements(const Range& range,
                                                                   Deadline deadline);

    /// The newest version of each, largest number first; the range is of numbers.
    [[nodiscard]] Versions<report::ComplianceRecord> records(const Range& range, Deadline deadline);
    /// Of one record; NotFound when there is none of that number.
    [[nodiscard]] Versions<report::ComplianceRecord> recordVersions(std::int64_t number,
                                                                    const Range& range,
                                                                    Deadline deadline);

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
    /// A new version of the record of that number, or with 0 a new record: its number. NotFound for
    /// an unknown number.
    [[nodiscard]] Result<std::int64_t> enter(report::ComplianceRecord record,
                                             const Author& author,
                                             Deadline deadline);

private:
    Database& m_database;
    TenantId m_tenant;
};

} // namespace exhibit::storage
