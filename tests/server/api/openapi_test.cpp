// SPDX-License-Identifier: Apache-2.0
// The description against what is served: routes, who may use them, how they refuse.
#include "server/api/openapi_document.h"
#include "server/gateway/gateway.h"
#include "server/spool/key_wrapper.h"
#include "tests/server/api/api_on_test.h"

#include <boost/asio/io_context.hpp>

#include <regex>
#include <set>

namespace exhibit::api {
namespace {

struct Operation {
    std::string method;
    std::string path;
    Json described;

    [[nodiscard]] std::string scope() const
    {
        return std::string(stringMember(described, "x-scope"));
    }
    [[nodiscard]] bool answersWith(int status) const
    {
        return findMember(described.at("responses"), std::to_string(status)) != nullptr;
    }
    [[nodiscard]] std::string name() const { return method + ' ' + path; }
    [[nodiscard]] std::string target(const std::string& id) const
    {
        return std::regex_replace(path, std::regex("\\{id\\}"), id);
    }
    /// No plain handler: asked over real sockets by the gateway's tests and
    /// integration.live_events and integration.export_jobs.
    [[nodiscard]] bool isStream() const
    {
        return path.starts_with("/v1/") || path == "/api/v1/events" || path.ends_with("/content");
    }
};

const Json& document()
{
    static const Json json = parseJson(openApiDocument()).value();
    return json;
}

std::vector<Operation> operations()
{
    std::vector<Operation> all;
    for (const auto& path : document().at("paths").as_object()) {
        for (const auto& member : path.value().as_object()) {
            if (member.key() == "parameters") {
                continue;
            }
            std::string method(member.key());
            std::transform(method.begin(), method.end(), method.begin(), [](char c) {
                return static_cast<char>(std::toupper(c));
            });
            all.push_back({method, std::string(path.key()), member.value()});
        }
    }
    return all;
}

/// What the gateway adds to a router.
std::set<std::string> gatewayRoutes()
{
    const test::TempDir folder;
    boost::asio::io_context io;
    const auto post = [](const std::function<void()>& work) { work(); };
    const auto copy = storage::LocalCopy::open(folder.path() / "local.db", post).value();
    const auto journal
        = spool::Journal::open({.directory = folder.path() / "spool", .post = post},
                               spool::keyFileWrapper(folder.path() / "spool.key").value())
              .value();
    storage::CatalogueHolder catalogue;
    prevention::SnapshotCache snapshots;
    prevention::RunRegistry runs(*copy);
    ops::Metrics metrics;
    gateway::Gateway gateway({io, catalogue, snapshots, runs, *journal, metrics});
    http::Router router;
    gateway.addRoutes(router);
    std::set<std::string> names;
    for (const auto& route : router.routes()) {
        names.insert(route.method + ' ' + route.pattern);
    }
    return names;
}

TEST(OpenApiDocument, hasExactlyTheRoutesThatAreServed)
{
    ApiOnTest api;
    std::set<std::string> served = gatewayRoutes();
    for (const auto& route : api.router().routes()) {
        served.insert(route.method + ' ' + route.pattern);
    }
    std::set<std::string> described;
    for (const auto& operation : operations()) {
        described.insert(operation.name());
    }
    EXPECT_EQ(served, described);
}

TEST(OpenApiDocument, namesTheScopeThatEachRouteAsksFor)
{
    ApiOnTest api;
    const auto powerless = api.addKey(api.tenant, domain::Role::Service, {});
    for (const auto& operation : operations()) {
        if (operation.scope().empty() || operation.isStream()) {
            continue;
        }
        const auto target = operation.target(RunId::generate().text());
        const auto denied = api.askAs(powerless, operation.method, target);
        EXPECT_EQ(denied.status, 403) << operation.name();
        EXPECT_TRUE(printJson(denied.body).find("scope " + operation.scope() + '"')
                    != std::string::npos)
            << operation.name() << ": " << printJson(denied.body);
    }
}

TEST(OpenApiDocument, describesEveryRefusalThatCanBeProvoked)
{
    ApiOnTest api;
    const auto powerless = api.addKey(api.tenant, domain::Role::Service, {});
    const std::string somewhere = RunId::generate().value.base32();
    std::size_t provoked = 0;
    for (const auto& operation : operations()) {
        if (operation.isStream() || operation.scope().empty()) {
            continue;
        }
        const auto prefix = operation.path.find("/incidents/") != std::string::npos ? "inc_"
            : operation.path.find("/runs/") != std::string::npos                    ? "run_"
            : operation.path.find("/keys/") != std::string::npos                    ? "key_"
            : operation.path.find("/upstreams/") != std::string::npos               ? "ups_"
            : operation.path.find("/exports/") != std::string::npos                 ? "exp_"
                                                                                    : "";
        const auto unknown = operation.target(prefix + somewhere);
        const auto& method = operation.method;
        for (const auto& answer : {api.askAs("", method, unknown),
                                   api.askAs(powerless, method, unknown),
                                   api.ask(method, operation.target("no%20id")),
                                   api.ask(method, unknown, R"({)"),
                                   api.ask(method, unknown, R"({"no_such_member":1})"),
                                   api.ask(method, unknown)}) {
            if (answer.status < 400) {
                continue;
            }
            ++provoked;
            EXPECT_TRUE(operation.answersWith(answer.status))
                << operation.name() << " answered " << answer.status << ' '
                << printJson(answer.body);
            for (const char* member : {"message", "type", "code", "error_code", "request_id"}) {
                EXPECT_FALSE(answer.at(std::string("/error/") + member).as_string().empty());
            }
            EXPECT_EQ(answer.at("/error/code"), answer.at("/error/error_code"));
            EXPECT_TRUE(answer.headers.contains("x-should-retry"));
        }
    }
    EXPECT_GT(provoked, 50U);
}

TEST(OpenApiDocument, saysWhichVariablesMayHoldAProvidersKey)
{
    ApiOnTest api;
    const auto& property
        = document().at_pointer("/components/schemas/NewUpstream/properties/api_key_env");
    int count = 0;
    const std::regex pattern(std::string(property.at("pattern").as_string()));
    for (const std::string name : {"OPENAI_API_KEY",
                                   "_TOKEN",
                                   "PGPASSWORD",
                                   "PG_KEY",
                                   "EXHIBIT_API_KEY",
                                   "AWS_SECRET_KEY",
                                   "VAULT_TOKEN",
                                   "HOME",
                                   "1_KEY",
                                   "A B_KEY",
                                   "some_token",
                                   "x_KEY"}) {
        const auto answer = api.ask("POST",
                                    "/admin/upstreams",
                                    printJson(JsonObject{{"name", "u" + std::to_string(++count)},
                                                         {"base_url", "https://api.openai.com"},
                                                         {"api_key_env", name}}));
        EXPECT_EQ(answer.status == 201, std::regex_match(name, pattern)) << name;
        EXPECT_EQ(answer.param(), answer.status == 201 ? "" : "/api_key_env") << name;
    }
}

} // namespace
} // namespace exhibit::api
