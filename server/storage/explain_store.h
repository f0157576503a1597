// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/explanation.h"
#include "models/domain/policy.h"
#include "server/storage/database.h"

#include <string>

namespace exhibit::storage {

/// One decision with what it belongs to.
struct TracedDecision {
    Json decision; ///< A Decision, or for "dec_…/POLICY_ID" what its pass record says of it.
    UtcTime at{};
    CallId callId;
    RunId runId;
    std::optional<std::int64_t> stepIndex; ///< Empty until its call is ingested.
    std::optional<domain::LedgerLink> ledger; ///< Of a pass: its call's, once that has closed.
    std::optional<std::string> proof; ///< A tlog-proof; empty until a signed head covers the entry.
};

/// What the record has of a run at an instant, and whom the limits in force then were asked of.
struct ExplainedRun {
    domain::RunExplanation explanation;
    domain::PolicySubject subject;
};

/// Answers from what was recorded, never from what is configured now. Any thread; every call waits.
class ExplainStore {
public:
    explicit ExplainStore(Database& database)
        : m_database(database)
    {
    }

    /// NotFound also for another tenant's run.
    [[nodiscard]] Result<ExplainedRun> at(TenantId tenant,
                                          RunId run,
                                          UtcTime instant,
                                          Deadline deadline);
    /// `policyId` names one of a pass record's; empty for a decision of its own.
    [[nodiscard]] Result<TracedDecision> decision(TenantId tenant,
                                                  DecisionId decision,
                                                  const std::string& policyId,
                                                  Deadline deadline);

private:
    Database& m_database;
};

} // namespace exhibit::storage
