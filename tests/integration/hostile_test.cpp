// SPDX-License-Identifier: Apache-2.0
// What nobody sends by accident, against a real exhibitd: each input gets the documented error, and
// the server goes on.
#include "models/base/json.h"
#include "models/base/strong_id.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

constexpr const char* kChat = "/v1/chat/completions";
constexpr const char* kSearch = "/api/v1/incidents/search";

class Hostile : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<test::TempDir>();
        auto upstream = test::SampleUpstream::start();
        ASSERT_TRUE(upstream) << upstream.error().message;
        s_upstream = std::make_unique<test::SampleUpstream>(*std::move(upstream));
        auto server = test::Exhibitd::start({.dataDir = s_folder->path()});
        ASSERT_TRUE(server) << server.error().message;
        s_server = std::make_unique<test::Exhibitd>(*std::move(server));
        ASSERT_TRUE(s_server->controlJson(
            {"upstream", "add", "sample", "--base-url", s_upstream->baseUrl()}));
    }
    static void TearDownTestSuite()
    {
        s_server.reset();
        s_upstream.reset();
        s_folder.reset();
    }

    static test::Reply send(std::string_view method,
                            std::string_view target,
                            std::string_view body,
                            test::HeaderList headers = {{"Content-Type", "application/json"}})
    {
        auto reply = s_server->request(method, target, std::move(headers), body);
        EXPECT_TRUE(reply) << reply.error().message;
        return reply ? *std::move(reply) : test::Reply{};
    }

    /// The one error shape, with this status and code.
    static void expectError(const test::Reply& reply, int status, std::string_view code)
    {
        EXPECT_EQ(reply.status, status) << reply.body;
        const auto json = parseJson(reply.body);
        ASSERT_TRUE(json) << reply.body;
        const Json* error = findMember(*json, "error");
        ASSERT_NE(error, nullptr) << reply.body;
        for (const char* member :
             {"message", "type", "param", "code", "error_code", "request_id"}) {
            EXPECT_NE(findMember(*error, member), nullptr) << member << " in " << reply.body;
        }
        EXPECT_EQ(stringMember(*error, "error_code"), code) << reply.body;
        EXPECT_EQ(stringMember(*error, "code"), stringMember(*error, "error_code"));
        EXPECT_FALSE(stringMember(*error, "message").empty());
    }

    static std::unique_ptr<test::TempDir> s_folder;
    static std::unique_ptr<test::SampleUpstream> s_upstream;
    static std::unique_ptr<test::Exhibitd> s_server;
};

std::unique_ptr<test::TempDir> Hostile::s_folder;
std::unique_ptr<test::SampleUpstream> Hostile::s_upstream;
std::unique_ptr<test::Exhibitd> Hostile::s_server;

TEST_F(Hostile, anOversizedBodyIsRefusedBeforeItIsRead)
{
    auto connection
        = test::HttpConnection::connect("127.0.0.1", s_server->port(), Deadline::after(5s));
    ASSERT_TRUE(connection);
    const std::string head
        = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
        + s_server->adminKey().expose()
        + "\r\nContent-Type: application/json\r\nContent-Length: 17000000\r\n\r\n";
    ASSERT_TRUE(connection->send(head, Deadline::after(5s)));
    const auto reply = connection->readReply(Deadline::after(5s));
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 413);
}

TEST_F(Hostile, aMegabyteOfHeadersIsRefused)
{
    auto connection
        = test::HttpConnection::connect("127.0.0.1", s_server->port(), Deadline::after(5s));
    ASSERT_TRUE(connection);
    const std::string head
        = "GET /health HTTP/1.1\r\nHost: x\r\nX-Filler: " + std::string(1 << 20, 'x') + "\r\n\r\n";
    (void)connection->send(head, Deadline::after(5s)); // The server may close before it has all.
    const auto reply = connection->readReply(Deadline::after(5s));
    if (reply) { // A reset may overtake the reply.
        EXPECT_EQ(reply->status, 431);
    }
    EXPECT_EQ(send("GET", "/health", "").status, 200);
}

TEST_F(Hostile, bodiesThatAreNoJsonAreRefusedOnBothSurfaces)
{
    expectError(send("POST", kChat, "{\"model\": "), 400, "invalid_input");
    expectError(send("POST", kChat, "[1,2]"), 400, "invalid_input");
    expectError(send("POST", kSearch, "{\"query\": "), 400, "invalid_input");
}

TEST_F(Hostile, badUtf8IsRefused)
{
    const std::string body
        = "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\"}]}";
    expectError(send("POST", kChat, body), 400, "invalid_input");
}

TEST_F(Hostile, deepNestingIsRefused)
{
    const std::string deep = std::string(5000, '[') + std::string(5000, ']');
    expectError(send("POST", kChat, "{\"model\":\"gpt-4o\",\"messages\":" + deep + "}"),
                400,
                "invalid_input");
    expectError(send("POST", kSearch, "{\"query\":" + deep + "}"), 400, "invalid_input");
}

TEST_F(Hostile, aFormInsteadOfJsonIsRefused)
{
    expectError(send("POST", kChat, "a=b", {{"Content-Type", "application/x-www-form-urlencoded"}}),
                400,
                "invalid_input");
}

TEST_F(Hostile, unknownRoutesAndMethodsAreRefused)
{
    expectError(send("GET", "/v1/nothing/here", ""), 404, "not_found");
    const auto reply = send("DELETE", kChat, "");
    expectError(reply, 405, "method_not_allowed");
    EXPECT_TRUE(reply.header("Allow"));
}

TEST_F(Hostile, wrongKeysAreRefusedWithoutSayingWhy)
{
    for (const auto* target : {kChat, kSearch}) {
        const auto text = test::requestText(
            "POST",
            target,
            {{"Authorization", "Bearer exk_wrong"}, {"Content-Type", "application/json"}},
            "{}");
        const auto reply = test::exchange(s_server->port(), text, Deadline::after(5s));
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->status, 401) << reply->body;
    }
}

TEST_F(Hostile, idsThatAreNotOursAreNotFound)
{
    const std::string incident = IncidentId::generate().text();
    for (const auto& target : {"/api/v1/incidents/" + incident,
                               "/api/v1/incidents/" + incident + "/timeline",
                               "/api/v1/runs/" + RunId::generate().text()}) {
        const auto reply = send("GET", target, "");
        EXPECT_EQ(reply.status, 404) << target << " " << reply.body;
    }
    EXPECT_EQ(send("GET", "/api/v1/incidents/..%2f..%2fetc", "").status / 100, 4);
}

TEST_F(Hostile, anotherTenantsSearchIsRefused)
{
    const std::string body = "{\"tenant_id\":\"" + TenantId::generate().text() + "\"}";
    const auto reply = send("POST", kSearch, body);
    EXPECT_EQ(reply.status, 403) << reply.body;
}

TEST_F(Hostile, aModelThatNoUpstreamServesIsNotFound)
{
    const auto added = s_server->controlJson({"upstream",
                                              "add",
                                              "narrow",
                                              "--base-url",
                                              s_upstream->baseUrl(),
                                              "--model",
                                              "only-this-*"});
    ASSERT_TRUE(added) << added.error().message;
    // The first upstream serves every model, so the call still passes.
    EXPECT_EQ(send("POST", kChat, R"({"model":"gpt-4o","messages":[]})").status, 200);
}

TEST_F(Hostile, aSlowHeadIsCutWhileOthersAreServed)
{
    auto slow = test::HttpConnection::connect("127.0.0.1", s_server->port(), Deadline::after(5s));
    ASSERT_TRUE(slow);
    ASSERT_TRUE(slow->send("GET /health HT", Deadline::after(1s)));
    EXPECT_EQ(send("GET", "/health", "").status, 200);
    const auto closed = slow->readClose(Deadline::after(30s));
    if (!closed) { // A 408 may come first.
        EXPECT_TRUE(slow->readReply(Deadline::after(1s)));
    }
}

TEST_F(Hostile, refusalsTellSdksNotToRetry)
{
    const auto reply = send("POST", kChat, "{\"model\": ");
    EXPECT_EQ(reply.header("x-should-retry").value_or("absent"), "false");
}

/// A policy of these patterns that looks at requests.
std::string policyOf(std::string_view id, const std::vector<std::string>& patterns)
{
    JsonArray rules;
    for (const auto& pattern : patterns) {
        rules.push_back(JsonObject{{"pattern", pattern}, {"max_width", 65536}});
    }
    const JsonObject rule{{"type", "patterns"}, {"patterns", std::move(rules)}};
    return printJson(JsonObject{{"policy_id", id},
                                {"title", "Hostile"},
                                {"category", "test"},
                                {"severity", "low"},
                                {"stage", JsonArray{"input"}},
                                {"mode", "monitor"},
                                {"rule", rule}});
}

std::string chatOf(std::string_view content)
{
    const JsonObject message{{"role", "user"}, {"content", content}};
    return printJson(JsonObject{{"model", "gpt-4o"}, {"messages", JsonArray{message}}});
}

/// Letters that keep matches of "[a-m][a-z]{0,900}" alive and never repeat.
std::string lowerCase(std::size_t bytes)
{
    std::string text;
    for (std::uint64_t state = 1; text.size() < bytes;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += static_cast<char>('a' + (state >> 33U) % 26);
    }
    return text;
}

TEST_F(Hostile, aPatternOfTenMegabytesIsRefusedUnread)
{
    const auto body = policyOf("HUGE", {std::string(10'000'000, 'a')});
    expectError(send("POST", "/api/v1/policies", body), 413, "body_too_large");
    EXPECT_EQ(send("GET", "/health", "").status, 200);
}

TEST_F(Hostile, aPatternThatIsTooLongIsRefusedWithItsPointer)
{
    const auto reply
        = send("POST", "/api/v1/policies", policyOf("LONG", {"a", std::string(900'000, 'a')}));
    expectError(reply, 400, "invalid_input");
    EXPECT_NE(reply.body.find("/rule/patterns/1"), std::string::npos) << reply.body;
    EXPECT_EQ(send("GET", "/health", "").status, 200);
}

TEST_F(Hostile, patternsThatCouldStopTheServerAreRefusedAtTheDearest)
{
    std::vector<std::string> patterns{"secret"};
    for (int index = 0; index < 50; ++index) {
        patterns.push_back(fmt::format("[a-m][a-z]{{0,900}}[A-Z]{}", index));
    }
    const auto reply = send("POST", "/api/v1/policies", policyOf("POISON", patterns));
    expectError(reply, 400, "invalid_input");
    EXPECT_NE(reply.body.find("\"param\":\"/rule/patterns/1\""), std::string::npos) << reply.body;
    EXPECT_EQ(send("GET", "/health", "").status, 200);
    EXPECT_EQ(send("POST", kChat, chatOf(lowerCase(8'000))).status, 200);
}

TEST_F(Hostile, nestedRepeatsAreReadLikeAnyPattern)
{
    const auto policy = policyOf("CATASTROPHIC", {"(a+)+b", "(x+x+)+y"});
    ASSERT_EQ(send("POST", "/api/v1/policies", policy).status, 201);
    EXPECT_EQ(send("POST", kChat, chatOf(std::string(1'000'000, 'a'))).status, 200);
    EXPECT_EQ(send("GET", "/health", "").status, 200);
}

TEST_F(Hostile, othersAreServedWhileALongRequestMakesMuchWork)
{
    const auto policy = policyOf("SLOW", {"[a-m][!-@a-z]{0,400}[A-Z]1"});
    ASSERT_EQ(send("POST", "/api/v1/policies", policy).status, 201);
    auto call = std::async(std::launch::async,
                           [] { return send("POST", kChat, chatOf(lowerCase(60'000))); });
    int served = 0;
    while (call.wait_for(0s) != std::future_status::ready) {
        EXPECT_EQ(send("GET", "/health", "").status, 200);
        ++served;
    }
    EXPECT_EQ(call.get().status, 200);
    // The request is less than one slice of bytes, and hundreds of slices of work.
    EXPECT_GT(served, 20);
}

} // namespace
} // namespace exhibit
