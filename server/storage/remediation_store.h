// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/remediation.h"
#include "models/replay/fix_verdict.h"
#include "server/storage/chain_ledger.h"
#include "server/storage/database.h"
#include "server/storage/replay_entry.h"

namespace exhibit::storage {

struct IncidentRemediations {
    std::vector<domain::Remediation> items; ///< By number.
    std::vector<domain::FixVerification> verifications; ///< Newest first.
};

/// What is done about incidents. Any thread; every call waits.
class RemediationStore {
public:
    explicit RemediationStore(Database& database)
        : m_database(database)
    {
    }

    /// NotFound for an unknown incident.
    [[nodiscard]] Result<IncidentRemediations> list(TenantId tenant,
                                                    IncidentId incident,
                                                    Deadline deadline);
    /// Writes the item: number 0 adds one. Each change is an entry of the ledger. NotFound for an
    /// unknown incident or number.
    [[nodiscard]] Result<domain::Remediation> save(TenantId tenant,
                                                   IncidentId incident,
                                                   const domain::Remediation& item,
                                                   const Actor& actor,
                                                   LedgerAppender& ledger,
                                                   Deadline deadline);
    struct Finding {
        std::int64_t number = 0; ///< Of the remediation.
        const ReplayFindings& found;
        replay::FixFinding fix;
    };
    /// Records the verdict, as an entry of the ledger too. NotFound for an unknown number.
    [[nodiscard]] Result<domain::FixVerification> recordVerification(TenantId tenant,
                                                                     const Finding& finding,
                                                                     ChainLedger& ledger,
                                                                     Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
