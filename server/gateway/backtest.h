// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/backtest.h"
#include "server/gateway/recorded_judge.h"

#include <functional>
#include <map>
#include <set>

namespace exhibit::gateway {

/// What a backtest looks up; may wait.
struct BacktestSources {
    /// The snapshot that a call was bound to.
    std::function<Result<domain::PolicySnapshot>(const std::string& snapshotId)> snapshot;
    std::function<std::string(ProjectId)> projectSlug;
    std::map<std::string, domain::PriceTable> prices;
};

/// A run that a draft would have ended before the calls that are given.
struct StoppedRun {
    RunId runId;
    std::string policyId; ///< The draft.
};

template <class V>
void visitFields(V& visit, Of<V, StoppedRun>& run)
{
    visit("run_id", run.runId);
    visit("policy_id", run.policyId);
}

/// Draft policies over recorded calls, given oldest first. Each call is judged under its own
/// snapshot with the drafts in it instead of what they replace, so that drafts meet the other
/// policies as they would have. One thread.
class Backtest {
public:
    /// `drafts` were checked; at least one, ids unique.
    Backtest(TenantId tenant,
             std::vector<domain::Policy> drafts,
             BacktestSources sources,
             std::size_t sampleMax);

    /// Goes on where another one ended: its report then is of the calls behind that alone, and both
    /// together say what one would have. Before the first call. InvalidInput for what is no draft.
    [[nodiscard]] Result<void> resume(const std::vector<StoppedRun>& stopped);
    /// Runs that a draft would have ended by now.
    [[nodiscard]] std::vector<StoppedRun> stopped() const;

    /// An error: a snapshot could not be read or made.
    [[nodiscard]] Result<void> add(const storage::RecordedCall& call);
    [[nodiscard]] domain::BacktestReport report() const;

private:
    /// A recorded snapshot with the drafts in it.
    struct Edited {
        std::shared_ptr<const prevention::CompiledSnapshot> compiled;
        bool same = false; ///< The drafts stand in it as they are.
    };
    [[nodiscard]] Result<const Edited*> edited(const std::string& snapshotId);
    [[nodiscard]] bool isDraft(const std::string& policyId) const;
    [[nodiscard]] Result<JudgedAgain> judge(const storage::RecordedCall& call,
                                            const Edited& edited);
    void count(const storage::RecordedCall& call, const JudgedAgain& judged);
    void countPolicy(const storage::RecordedCall& call,
                     const JudgedAgain& judged,
                     domain::PolicyBacktest& policy);
    void countIncidents(const storage::RecordedCall& call, const domain::BacktestHit& act);
    void compare(const storage::RecordedCall& call, const JudgedAgain& judged);

    TenantId m_tenant;
    std::vector<domain::Policy> m_drafts;
    BacktestSources m_sources;
    std::size_t m_sampleMax;
    std::map<std::string, Edited> m_snapshots;
    std::map<RunId, domain::BacktestHit> m_stopped; ///< Runs that would have ended, and where.
    std::set<IncidentId> m_prevented;
    domain::BacktestReport m_report;
};

} // namespace exhibit::gateway
