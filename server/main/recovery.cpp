// SPDX-License-Identifier: Apache-2.0
#include "server/main/recovery.h"

#include "server/ops/log.h"

#include <unordered_map>

namespace exhibit::server {
namespace {

constexpr std::size_t kRecordsPerRead = 500;

/// The runs that the journal's records touch, as they should be.
class RunReplay {
public:
    explicit RunReplay(storage::LocalCopy& copy)
        : m_copy(copy)
    {
    }

    Result<void> apply(TenantId tenant, const spool::RecordContent& content)
    {
        if (const auto* opened = std::get_if<spool::CallOpened>(&content)) {
            return open(tenant, *opened);
        }
        if (const auto* closed = std::get_if<spool::CallClosed>(&content)) {
            EXHIBIT_TRY(auto* const run, find(tenant, closed->runId));
            if (run != nullptr && closed->closedAt > run->lastActiveAt) {
                run->counters.tokens += closed->usage.total();
                run->counters.costMicrocents += closed->costMicrocents;
                run->lastActiveAt = closed->closedAt;
            }
        } else if (const auto* incident = std::get_if<spool::IncidentRecord>(&content)) {
            EXHIBIT_TRY(auto* const run, find(tenant, incident->incident.runId));
            if (run != nullptr && incident->stop && !run->stop) {
                run->stop = incident->stop;
                run->status = incident->stop->status;
            }
        } else if (const auto* ended = std::get_if<spool::RunEnded>(&content)) {
            EXHIBIT_TRY(auto* const run, find(tenant, ended->runId));
            if (run != nullptr && !run->stop && ended->at >= run->lastActiveAt) {
                run->status = ended->status;
            }
        }
        return {};
    }

    Result<std::size_t> save()
    {
        for (auto& [id, run] : m_runs) {
            if (run) {
                m_copy.saveRun(*run);
            }
        }
        EXHIBIT_CHECK(m_copy.flush());
        return m_runs.size();
    }

private:
    Result<void> open(TenantId tenant, const spool::CallOpened& opened)
    {
        if (!opened.clientRunId) {
            return {};
        }
        EXHIBIT_TRY(auto* run, find(tenant, opened.runId));
        if (run == nullptr) {
            domain::LiveRun fresh;
            fresh.runId = opened.runId;
            fresh.tenantId = tenant;
            fresh.projectId = opened.projectId;
            fresh.clientRunId = *opened.clientRunId;
            fresh.snapshotId = opened.snapshotId;
            fresh.counters.startedAt = opened.openedAt;
            run = &m_runs[opened.runId].emplace(std::move(fresh));
        }
        if (opened.openedAt > run->lastActiveAt) {
            ++run->counters.llmCalls;
            run->lastActiveAt = opened.openedAt;
        }
        return {};
    }

    /// nullptr for runs of one step, which the copy does not hold.
    Result<domain::LiveRun*> find(TenantId tenant, RunId id)
    {
        const auto known = m_runs.find(id);
        if (known == m_runs.end()) {
            EXHIBIT_TRY(auto stored, m_copy.findRun(tenant, id));
            auto& slot = m_runs[id] = std::move(stored);
            return slot ? &*slot : nullptr;
        }
        return known->second ? &*known->second : nullptr;
    }

    storage::LocalCopy& m_copy;
    std::unordered_map<RunId, std::optional<domain::LiveRun>> m_runs;
};

} // namespace

Result<void> recoverRuns(spool::Journal& journal, storage::LocalCopy& copy)
{
    RunReplay replay(copy);
    std::int64_t after = 0;
    for (;;) {
        EXHIBIT_TRY(const auto records, journal.read(after, kRecordsPerRead));
        if (records.empty()) {
            break;
        }
        after = records.back().recordNo;
        for (const auto& stored : records) {
            // A record that cannot be read is ingest's to set aside; runs go on without it.
            if (const auto content
                = spool::decodeRecord(stored.record.kind, stored.record.payload)) {
                EXHIBIT_CHECK(replay.apply(stored.record.tenant, *content));
            }
        }
    }
    EXHIBIT_TRY(const std::size_t touched, replay.save());
    if (touched > 0) {
        ops::logInfo("the journal's tail was replayed over {} runs", touched);
    }
    return {};
}

} // namespace exhibit::server
