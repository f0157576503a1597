// SPDX-License-Identifier: Apache-2.0
#include "server/storage/run_store.h"

#include "models/base/assert.h"
#include "server/storage/cost_currency.h"
#include "server/storage/ingest_insert.h"

#include <array>

namespace exhibit::storage {
namespace {

/// As liveRunOf reads them.
constexpr std::string_view kLiveRun
    = "SELECT run_id, project_id, client_run_id, policy_snapshot_id, status, stop, tokens_used,"
      " cost_microcents, llm_calls, started_at, last_active_at FROM runs";
// Ingest completes what this leaves out when the run's first record arrives.
constexpr std::string_view kPublishStop
    = "INSERT INTO runs AS r (tenant_id, run_id, project_id, client_run_id, policy_snapshot_id,"
      " status, termination_reason, kill_reason, violation_policy_id, stop, ended_at, started_at,"
      " last_active_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)"
      " ON CONFLICT (tenant_id, run_id) DO UPDATE SET status = excluded.status,"
      " termination_reason = excluded.termination_reason, kill_reason = excluded.kill_reason,"
      " violation_policy_id = excluded.violation_policy_id, stop = excluded.stop,"
      " ended_at = excluded.ended_at,"
      " last_active_at = greatest(r.last_active_at, excluded.last_active_at)"
      " WHERE r.stop IS NULL";

template <NamedEnum E>
Result<std::optional<E>> optionalEnum(const Rows& rows, std::size_t row, int column)
{
    if (rows.isNull(row, column)) {
        return std::nullopt;
    }
    EXHIBIT_TRY(const E value, parseEnum<E>(rows.text(row, column)));
    return value;
}

std::optional<std::int64_t> optionalInteger(const Rows& rows, std::size_t row, int column)
{
    return rows.isNull(row, column) ? std::nullopt
                                    : std::optional<std::int64_t>(rows.integer(row, column));
}

Result<domain::Run> runOf(const Rows& rows)
{
    domain::Run run;
    run.runId = RunId{rows.uuid(0, 0)};
    run.projectId = ProjectId{rows.uuid(0, 1)};
    run.clientRunId = rows.optionalText(0, 2);
    run.userId = rows.optionalText(0, 3);
    run.sessionId = rows.optionalText(0, 4);
    if (!rows.isNull(0, 5)) {
        run.metadata = rows.json(0, 5);
    }
    run.policySnapshotId = rows.text(0, 6);
    EXHIBIT_TRY(run.status, parseEnum<domain::RunStatus>(rows.text(0, 7)));
    EXHIBIT_TRY(run.terminationReason, optionalEnum<domain::TerminationReason>(rows, 0, 8));
    EXHIBIT_TRY(run.killReason, optionalEnum<domain::KillReason>(rows, 0, 9));
    run.stoppedAtStep = optionalInteger(rows, 0, 10);
    run.violationPolicyId = rows.optionalText(0, 11);
    run.tokensUsed = rows.integer(0, 12);
    run.costMicrocents = rows.integer(0, 13);
    run.llmCalls = rows.integer(0, 14);
    run.stepCount = rows.integer(0, 15);
    run.startedAt = rows.time(0, 16);
    if (!rows.isNull(0, 17)) {
        run.endedAt = rows.time(0, 17);
    }
    if (!rows.isNull(0, 18)) {
        auto& abort = run.abort.emplace();
        EXHIBIT_TRY(abort.killReason, parseEnum<domain::KillReason>(rows.text(0, 18)));
        abort.actor = rows.text(0, 19);
        abort.step = optionalInteger(rows, 0, 20);
        abort.at = rows.time(0, 21);
        abort.cutLatencyUs = rows.integer(0, 22);
    }
    return run;
}

Result<domain::LiveRun> liveRunOf(const Rows& rows, std::size_t row, TenantId tenant)
{
    domain::LiveRun run;
    run.runId = RunId{rows.uuid(row, 0)};
    run.tenantId = tenant;
    run.projectId = ProjectId{rows.uuid(row, 1)};
    run.clientRunId = rows.text(row, 2);
    run.snapshotId = rows.text(row, 3);
    EXHIBIT_TRY(run.status, parseEnum<domain::RunStatus>(rows.text(row, 4)));
    if (!rows.isNull(row, 5)) {
        EXHIBIT_TRY(run.stop, fromJson<domain::RunStop>(rows.json(row, 5)));
    }
    run.counters.tokens = rows.integer(row, 6);
    run.counters.costMicrocents = rows.integer(row, 7);
    run.counters.llmCalls = rows.integer(row, 8);
    run.counters.startedAt = rows.time(row, 9);
    run.lastActiveAt = rows.time(row, 10);
    return run;
}

} // namespace

Result<domain::Run> RunStore::get(TenantId tenant, RunId run, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<domain::Run> {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query("SELECT r.run_id, project_id, nullif(client_run_id, ''), user_id,"
                              " session_id, metadata,"
                              " policy_snapshot_id, status, termination_reason, r.kill_reason,"
                              " stopped_at_step, violation_policy_id, tokens_used, cost_microcents,"
                              " llm_calls, step_count, started_at, ended_at,"
                              " a.kill_reason, a.actor, a.step, a.aborted_at, a.cut_latency_us"
                              " FROM runs r LEFT JOIN run_abort_log a"
                              " ON a.tenant_id = r.tenant_id AND a.run_id = r.run_id"
                              " WHERE r.tenant_id = $1 AND r.run_id = $2",
                              {tenant, run}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such run", run.text());
        }
        EXHIBIT_TRY(auto found, runOf(rows));
        EXHIBIT_TRY(found.currency, currencyOf(transaction));
        return found;
    });
}

Result<std::vector<domain::LiveRun>> RunStore::openAndStopped(TenantId tenant,
                                                              RunId after,
                                                              std::size_t countMax,
                                                              Deadline deadline)
{
    using LiveRuns = std::vector<domain::LiveRun>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<LiveRuns> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(
                        std::string(kLiveRun)
                            + " WHERE tenant_id = $1 AND run_id > $2"
                              " AND status IN ('queued', 'running', 'failed_policy', 'cancelled')"
                              " AND client_run_id IS NOT NULL ORDER BY run_id LIMIT $3",
                        {tenant, after, static_cast<std::int64_t>(countMax)}));
        LiveRuns runs;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            EXHIBIT_TRY(auto run, liveRunOf(rows, row, tenant));
            runs.push_back(std::move(run));
        }
        return runs;
    });
}

Result<std::optional<domain::LiveRun>> RunStore::live(TenantId tenant, RunId run, Deadline deadline)
{
    using Found = std::optional<domain::LiveRun>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Found> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query(std::string(kLiveRun)
                                          + " WHERE tenant_id = $1 AND run_id = $2"
                                            " AND client_run_id IS NOT NULL",
                                      {tenant, run}));
        if (rows.empty()) {
            return std::nullopt;
        }
        return liveRunOf(rows, 0, tenant);
    });
}

Result<void> RunStore::publishStop(const domain::LiveRun& stopped, Deadline deadline)
{
    EXHIBIT_ASSERT(stopped.stop.has_value());
    const auto& stop = *stopped.stop;
    const auto publish = [&](Transaction& transaction) {
        const std::array statements{
            Statement{
                std::string(kPublishStop),
                {stopped.tenantId,
                 stopped.runId,
                 stopped.projectId,
                 storable(stopped.clientRunId),
                 stopped.snapshotId,
                 wireName(stop.status),
                 wireName(stop.reason),
                 stop.killReason ? Parameter(wireName(*stop.killReason)) : Parameter(std::nullopt),
                 storable(stop.policyId),
                 storable(toJson(stop)),
                 stop.at,
                 stopped.counters.startedAt}},
            Statement{"SELECT pg_notify('exhibit_changed', $1)",
                      {"run_stopped " + stopped.tenantId.text() + ' ' + stopped.runId.text()}}};
        return transaction.pipeline(statements);
    };
    return m_database.write(stopped.tenantId, deadline, publish).map([](const std::vector<Rows>&) {
    });
}

Result<void> RunStore::publishKill(TenantId tenant,
                                   RunId run,
                                   domain::KillReason reason,
                                   Deadline deadline)
{
    const auto publish = [&](Transaction& transaction) {
        return transaction.query("SELECT pg_notify('exhibit_changed', $1)",
                                 {"run_killed " + tenant.text() + ' ' + run.text() + ' '
                                  + std::string(wireName(reason))});
    };
    return m_database.write(tenant, deadline, publish).map([](const Rows&) {});
}

Result<std::vector<RunId>> RunStore::ended(TenantId tenant,
                                           const std::vector<RunId>& runs,
                                           UtcTime before,
                                           Deadline deadline)
{
    std::vector<std::string> ids;
    for (const auto& run : runs) {
        ids.push_back(run.value.hyphenated());
    }
    using Ids = std::vector<RunId>;
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<Ids> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT run_id FROM runs WHERE tenant_id = $1"
                                      " AND run_id = ANY ($2::uuid[]) AND last_active_at < $3"
                                      " AND status IN ('succeeded', 'failed')",
                                      {tenant, Parameter::array(ids), before}));
        Ids found;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            found.push_back(RunId{rows.uuid(row, 0)});
        }
        return found;
    });
}

} // namespace exhibit::storage
