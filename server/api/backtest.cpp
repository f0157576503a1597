// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/backtest.h"
#include "models/base/traffic_limits.h"
#include "server/api/policy_documents.h"
#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/pack_export.h"
#include "server/storage/policy_store.h"

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

/// Below what clients wait for an answer.
constexpr auto kBacktestTimeout = 25s;
constexpr std::size_t kCallsAtOnce = 100;

struct BacktestRequest {
    std::vector<Json> policies;
    std::optional<UtcTime> from;
    std::optional<UtcTime> to;
    std::int64_t limit = limits::kBacktestCallsMax;
    std::int64_t sample = limits::kBacktestSampleDefault;
};

template <class V>
void visitFields(V& visit, Of<V, BacktestRequest>& request)
{
    visit("policies", request.policies);
    visit("from", request.from);
    visit("to", request.to);
    visit.defaulted("limit", request.limit);
    visit.defaulted("sample", request.sample);
}

Result<BacktestRequest> readRequest(const http::Request& request)
{
    EXHIBIT_TRY(auto asked, readBody<BacktestRequest>(request));
    const auto within = [](std::int64_t value, std::size_t max) {
        return value >= 1 && value <= static_cast<std::int64_t>(max);
    };
    if (!within(asked.limit, limits::kBacktestCallsMax)) {
        return fail(ErrorCode::InvalidInput,
                    "expected 1 to " + std::to_string(limits::kBacktestCallsMax) + " calls",
                    "/limit");
    }
    if (!within(asked.sample, limits::kBacktestSampleMax)) {
        return fail(ErrorCode::InvalidInput,
                    "expected 1 to " + std::to_string(limits::kBacktestSampleMax),
                    "/sample");
    }
    return asked;
}

Result<domain::BacktestReport> run(const ApiServices& services,
                                   TenantId tenant,
                                   const BacktestRequest& asked)
{
    const auto began = std::chrono::steady_clock::now();
    const auto deadline = Deadline::after(kBacktestTimeout);
    EXHIBIT_TRY(auto drafts, readPolicies(asked.policies));
    storage::RecordedCalls recorded(services.database, services.evidence->keys);
    gateway::BacktestSources sources;
    EXHIBIT_TRY(sources.prices, recorded.priceTables(deadline));
    sources.snapshot = [&](const std::string& id) {
        return storage::PolicyStore(services.database).snapshot(tenant, id, deadline);
    };
    sources.projectSlug = [&](ProjectId project) { return slugOf(services, project); };
    gateway::Backtest backtest(
        tenant, std::move(drafts), std::move(sources), static_cast<std::size_t>(asked.sample));
    storage::RecordedRange range{asked.from, asked.to, {}, kCallsAtOnce};
    auto left = static_cast<std::size_t>(asked.limit);
    bool complete = false;
    while (left > 0 && !deadline.reached()) {
        range.limit = std::min(left, kCallsAtOnce);
        EXHIBIT_TRY(const auto calls, recorded.page(tenant, range, deadline));
        for (const auto& call : calls) {
            EXHIBIT_CHECK(backtest.add(call));
        }
        if (calls.size() < range.limit) {
            complete = true;
            break;
        }
        left -= calls.size();
        range.after = storage::RecordedPosition{calls.back().openedAt, calls.back().callId};
    }
    auto report = backtest.report();
    report.complete = complete;
    report.elapsedUs = std::chrono::duration_cast<std::chrono::microseconds>(
                           std::chrono::steady_clock::now() - began)
                           .count();
    return report;
}

http::Response backtest(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto asked, readRequest(request));
    if (services->evidence == nullptr) {
        return refusal(request, {ErrorCode::Unavailable, "recorded calls cannot be read", {}});
    }
    EXHIBIT_ANSWER(request, const auto report, run(*services, principal.tenant, asked));
    return http::jsonResponse(200, JsonObject{{"report", toJson(report)}});
}

} // namespace

std::vector<ApiRoute> backtestRoutes(const SharedServices& services)
{
    // What it says of recorded calls only those may know who may read incidents.
    return {{"POST",
             "/api/v1/policies/backtest",
             domain::Scope::IncidentRead,
             with(services, backtest)}};
}

} // namespace exhibit::api
