// SPDX-License-Identifier: Apache-2.0
#include "server/api/policy_documents.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/prevention/pattern_work.h"
#include "server/storage/policy_store.h"

#include <charconv>

namespace exhibit::api {
namespace {

struct Import {
    std::vector<domain::Policy> policies;
    std::vector<prevention::WrittenPolicy> written; ///< Where each stands in the request.
};

/// {"policies": [...]} or one policy document.
Result<Import> readImport(const http::Request& request)
{
    EXHIBIT_TRY(const Json body, readObject(request));
    Import import;
    const Json* list = findMember(body, "policies");
    if (list == nullptr) {
        EXHIBIT_TRY(auto policy, readPolicy(body, {}));
        import.written.push_back({policy.policyId, {}});
        import.policies.push_back(std::move(policy));
        return import;
    }
    if (!list->is_array()) {
        return fail(ErrorCode::InvalidInput, "expected an array of policies", "/policies");
    }
    for (const auto& member : body.get_object()) {
        if (member.key() != "policies") {
            return fail(ErrorCode::InvalidInput,
                        "there is no such member",
                        appendPointer({}, std::string_view(member.key())));
        }
    }
    const auto& documents = list->get_array();
    EXHIBIT_TRY(import.policies, readPolicies({documents.begin(), documents.end()}));
    for (const auto& policy : import.policies) {
        import.written.push_back(
            {policy.policyId, "/policies/" + std::to_string(import.written.size())});
    }
    return import;
}

http::Response importPolicies(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, auto import, readImport(request));
    const storage::SnapshotCheck accepts = [&import](const domain::PolicySnapshot& snapshot) {
        return prevention::checkWork(snapshot, import.written);
    };
    EXHIBIT_ANSWER(request,
                   const auto imported,
                   storage::PolicyStore(services->database)
                       .import(principal.tenant,
                               std::move(import.policies),
                               accepts,
                               actorOf(request, principal),
                               services->ledger,
                               Deadline::after(kHandlerTimeout)));
    refreshCatalogue(*services);
    JsonArray versions;
    for (const auto& policy : imported.policies) {
        versions.push_back(JsonObject{{"policy_id", policy.policyId}, {"version", policy.version}});
    }
    return http::jsonResponse(
        201, JsonObject{{"policies", std::move(versions)}, {"snapshot_id", imported.snapshotId}});
}

http::Response listPolicies(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto policies,
                   storage::PolicyStore(services->database)
                       .list(principal.tenant, Deadline::after(kHandlerTimeout)));
    JsonArray documents;
    for (const auto& policy : policies) {
        documents.push_back(policyToJson(policy));
    }
    return http::jsonResponse(200, JsonObject{{"policies", std::move(documents)}});
}

/// ?version=; absent: the current one.
Result<std::optional<std::int64_t>> readVersion(const http::Request& request)
{
    const auto found = request.query.find("version");
    if (found == request.query.end()) {
        return std::nullopt;
    }
    std::int64_t version = 0;
    const auto& text = found->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (error != std::errc{} || end != text.data() + text.size() || version < 1) {
        return fail(ErrorCode::InvalidInput, "expected a version from 1", "version");
    }
    return version;
}

http::Response getPolicy(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto version, readVersion(request));
    EXHIBIT_ANSWER(request,
                   const auto stored,
                   storage::PolicyStore(services->database)
                       .get(principal.tenant,
                            request.pathParameters.find("id")->second,
                            version,
                            Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(
        200,
        JsonObject{{"policy", policyToJson(stored.policy)}, {"versions", toJson(stored.versions)}});
}

http::Response getSnapshot(const SharedServices& services,
                           const http::Request& request,
                           const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto snapshot,
                   storage::PolicyStore(services->database)
                       .snapshot(principal.tenant,
                                 request.pathParameters.find("id")->second,
                                 Deadline::after(kHandlerTimeout)));
    EXHIBIT_ANSWER(request, auto policies, parseJson(snapshot.policiesJson));
    EXHIBIT_ANSWER(request, auto thresholds, parseJson(snapshot.thresholdsJson));
    return http::jsonResponse(
        200,
        JsonObject{{"snapshot",
                    JsonObject{{"snapshot_id", snapshot.snapshotId},
                               {"tenant_id", snapshot.tenantId.text()},
                               {"content_hash", toHex(asView(snapshot.contentHash))},
                               {"policy_count", snapshot.policies.size()},
                               {"policies", std::move(policies)},
                               {"thresholds", std::move(thresholds)},
                               {"created_at", formatTime(snapshot.createdAt)}}}});
}

} // namespace

std::vector<ApiRoute> policyRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"GET", "/api/v1/policies", Scope::PolicyRead, with(services, listPolicies)},
            {"POST", "/api/v1/policies", Scope::PolicyWrite, with(services, importPolicies)},
            {"GET", "/api/v1/policies/{id}", Scope::PolicyRead, with(services, getPolicy)},
            {"GET", "/api/v1/snapshots/{id}", Scope::PolicyRead, with(services, getSnapshot)}};
}

} // namespace exhibit::api
