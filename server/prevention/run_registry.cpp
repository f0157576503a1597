// SPDX-License-Identifier: Apache-2.0
#include "server/prevention/run_registry.h"

#include "models/base/limits.h"
#include "models/base/sha256.h"

#include <algorithm>
#include <limits>

namespace exhibit::prevention {
namespace {

std::int64_t addSaturated(std::int64_t total, std::int64_t more)
{
    const auto room = std::numeric_limits<std::int64_t>::max() - total;
    return total + std::clamp(more, std::int64_t{0}, room);
}

tl::unexpected<Error> stateUnavailable()
{
    return fail(ErrorCode::Unavailable,
                "what is known of this run cannot be read, so no further call of it is let through",
                "run_state_unavailable");
}

bool isStopped(const domain::LiveRun& run)
{
    return run.stop || run.status == domain::RunStatus::FailedPolicy
        || run.status == domain::RunStatus::Cancelled;
}

/// Calls `onDurable` with the result once it came and the other thing is done too.
class AlsoPublished {
public:
    explicit AlsoPublished(storage::LocalCopy::Completion onDurable)
        : m_onDurable(std::move(onDurable))
    {
    }
    void durable(const Result<void>& result)
    {
        m_result = result;
        finish();
    }
    void published()
    {
        m_published = true;
        finish();
    }

private:
    void finish()
    {
        if (m_result && m_published) {
            m_onDurable(*m_result);
        }
    }

    storage::LocalCopy::Completion m_onDurable;
    std::optional<Result<void>> m_result;
    bool m_published = false;
};

} // namespace

RunId deriveRunId(TenantId tenant, ProjectId project, std::string_view clientRunId)
{
    const auto digest = Sha256()
                            .update("exhibit/run/v1\n")
                            .update(asView(tenant.value.bytes))
                            .update(asView(project.value.bytes))
                            .update(clientRunId)
                            .finish();
    return RunId{Uuid::v8(digest)};
}

RunRegistry::RunRegistry(storage::LocalCopy& copy)
    : m_copy(copy)
{
}

domain::LiveRun* RunRegistry::remember(domain::LiveRun run)
{
    // Memory only saves a look-up: the local copy sees every state, queued ones included.
    if (m_runs.size() >= limits::kLiveRunsInMemoryMax && !m_runs.contains(run.runId)) {
        m_runs.erase(m_runs.begin());
    }
    const auto id = run.runId;
    return &m_runs.insert_or_assign(id, std::move(run)).first->second;
}

Result<domain::LiveRun*> RunRegistry::find(TenantId tenant, RunId run)
{
    const auto found = m_runs.find(run);
    if (found != m_runs.end()) {
        return found->second.tenantId == tenant ? &found->second : nullptr;
    }
    EXHIBIT_TRY(auto stored, m_copy.findRun(tenant, run));
    return stored ? remember(*std::move(stored)) : nullptr;
}

bool RunRegistry::needsLook(TenantId tenant, RunId run)
{
    if (m_shared != nullptr && m_shared->shared()) {
        return true;
    }
    const auto found = find(tenant, run);
    if (!found || *found != nullptr) {
        return false;
    }
    const auto dropped = m_copy.wasDropped(run);
    return !dropped || *dropped;
}

void RunRegistry::look(TenantId tenant, RunId run, std::function<void(const Result<void>&)> done)
{
    if (m_shared == nullptr) {
        done(stateUnavailable());
        return;
    }
    m_shared->look(tenant, run, [this, done = std::move(done)](const auto& row) {
        if (row && *row) {
            adopt(**row);
        }
        done(row ? Result<void>() : Result<void>(stateUnavailable()));
    });
}

void RunRegistry::adopt(const domain::LiveRun& row)
{
    const auto found = find(row.tenantId, row.runId);
    if (!found) {
        return; // bind() finds the same and refuses.
    }
    if (*found == nullptr) {
        m_copy.saveRun(*remember(row));
        return;
    }
    auto& run = **found;
    const auto before = run;
    auto& counters = run.counters;
    counters.tokens = std::max(counters.tokens, row.counters.tokens);
    counters.costMicrocents = std::max(counters.costMicrocents, row.counters.costMicrocents);
    counters.llmCalls = std::max(counters.llmCalls, row.counters.llmCalls);
    counters.startedAt = std::min(counters.startedAt, row.counters.startedAt);
    run.lastActiveAt = std::max(run.lastActiveAt, row.lastActiveAt);
    if (!run.stop && isStopped(row)) {
        run.stop = row.stop;
        run.status = row.status;
        if (row.stop && row.stop->killReason) {
            hearKill(row.tenantId, row.runId, *row.stop->killReason);
        }
    }
    if (toJson(before) != toJson(run)) {
        m_copy.saveRun(run);
    }
}

void RunRegistry::hearKill(TenantId tenant, RunId run, domain::KillReason reason) const
{
    if (m_killed) {
        m_killed(tenant, run, reason);
    }
}

void RunRegistry::announceKill(TenantId tenant, RunId run, domain::KillReason reason) const
{
    if (m_shared != nullptr && m_shared->shared()) {
        m_shared->publishKill(tenant, run, reason);
    }
}

Result<domain::LiveRun> RunRegistry::bind(TenantId tenant,
                                          ProjectId project,
                                          const std::string& clientRunId,
                                          const std::string& snapshotId,
                                          UtcTime now,
                                          Vouched vouched)
{
    const auto id = deriveRunId(tenant, project, clientRunId);
    const auto found = find(tenant, id);
    const bool known = vouched == Vouched::ByDatabase || m_copy.complete();
    if (!found || (!known && (*found == nullptr || !isStopped(**found)))) {
        return stateUnavailable();
    }
    auto* run = *found;
    if (run != nullptr) {
        run->clientRunId = clientRunId; // The local copy keeps no names.
    } else {
        domain::LiveRun begun;
        begun.runId = id;
        begun.tenantId = tenant;
        begun.projectId = project;
        begun.clientRunId = clientRunId;
        begun.snapshotId = snapshotId;
        begun.counters.startedAt = now;
        run = remember(std::move(begun));
    }
    if (isStopped(*run)) {
        return fail(ErrorCode::Forbidden, "this run was stopped", "run_stopped");
    }
    run->status = domain::RunStatus::Running;
    run->counters.llmCalls = addSaturated(run->counters.llmCalls, 1);
    run->lastActiveAt = now;
    m_copy.saveRun(*run);
    return *run;
}

std::optional<domain::LiveRun> RunRegistry::peek(TenantId tenant, RunId run)
{
    const auto found = find(tenant, run);
    return found && *found != nullptr ? std::optional(**found) : std::nullopt;
}

std::optional<domain::RunCounters> RunRegistry::countersOf(TenantId tenant, RunId run)
{
    const auto found = find(tenant, run);
    return found && *found != nullptr ? std::optional((*found)->counters) : std::nullopt;
}

std::optional<domain::RunStop> RunRegistry::stopOf(TenantId tenant, RunId run)
{
    const auto found = find(tenant, run);
    return found && *found != nullptr ? (*found)->stop : std::nullopt;
}

void RunRegistry::settle(
    TenantId tenant, RunId run, const domain::Usage& usage, domain::Microcents cost, UtcTime now)
{
    const auto found = find(tenant, run);
    if (!found || *found == nullptr) {
        return;
    }
    auto& settled = **found;
    auto& counters = settled.counters;
    counters.tokens = addSaturated(counters.tokens, usage.promptTokens);
    counters.tokens = addSaturated(counters.tokens, usage.completionTokens);
    counters.costMicrocents = addSaturated(counters.costMicrocents, cost);
    settled.lastActiveAt = std::max(settled.lastActiveAt, now);
    m_copy.saveRun(settled);
}

void RunRegistry::stop(TenantId tenant,
                       RunId run,
                       domain::RunStop stop,
                       storage::LocalCopy::Completion onDurable)
{
    const auto found = find(tenant, run);
    if (!found || *found == nullptr) {
        onDurable(found ? fail(ErrorCode::NotFound, "there is no such run", run.text())
                        : Result<void>(tl::make_unexpected(found.error())));
        return;
    }
    auto& stopped = **found;
    if (!stopped.stop) {
        stopped.status = stop.status;
        stopped.lastActiveAt = std::max(stopped.lastActiveAt, stop.at);
        stopped.stop = std::move(stop);
    }
    if (stopped.stop->killReason) {
        hearKill(tenant, run, *stopped.stop->killReason);
    }
    if (m_shared == nullptr || !m_shared->shared()) {
        m_copy.saveRun(stopped, std::move(onDurable));
        return;
    }
    const auto both = std::make_shared<AlsoPublished>(std::move(onDurable));
    m_copy.saveRun(stopped, [both](const Result<void>& result) { both->durable(result); });
    m_shared->publishStop(stopped, [both] { both->published(); });
}

bool RunRegistry::end(TenantId tenant, RunId run, UtcTime now, domain::RunStatus status)
{
    const auto found = find(tenant, run);
    if (!found || *found == nullptr || (*found)->status != domain::RunStatus::Running) {
        return false;
    }
    auto& ended = **found;
    ended.status = status;
    ended.lastActiveAt = std::max(ended.lastActiveAt, now);
    m_copy.saveRun(ended);
    return true;
}

std::vector<domain::LiveRun> RunRegistry::expireIdle(UtcTime before)
{
    std::vector<domain::LiveRun> expired;
    auto idle = m_copy.idleRuns(before, limits::kRunsExpiredAtOnceMax);
    if (!idle) {
        return expired;
    }
    for (const auto& candidate : *idle) {
        const auto found = find(candidate.tenantId, candidate.runId);
        // The file may be a moment behind what is queued.
        const bool isIdle = found && *found != nullptr && (*found)->lastActiveAt < before
            && end(candidate.tenantId, candidate.runId, (*found)->lastActiveAt);
        if (isIdle) {
            expired.push_back(**found);
        }
        m_runs.erase(candidate.runId);
    }
    return expired;
}

} // namespace exhibit::prevention
