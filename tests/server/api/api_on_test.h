// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/api.h"
#include "server/gateway/upstream_keys.h"
#include "server/security/authenticator.h"
#include "tests/server/storage/ingest_on_test.h"

#include <algorithm>

namespace exhibit::api {

/// The API over a real database, asked as the router would ask it, without a socket.
class ApiOnTest {
public:
    ApiOnTest()
        : tenant(storage::TestDatabase::instance().newTenant())
        , m_services{.database = storage::TestDatabase::instance().database(),
                     .catalogue = m_catalogue,
                     .ledger = m_ledger,
                     .metrics = m_metrics,
                     .reloadCatalogue = [this]() -> Result<void> {
                         ++reloads;
                         return {};
                     },
                     .endRun =
                         [this](TenantId, RunId run, domain::RunStatus status) {
                             endedAs = run == running ? std::optional(status) : std::nullopt;
                             return run == running;
                         },
                     .killRun =
                         [this](const KillOrder& order) {
                             killed = order;
                             return KilledRun{order.run == running || order.runsElsewhere, 1, 250};
                         },
                     .incidentInSpool =
                         [this](TenantId owner, IncidentId incident) {
                             return owner == tenant.id && incident == waiting;
                         },
                     .health = [this] { return dependencies; },
                     .ingestLag = {},
                     .upstreamKeys = &m_upstreamKeys}
    {
        addTenant(tenant);
        addRoutes(m_router, m_services);
        key = addKey(tenant, domain::Role::Admin, {});
    }

    void addTenant(const storage::TestTenant& added)
    {
        auto next = *m_catalogue.get();
        next.projects.push_back({added.project, added.id, "default", domain::StopStyle::Soft});
        m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(next)));
    }
    /// What a reload would bring.
    void changeCatalogue(const std::function<void(storage::Catalogue&)>& change)
    {
        auto next = *m_catalogue.get();
        change(next);
        m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(next)));
    }
    /// The key's text.
    std::string addKey(const storage::TestTenant& owner,
                       domain::Role role,
                       std::vector<domain::Scope> scopes)
    {
        const Secret text = security::generateKey();
        domain::ApiKey added;
        added.keyId = KeyId::generate();
        added.tenantId = owner.id;
        added.projectId = owner.project;
        added.role = role;
        added.scopes = std::move(scopes);
        added.hash = security::hashKey(text.expose());
        auto next = *m_catalogue.get();
        next.keys.push_back(added);
        std::sort(next.keys.begin(), next.keys.end(), [](const auto& a, const auto& b) {
            return a.hash < b.hash;
        });
        m_catalogue.set(std::make_shared<const storage::Catalogue>(std::move(next)));
        return text.expose();
    }

    struct Answer {
        int status = 0;
        http::Headers headers;
        Json body;
        [[nodiscard]] std::string code() const
        {
            const Json* error = findMember(body, "error");
            return error == nullptr ? "" : std::string(stringMember(*error, "code"));
        }
        [[nodiscard]] std::string param() const
        {
            const Json* error = findMember(body, "error");
            return error == nullptr ? "" : std::string(stringMember(*error, "param"));
        }
        [[nodiscard]] const Json& at(std::string_view pointer) const
        {
            return body.at_pointer(pointer);
        }
    };
    Answer ask(const std::string& method, const std::string& path, const std::string& body = {})
    {
        return askAs(key, method, path, body);
    }
    /// For models of the samples; their costs, once there are any, are in it.
    Answer publishPricesIn(const std::string& currency)
    {
        return ask("POST",
                   "/admin/prices",
                   R"({"version":"house","currency":")" + currency
                       + R"(","models":[{"model":"gpt-*","input_per_million":1,)"
                         R"("cached_input_per_million":1,"output_per_million":1}]})");
    }
    Answer askAs(const std::string& credential,
                 const std::string& method,
                 const std::string& path,
                 const std::string& body = {},
                 const std::string& peer = "10.0.0.1",
                 const std::string& forwardedFor = {})
    {
        http::Request request;
        request.id = RequestId::generate();
        request.method = method;
        request.path = path.substr(0, path.find('?'));
        if (const auto at = path.find('?'); at != std::string::npos) {
            const auto query = path.substr(at + 1);
            request.query.emplace(query.substr(0, query.find('=')),
                                  query.substr(query.find('=') + 1));
        }
        request.peerAddress = peer;
        if (!forwardedFor.empty()) {
            request.headers.add("X-Forwarded-For", forwardedFor);
        }
        request.body = body;
        if (!credential.empty()) {
            request.headers.add("Authorization", "Bearer " + credential);
        }
        const auto match = m_router.match(method, request.path);
        if (match.route == nullptr) {
            return {.status = match.allowed.empty() ? 404 : 405, .headers = {}, .body = {}};
        }
        request.pathParameters = match.parameters;
        auto response = std::get<http::Handler>(match.route->handler)(request);
        auto json = parseJson(response.body);
        return {response.status, response.headers, json ? *json : Json(response.body)};
    }

    [[nodiscard]] const http::Router& router() const { return m_router; }
    [[nodiscard]] ops::Metrics& metrics() { return m_metrics; }

    storage::TestTenant tenant;
    std::string key; ///< Of an admin of `tenant`.
    int reloads = 0;
    std::optional<KillOrder> killed; ///< The last one.
    RunId running; ///< The one that endRun and killRun know.
    std::optional<domain::RunStatus> endedAs;
    IncidentId waiting; ///< The one in the spool.
    Json dependencies = JsonObject{};

private:
    storage::CatalogueHolder m_catalogue;
    storage::UnprovenLedger m_ledger;
    ops::Metrics m_metrics;
    gateway::UpstreamKeys m_upstreamKeys = gateway::UpstreamKeys::parse("_TOKEN=*,x_KEY=*").value();
    ApiServices m_services;
    http::Router m_router;
};

} // namespace exhibit::api
