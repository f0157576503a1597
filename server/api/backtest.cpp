// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/base/traffic_limits.h"
#include "server/api/backtest_cursor.h"
#include "server/api/policy_documents.h"
#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/pack_export.h"
#include "server/storage/policy_store.h"

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

/// Both, and once more the second, are below what clients wait for an answer (30 s).
constexpr auto kBacktestTimeout = 20s; ///< Then no other page is begun.
constexpr auto kReadTimeout = 4s; ///< One look into the database.
constexpr std::size_t kCallsAtOnce = 100;

struct BacktestRequest {
    std::vector<Json> policies;
    std::optional<UtcTime> from;
    std::optional<UtcTime> to;
    std::int64_t limit = limits::kBacktestCallsMax;
    std::int64_t sample = limits::kBacktestSampleDefault;
    std::optional<std::string> cursor; ///< Of the answer that this one goes on from.
};

template <class V>
void visitFields(V& visit, Of<V, BacktestRequest>& request)
{
    visit("policies", request.policies);
    visit("from", request.from);
    visit("to", request.to);
    visit.defaulted("limit", request.limit);
    visit.defaulted("sample", request.sample);
    visit("cursor", request.cursor);
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

/// Of everything that decides what is counted and which calls are.
std::string digestOf(const BacktestRequest& asked)
{
    BacktestRequest chosen;
    chosen.policies = asked.policies;
    chosen.from = asked.from;
    chosen.to = asked.to;
    return toHex(asView(sha256(printJson(toJson(chosen)))));
}

struct BacktestAnswer {
    domain::BacktestReport report;
    std::optional<std::string> cursor; ///< When there is more.
};

template <class V>
void visitFields(V& visit, Of<V, BacktestAnswer>& answer)
{
    visit("report", answer.report);
    visit("cursor", answer.cursor);
}

/// One backtest of a request, or one round of it.
class Round {
public:
    Round(const ApiServices& services, TenantId tenant, const BacktestRequest& asked)
        : m_tenant(tenant)
        , m_asked(asked)
        , m_services(services)
        , m_recorded(services.database, services.evidence->keys)
        , m_range{asked.from, asked.to, {}, kCallsAtOnce}
    {
    }

    [[nodiscard]] Result<BacktestAnswer> run()
    {
        EXHIBIT_TRY(auto backtest, begin());
        bool complete = false;
        for (auto left = static_cast<std::size_t>(m_asked.limit);
             left > 0 && !complete && !m_deadline.reached();) {
            m_range.limit = std::min(left, kCallsAtOnce);
            EXHIBIT_TRY(const auto calls, m_recorded.page(m_tenant, m_range, soon()));
            for (const auto& call : calls) {
                EXHIBIT_CHECK(backtest.add(call));
                m_range.after = storage::RecordedPosition{call.openedAt, call.callId};
            }
            complete = calls.size() < m_range.limit;
            left -= calls.size();
        }
        BacktestAnswer answer{backtest.report(), {}};
        answer.report.complete = complete;
        if (!complete && m_range.after) {
            EXHIBIT_TRY(answer.cursor, cursorBehind(backtest));
        }
        answer.report.elapsedUs = std::chrono::duration_cast<std::chrono::microseconds>(
                                      std::chrono::steady_clock::now() - m_began)
                                      .count();
        return answer;
    }

private:
    [[nodiscard]] static Deadline soon() { return Deadline::after(kReadTimeout); }

    [[nodiscard]] Result<gateway::Backtest> begin()
    {
        EXHIBIT_TRY(auto drafts, readPolicies(m_asked.policies));
        gateway::BacktestSources sources;
        EXHIBIT_TRY(sources.prices, m_recorded.priceTables(m_tenant, soon()));
        sources.snapshot = [this](const std::string& id) {
            return storage::PolicyStore(m_services.database).snapshot(m_tenant, id, soon());
        };
        sources.projectSlug = [this](ProjectId project) { return slugOf(m_services, project); };
        gateway::Backtest backtest(m_tenant,
                                   std::move(drafts),
                                   std::move(sources),
                                   static_cast<std::size_t>(m_asked.sample));
        if (m_asked.cursor) {
            EXHIBIT_TRY(const auto cursor, readBacktestCursor(*m_asked.cursor, digestOf(m_asked)));
            if (const auto resumed = backtest.resume(cursor.stopped); !resumed) {
                return fail(resumed.error().code, resumed.error().message, "/cursor");
            }
            m_range.after = cursor.after;
        }
        return backtest;
    }

    /// The runs that were stopped count as long as they have calls: of the others nothing is said.
    [[nodiscard]] Result<std::string> cursorBehind(const gateway::Backtest& backtest)
    {
        BacktestCursor cursor{digestOf(m_asked), *m_range.after, backtest.stopped()};
        std::vector<RunId> ids;
        for (const auto& run : cursor.stopped) {
            ids.push_back(run.runId);
        }
        EXHIBIT_TRY(const auto more, m_recorded.runsOf(m_tenant, ids, m_range, soon()));
        std::erase_if(cursor.stopped, [&more](const gateway::StoppedRun& run) {
            return !more.contains(run.runId);
        });
        return printCursor(cursor);
    }

    std::chrono::steady_clock::time_point m_began = std::chrono::steady_clock::now();
    Deadline m_deadline = Deadline::after(kBacktestTimeout);
    TenantId m_tenant;
    const BacktestRequest& m_asked;
    const ApiServices& m_services;
    storage::RecordedCalls m_recorded;
    storage::RecordedRange m_range;
};

http::Response backtest(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto asked, readRequest(request));
    if (services->evidence == nullptr) {
        return refusal(request, {ErrorCode::Unavailable, "recorded calls cannot be read", {}});
    }
    Round round(*services, principal.tenant, asked);
    EXHIBIT_ANSWER(request, const auto answer, round.run());
    return http::jsonResponse(200, toJson(answer));
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
