// SPDX-License-Identifier: Apache-2.0
// How a run of one call ends: domain.md's table, as far as one call can tell.
#include "server/storage/ingest_batch.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

using domain::RunStatus;
using domain::TerminationReason;

struct Row {
    std::string outcome; ///< Of the call.
    std::optional<std::string> errorCode;
    bool byPolicy;
    RunStatus status;
    TerminationReason reason;
};

const Row kRows[] = {
    {"completed", {}, false, RunStatus::Succeeded, TerminationReason::Completed},
    {"stopped", {}, true, RunStatus::FailedPolicy, TerminationReason::PolicyBlock},
    {"stopped", {}, false, RunStatus::Cancelled, TerminationReason::UserAbort},
    {"client_gone", {}, false, RunStatus::Cancelled, TerminationReason::UserAbort},
    {"timeout", {}, false, RunStatus::Failed, TerminationReason::Timeout},
    {"upstream_error", {}, false, RunStatus::Failed, TerminationReason::SystemFailure},
    {"server_stopped", {}, false, RunStatus::Failed, TerminationReason::SystemFailure},
    {"recovered", {}, false, RunStatus::Failed, TerminationReason::SystemFailure},
    {"refused", "spool_full", false, RunStatus::Failed, TerminationReason::SystemFailure},
    {"refused",
     "quota_state_unavailable",
     false,
     RunStatus::Failed,
     TerminationReason::SystemFailure},
};

RunOutcome ended(const std::string& outcome,
                 const std::optional<std::string>& code,
                 bool byPolicy = false)
{
    spool::CallClosed closed;
    closed.outcome = outcome;
    closed.errorCode = code;
    OpenCall call;
    if (byPolicy) {
        call.incidents.emplace_back().stop.emplace();
    }
    return outcomeOf(closed, call);
}

TEST(IngestOutcome, isThatOfTheTable)
{
    for (const auto& row : kRows) {
        const auto outcome = ended(row.outcome, row.errorCode, row.byPolicy);
        EXPECT_EQ(outcome.status, row.status) << row.outcome;
        EXPECT_EQ(outcome.reason, row.reason) << row.outcome;
    }
}

TEST(IngestOutcome, ofEveryQuotaIsBudgetExceeded)
{
    for (const auto* code : {"USER_DAILY_RUNS_EXCEEDED",
                             "PROJECT_DAILY_TOKENS_EXCEEDED",
                             "TENANT_DAILY_COST_EXCEEDED",
                             "CONCURRENT_RUNS_EXCEEDED",
                             "NOT_WHITELISTED"}) {
        const auto outcome = ended("refused", code);
        EXPECT_EQ(outcome.status, RunStatus::Failed) << code;
        EXPECT_EQ(outcome.reason, TerminationReason::BudgetExceeded) << code;
    }
}

} // namespace
} // namespace exhibit::storage
