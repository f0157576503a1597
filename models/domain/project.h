// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/base/sha256.h"
#include "models/domain/service_contract.h"

#include <optional>
#include <string>
#include <vector>

/// What the operator configures: tenants' projects, upstreams and keys.
namespace exhibit::domain {

/// How a stop looks to the client (rulings.md 16).
enum class StopStyle : std::uint8_t { Soft, Error };
enum class Wire : std::uint8_t { OpenAi, Anthropic };
enum class Role : std::uint8_t { Admin, User, Service };
enum class Scope : std::uint8_t {
    ProjectRead,
    ProjectWrite,
    RunCreate,
    RunKill,
    IncidentRead,
    IncidentWrite,
    EvidenceExport,
    PolicyRead,
    PolicyWrite,
    AuditRead,
    OpsRead,
    OpsWrite,
    KeyManage,
};

struct Project {
    ProjectId projectId;
    TenantId tenantId;
    std::string slug;
    StopStyle stopStyle = StopStyle::Soft;
};

/// A model provider as one project reaches it. Upstreams are tried in order of `position` for the
/// first whose globs match the model.
struct Upstream {
    UpstreamId upstreamId;
    TenantId tenantId;
    ProjectId projectId;
    std::string name;
    std::string baseUrl; ///< http(s)://host[:port][/path], without the /v1/... of the wire.
    std::vector<std::string> models; ///< Globs; empty means all.
    std::optional<std::string> apiKeyEnv; ///< Variable of exhibitd's environment with the key.
    bool passThrough = false; ///< The client's own credential goes upstream instead.
    Wire wire = Wire::OpenAi;
    std::int64_t position = 0;
    std::optional<ServiceContract> contract;
};

/// An API key as the server knows it: the SHA-256 of its text, never the text.
struct ApiKey {
    KeyId keyId;
    TenantId tenantId;
    ProjectId projectId;
    Role role = Role::Service;
    std::vector<Scope> scopes;
    Digest hash{};
    std::string label;
    bool revoked = false;
    UtcTime createdAt{};
};

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::StopStyle> {
    static constexpr std::string_view kType = "stop style";
    static constexpr std::pair<domain::StopStyle, std::string_view> kNames[] = {
        {domain::StopStyle::Soft, "soft"},
        {domain::StopStyle::Error, "error"},
    };
};
template <>
struct EnumNames<domain::Wire> {
    static constexpr std::string_view kType = "wire";
    static constexpr std::pair<domain::Wire, std::string_view> kNames[] = {
        {domain::Wire::OpenAi, "openai"},
        {domain::Wire::Anthropic, "anthropic"},
    };
};
template <>
struct EnumNames<domain::Role> {
    static constexpr std::string_view kType = "role";
    static constexpr std::pair<domain::Role, std::string_view> kNames[] = {
        {domain::Role::Admin, "admin"},
        {domain::Role::User, "user"},
        {domain::Role::Service, "service"},
    };
};
template <>
struct EnumNames<domain::Scope> {
    static constexpr std::string_view kType = "scope";
    static constexpr std::pair<domain::Scope, std::string_view> kNames[] = {
        {domain::Scope::ProjectRead, "project:read"},
        {domain::Scope::ProjectWrite, "project:write"},
        {domain::Scope::RunCreate, "run:create"},
        {domain::Scope::RunKill, "run:kill"},
        {domain::Scope::IncidentRead, "incident:read"},
        {domain::Scope::IncidentWrite, "incident:write"},
        {domain::Scope::EvidenceExport, "evidence:export"},
        {domain::Scope::PolicyRead, "policy:read"},
        {domain::Scope::PolicyWrite, "policy:write"},
        {domain::Scope::AuditRead, "audit:read"},
        {domain::Scope::OpsRead, "ops:read"},
        {domain::Scope::OpsWrite, "ops:write"},
        {domain::Scope::KeyManage, "key:manage"},
    };
};

} // namespace exhibit

namespace exhibit::domain {

template <class V>
void visitFields(V& visit, Of<V, Project>& project)
{
    visit("project_id", project.projectId);
    visit("tenant_id", project.tenantId);
    visit("slug", project.slug);
    visit("stop_style", project.stopStyle);
}

template <class V>
void visitFields(V& visit, Of<V, Upstream>& upstream)
{
    visit("upstream_id", upstream.upstreamId);
    visit("tenant_id", upstream.tenantId);
    visit("project_id", upstream.projectId);
    visit("name", upstream.name);
    visit("base_url", upstream.baseUrl);
    visit.defaulted("models", upstream.models);
    visit("api_key_env", upstream.apiKeyEnv);
    visit.defaulted("pass_through", upstream.passThrough);
    visit.defaulted("wire", upstream.wire);
    visit.defaulted("position", upstream.position);
    visit("contract", upstream.contract);
}

template <class V>
void visitFields(V& visit, Of<V, ApiKey>& key)
{
    visit("key_id", key.keyId);
    visit("tenant_id", key.tenantId);
    visit("project_id", key.projectId);
    visit("role", key.role);
    visit("scopes", key.scopes);
    visit("hash", key.hash);
    visit("label", key.label);
    visit.defaulted("revoked", key.revoked);
    visit("created_at", key.createdAt);
}

} // namespace exhibit::domain
