// SPDX-License-Identifier: Apache-2.0
// What calls used: an event for each that a provider answered, and the days' sums.
#include "server/storage/ingest_insert.h"
#include "server/storage/ingest_rows.h"

#include <array>
#include <set>

namespace exhibit::storage {
namespace {

/// Days and users in order, so that replicas lock rows in one order.
using Sums = std::map<std::pair<std::string, std::string>, std::array<std::int64_t, 5>>;

std::string dayOf(UtcTime time)
{
    return formatTime(time).substr(0, 10);
}

void addCall(const CallUse& use, std::vector<Parameters>& events, Sums& sums, TenantId tenant)
{
    const auto& usage = use.usage;
    const std::string user = use.opening->userId.value_or("");
    auto& sum = sums[{dayOf(use.opening->openedAt), user}];
    ++sum[1];
    sum[2] += usage.promptTokens;
    sum[3] += usage.completionTokens;
    sum[4] += use.costMicrocents;
    events.push_back({tenant,
                      use.opening->openedAt,
                      use.opening->callId,
                      use.opening->projectId,
                      storable(use.opening->userId),
                      use.opening->runId,
                      "llm_call",
                      usage.promptTokens,
                      usage.completionTokens,
                      usage.cachedTokens,
                      usage.reasoningTokens,
                      use.costMicrocents});
}

} // namespace

/// What a call cost in another currency is as little known here as that of a model without a price.
void BatchAssembly::countCost(spool::CallClosed& closed)
{
    if (closed.costMicrocents != 0 && closed.priceVersion) {
        m_batch.priceVersions.insert(*closed.priceVersion);
        closed.costMicrocents
            = m_otherCurrency.contains(*closed.priceVersion) ? 0 : closed.costMicrocents;
    }
}

void appendUsage(std::vector<Statement>& statements, TenantId tenant, const IngestBatch& batch)
{
    std::vector<Parameters> events;
    Sums sums;
    std::set<RunId> begun;
    for (const auto& use : batch.uses) {
        addCall(use, events, sums, tenant);
        const auto run = batch.runs.find(use.opening->runId);
        if (run != batch.runs.end() && run->second.firstCalls
            && begun.insert(use.opening->runId).second) {
            const auto& opening = *use.opening;
            ++sums[{dayOf(opening.openedAt), opening.userId.value_or("")}][0];
        }
    }
    appendInserts(statements,
                  {"INSERT INTO usage_events (tenant_id, at, event_id, project_id, user_id, run_id,"
                   " kind, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens,"
                   " cost_microcents)",
                   "(?,?,?,?,?,?,?,?,?,?,?,?)",
                   " ON CONFLICT DO NOTHING"},
                  std::move(events));
    std::vector<Parameters> rows;
    for (const auto& [key, sum] : sums) {
        rows.push_back(
            {tenant, key.first, storable(key.second), sum[0], sum[1], sum[2], sum[3], sum[4]});
    }
    appendInserts(statements,
                  {"INSERT INTO usage_daily_rollups AS u (tenant_id, day, user_id, runs, calls,"
                   " prompt_tokens, completion_tokens, cost_microcents)",
                   "(?,?,?,?,?,?,?,?)",
                   " ON CONFLICT (tenant_id, day, user_id) DO UPDATE SET"
                   " runs = u.runs + excluded.runs, calls = u.calls + excluded.calls,"
                   " prompt_tokens = u.prompt_tokens + excluded.prompt_tokens,"
                   " completion_tokens = u.completion_tokens + excluded.completion_tokens,"
                   " cost_microcents = u.cost_microcents + excluded.cost_microcents"},
                  std::move(rows));
}

} // namespace exhibit::storage
