// SPDX-License-Identifier: Apache-2.0
// Tiers, who has which, who is on the whitelist, and what was used.
#include "models/base/traffic_limits.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/quota_store.h"

#include <algorithm>

namespace exhibit::api {
namespace {

std::optional<std::string> queryValue(const http::Request& request, std::string_view name)
{
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::nullopt : std::optional(found->second);
}

Result<void> checkSubject(const std::string& subject, const std::string& pointer)
{
    if (subject.size() > limits::kUserIdBytesMax) {
        return fail(ErrorCode::InvalidInput, "expected at most 512 bytes", pointer);
    }
    return {};
}

http::Response noContent()
{
    http::Response response;
    response.status = 204;
    return response;
}

/// A change that was made, or its error.
http::Response changed(const SharedServices& services,
                       const http::Request& request,
                       const Result<void>& result,
                       const Json& reply)
{
    if (!result) {
        return refusal(request, result.error());
    }
    refreshCatalogue(*services);
    return reply.is_null() ? noContent() : http::jsonResponse(200, reply);
}

/// What one change needs of its request.
struct Change {
    Change(const SharedServices& services,
           const http::Request& request,
           const security::Principal& principal)
        : store(services->database)
        , actor(actorOf(request, principal))
        , by{actor, services->ledger}
        , deadline(Deadline::after(kHandlerTimeout))
    {
    }
    storage::QuotaStore store;
    storage::Actor actor;
    storage::ChangedBy by;
    Deadline deadline;
};

http::Response getQuotas(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    storage::QuotaStore store(services->database);
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_ANSWER(request, const auto quotas, store.get(principal.tenant, deadline));
    EXHIBIT_ANSWER(request, const auto currency, store.currency(principal.tenant, deadline));
    JsonObject reply{{"policies", toJson(quotas.policies)},
                     {"assignments", toJson(quotas.assignments)}};
    if (currency) {
        reply.emplace("currency", *currency);
    }
    return http::jsonResponse(200, std::move(reply));
}

Result<void> checkPolicy(const domain::QuotaPolicy& policy)
{
    const std::array<std::pair<const char*, std::optional<std::int64_t>>, 8> numbers{
        {{"/runs_per_day", policy.runsPerDay},
         {"/tokens_per_day", policy.tokensPerDay},
         {"/cost_microcents_per_day", policy.costPerDay},
         {"/concurrent_runs", policy.concurrentRuns},
         {"/run_seconds", policy.runSeconds},
         {"/run_tokens", policy.runTokens},
         {"/run_calls", policy.runCalls},
         {"/run_cost_microcents", policy.runCost}}};
    for (const auto& [pointer, number] : numbers) {
        if (number && *number < 0) {
            return fail(ErrorCode::InvalidInput, "a limit is no less than 0", pointer);
        }
    }
    return {};
}

/// The body is the policy without its tier.
Result<domain::QuotaPolicy> readPolicy(const http::Request& request)
{
    const auto found = request.pathParameters.find("tier");
    auto tier = parseEnum<domain::Tier>(found->second);
    if (!tier) {
        tier.error().subject = "tier";
        return tl::make_unexpected(std::move(tier).error());
    }
    EXHIBIT_TRY(Json body, readObject(request));
    body.get_object()["tier"] = wireName(*tier);
    EXHIBIT_TRY(const auto policy, fromJson<domain::QuotaPolicy>(body, UnknownMembers::Reject));
    EXHIBIT_CHECK(checkPolicy(policy));
    return policy;
}

http::Response putPolicy(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto policy, readPolicy(request));
    Change change(services, request, principal);
    return changed(services,
                   request,
                   change.store.setPolicy(principal.tenant, policy, change.by, change.deadline),
                   JsonObject{{"policy", toJson(policy)}});
}

Result<domain::QuotaAssignment> readAssignment(const http::Request& request)
{
    EXHIBIT_TRY(auto assignment, readBody<domain::QuotaAssignment>(request));
    EXHIBIT_CHECK(checkSubject(assignment.subject, "/subject"));
    if ((assignment.scope == domain::QuotaScope::Tenant) != assignment.subject.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "the tenant's has no subject; a user's or project's has one, or *",
                    "/subject");
    }
    return assignment;
}

http::Response assign(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto assignment, readAssignment(request));
    Change change(services, request, principal);
    return changed(services,
                   request,
                   change.store.assign(principal.tenant, assignment, change.by, change.deadline),
                   JsonObject{{"assignment", toJson(assignment)}});
}

http::Response unassign(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    domain::QuotaAssignment assignment;
    auto scope = parseEnum<domain::QuotaScope>(queryValue(request, "scope").value_or(""));
    if (!scope) {
        scope.error().subject = "scope";
        return refusal(request, scope.error());
    }
    assignment.scope = *scope;
    assignment.subject = queryValue(request, "subject").value_or("");
    Change change(services, request, principal);
    return changed(services,
                   request,
                   change.store.unassign(principal.tenant, assignment, change.by, change.deadline),
                   Json(nullptr));
}

http::Response getUsage(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto usage,
                   storage::QuotaStore(services->database)
                       .usage(principal.tenant,
                              queryValue(request, "user_id"),
                              Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, toJson(usage));
}

http::Response getWhitelist(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto quotas,
                   storage::QuotaStore(services->database)
                       .get(principal.tenant, Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, JsonObject{{"whitelist", toJson(quotas.whitelist)}});
}

struct NewEntry {
    std::string userId;
    std::string reason;
    std::optional<UtcTime> expires;
};

template <class V>
void visitFields(V& visit, Of<V, NewEntry>& entry)
{
    visit("user_id", entry.userId);
    visit.defaulted("reason", entry.reason);
    visit("expires", entry.expires);
}

Result<domain::WhitelistEntry> readEntry(const http::Request& request, const std::string& actor)
{
    EXHIBIT_TRY(auto body, readBody<NewEntry>(request));
    EXHIBIT_CHECK(checkSubject(body.userId, "/user_id"));
    if (body.userId.empty()) {
        return fail(ErrorCode::InvalidInput, "expected a user id or an e-mail address", "/user_id");
    }
    if (body.reason.size() > limits::kQuotaReasonBytesMax) {
        return fail(ErrorCode::InvalidInput, "expected at most 500 bytes", "/reason");
    }
    return domain::WhitelistEntry{
        std::move(body.userId), actor, std::move(body.reason), body.expires, utcNow()};
}

http::Response addToWhitelist(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto entry, readEntry(request, principal.key.text()));
    Change change(services, request, principal);
    return changed(services,
                   request,
                   change.store.whitelist(principal.tenant, entry, change.by, change.deadline),
                   JsonObject{{"entry", toJson(entry)}});
}

http::Response removeFromWhitelist(const SharedServices& services,
                                   const http::Request& request,
                                   const security::Principal& principal)
{
    const auto user = queryValue(request, "user_id");
    if (!user) {
        return refusal(request, {ErrorCode::InvalidInput, "?user_id= says who", "user_id"});
    }
    Change change(services, request, principal);
    return changed(
        services,
        request,
        change.store.removeFromWhitelist(principal.tenant, *user, change.by, change.deadline),
        Json(nullptr));
}

} // namespace

std::vector<ApiRoute> quotaRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {
        {"GET", "/admin/quotas", Scope::ProjectRead, with(services, getQuotas)},
        {"PUT", "/admin/quotas/{tier}", Scope::ProjectWrite, with(services, putPolicy)},
        {"POST", "/admin/quotas/assignments", Scope::ProjectWrite, with(services, assign)},
        {"DELETE", "/admin/quotas/assignments", Scope::ProjectWrite, with(services, unassign)},
        {"GET", "/admin/quotas/usage", Scope::ProjectRead, with(services, getUsage)},
        {"GET", "/admin/whitelist", Scope::ProjectRead, with(services, getWhitelist)},
        {"POST", "/admin/whitelist", Scope::ProjectWrite, with(services, addToWhitelist)},
        {"DELETE", "/admin/whitelist", Scope::ProjectWrite, with(services, removeFromWhitelist)}};
}

} // namespace exhibit::api
