// SPDX-License-Identifier: Apache-2.0
#include "server/api/projects.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/security/authenticator.h"
#include "server/storage/key_store.h"

#include <algorithm>

namespace exhibit::api {
namespace {

using domain::Role;
using domain::Scope;

constexpr std::size_t kLabelBytesMax = 256;

struct NewKey {
    std::optional<std::string> tenant; ///< Slug or id; a key's own is the only one it can name.
    std::optional<std::string> project;
    std::optional<Role> role;
    std::optional<std::vector<Scope>> scopes;
    std::optional<std::string> label;
};

template <class V>
void visitFields(V& visit, Of<V, NewKey>& key)
{
    visit("tenant", key.tenant);
    visit("project", key.project);
    visit("role", key.role);
    visit("scopes", key.scopes);
    visit("label", key.label);
}

/// What a role may do unless scopes are named. Admins have every scope of their tenant.
std::vector<Scope> scopesOf(Role role)
{
    switch (role) {
    case Role::Admin: {
        std::vector<Scope> all;
        for (const auto& [scope, name] : EnumNames<Scope>::kNames) {
            all.push_back(scope);
        }
        return all;
    }
    case Role::User:
        return {Scope::ProjectRead,
                Scope::IncidentRead,
                Scope::IncidentWrite,
                Scope::EvidenceExport,
                Scope::PolicyRead,
                Scope::AuditRead};
    case Role::Service:
        return {Scope::RunCreate};
    }
    return {};
}

/// Nobody hands out more than they have.
Result<void> checkGrant(const security::Principal& principal, const domain::ApiKey& key)
{
    if (key.role == Role::Admin && principal.role != Role::Admin) {
        return fail(ErrorCode::Forbidden, "only an admin key can create another one", "/role");
    }
    for (const auto scope : key.scopes) {
        if (!principal.may(scope)) {
            return fail(ErrorCode::Forbidden,
                        "this key cannot grant the scope " + std::string(wireName(scope)),
                        "/scopes");
        }
    }
    return {};
}

Result<void> checkTenant(const ApiServices& services,
                         const security::Principal& principal,
                         const std::optional<std::string>& named)
{
    if (!named || *named == principal.tenant.text()) {
        return {};
    }
    EXHIBIT_TRY(const bool own,
                storage::KeyStore(services.database)
                    .isSlugOf(principal.tenant, *named, Deadline::after(kHandlerTimeout)));
    if (!own) {
        return fail(ErrorCode::Forbidden, "this key belongs to another tenant", "/tenant");
    }
    return {};
}

Json keyJson(const ApiServices& services, const domain::ApiKey& key)
{
    return JsonObject{{"key_id", key.keyId.text()},
                      {"project", slugOf(services, key.projectId)},
                      {"role", wireName(key.role)},
                      {"scopes", toJson(key.scopes)},
                      {"label", key.label},
                      {"revoked", key.revoked},
                      {"created_at", formatTime(key.createdAt)}};
}

Result<domain::ApiKey> describeKey(const ApiServices& services,
                                   const http::Request& request,
                                   const security::Principal& principal)
{
    EXHIBIT_TRY(const auto body, readBody<NewKey>(request));
    EXHIBIT_CHECK(checkTenant(services, principal, body.tenant));
    EXHIBIT_TRY(const auto project,
                findProject(services,
                            principal.tenant,
                            body.project.value_or(std::string(kDefaultProject))));
    domain::ApiKey key;
    key.keyId = KeyId::generate();
    key.tenantId = principal.tenant;
    key.projectId = project.projectId;
    key.role = body.role.value_or(Role::Service);
    key.scopes = body.scopes ? *body.scopes : scopesOf(key.role);
    key.label = body.label.value_or("");
    key.createdAt = fromMicroseconds(toMicroseconds(utcNow()));
    if (key.label.size() > kLabelBytesMax) {
        return fail(ErrorCode::InvalidInput, "a label has at most 256 bytes", "/label");
    }
    EXHIBIT_CHECK(checkGrant(principal, key));
    return key;
}

http::Response createKey(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, auto key, describeKey(*services, request, principal));
    const Secret text = security::generateKey();
    key.hash = security::hashKey(text.expose());
    EXHIBIT_ANSWER(request,
                   [[maybe_unused]] const auto added,
                   storage::KeyStore(services->database)
                       .add(key,
                            actorOf(request, principal),
                            services->ledger,
                            Deadline::after(kHandlerTimeout))
                       .map([] { return true; }));
    refreshCatalogue(*services);
    Json reply = keyJson(*services, key);
    reply.get_object().emplace("key", text.expose());
    auto response = http::jsonResponse(201, reply);
    response.headers.add("Cache-Control", "no-store");
    return response;
}

http::Response listKeys(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto keys,
                   storage::KeyStore(services->database)
                       .list(principal.tenant, Deadline::after(kHandlerTimeout)));
    JsonArray listed;
    for (const auto& key : keys) {
        listed.push_back(keyJson(*services, key));
    }
    return http::jsonResponse(200, JsonObject{{"keys", std::move(listed)}});
}

http::Response revokeKey(const SharedServices& services,
                         const http::Request& request,
                         const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<KeyId>(request));
    EXHIBIT_ANSWER(request,
                   [[maybe_unused]] const auto revoked,
                   storage::KeyStore(services->database)
                       .revoke(principal.tenant,
                               id,
                               actorOf(request, principal),
                               services->ledger,
                               Deadline::after(kHandlerTimeout))
                       .map([] { return true; }));
    refreshCatalogue(*services);
    http::Response response;
    response.status = 204;
    return response;
}

} // namespace

std::vector<ApiRoute> keyRoutes(const SharedServices& services)
{
    return {{"GET", "/admin/keys", Scope::KeyManage, with(services, listKeys)},
            {"POST", "/admin/keys", Scope::KeyManage, with(services, createKey)},
            {"DELETE", "/admin/keys/{id}", Scope::KeyManage, with(services, revokeKey)}};
}

} // namespace exhibit::api
