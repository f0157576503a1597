// SPDX-License-Identifier: Apache-2.0
// Kept responses and token counts through a real gateway, and how each surface refuses.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/response_events.h"

namespace exhibit::gateway {
namespace {

using responses::Stream;

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");

Result<test::Reply> send(const GatewayOnTest& gateway,
                         const std::string& method,
                         const std::string& path,
                         const std::string& body = {})
{
    return gateway.send(method, path, {{"Authorization", "Bearer " + gateway.key()}}, body);
}

ScriptedUpstream::Script answering(std::string body)
{
    return [body = std::move(body)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply(body));
    };
}

TEST(KeptResponses, areFetchedAndRecordedAndCostNothing)
{
    const auto kept = Stream::response("completed", Stream::message("Hello"));
    GatewayOnTest gateway(answering(kept), {.policies = {kSecret}});
    const auto reply = send(gateway, "GET", "/v1/responses/resp_1?include=x");
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, kept);
    EXPECT_TRUE(
        gateway.upstream().requests().at(0).starts_with("GET /v1/responses/resp_1?include=x "));
    const auto records = gateway.records();
    const auto opened = recordsOf<spool::CallOpened>(records).at(0);
    EXPECT_EQ(opened.endpoint, "/v1/responses/resp_1");
    EXPECT_EQ(opened.providerState, std::vector<std::string>{"response"});
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.usage.total(), 0) << "it was counted when the answer was made";
    EXPECT_EQ(closed.costMicrocents, 0);
    EXPECT_EQ(closed.texts.at(0).released, "Hello");
}

TEST(KeptResponses, thatPoliciesStopAreStoppedWhenFetchedToo)
{
    auto policy = parseJson(kSecret).value();
    policy.get_object()["applies_to"] = JsonObject{{"models", JsonArray{"gpt-4o*"}}};
    GatewayOnTest gateway(
        answering(Stream::response("completed", Stream::message("Key sk-abcdefgh"))),
        {.policies = {printJson(policy)}});
    for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
             {"GET", "/v1/responses/resp_1"}, {"POST", "/v1/responses/resp_1/cancel"}}) {
        const auto reply = send(gateway, method, path);
        ASSERT_TRUE(reply.has_value());
        const auto body = parseJson(reply->body).value();
        EXPECT_EQ(body.at("status"), "incomplete") << method << ' ' << reply->body;
        EXPECT_EQ(body.at_pointer("/output/0/content/0/text"), "Key ");
    }
    const auto lists = GatewayOnTest(
        answering(R"({"object":"list","data":[{"content":[{"text":"Key sk-abcdefgh"}]}]})"),
        {.policies = {printJson(policy)}});
    const auto inputs = send(lists, "GET", "/v1/responses/resp_1/input_items");
    EXPECT_EQ(inputs->status, 403) << inputs->body;
}

TEST(KeptResponses, areDeletedAndCancelledWithoutABody)
{
    GatewayOnTest gateway(
        answering(R"({"id":"resp_1","object":"response.deleted","deleted":true})"),
        {.policies = {kSecret}});
    EXPECT_EQ(send(gateway, "DELETE", "/v1/responses/resp_1")->status, 200);
    EXPECT_EQ(send(gateway, "POST", "/v1/responses/resp_1/cancel")->status, 200);
    const auto requests = gateway.upstream().requests();
    EXPECT_TRUE(requests.at(0).starts_with("DELETE /v1/responses/resp_1 "));
    EXPECT_TRUE(requests.at(1).starts_with("POST /v1/responses/resp_1/cancel "));
    for (const auto& closed : recordsOf<spool::CallClosed>(gateway.records(2))) {
        EXPECT_EQ(closed.outcome, "completed");
    }
}

TEST(KeptResponses, areNamedWithinOneSegmentOfTheProvidersPath)
{
    GatewayOnTest gateway(answering("{}"));
    for (const auto* path : {"/v1/responses/x%2F..%2Ffiles",
                             "/v1/responses/..",
                             "/v1/responses/a%3Fb",
                             "/v1/responses/a.b"}) {
        EXPECT_GE(send(gateway, "GET", path)->status, 400) << path;
    }
    EXPECT_TRUE(gateway.upstream().requests().empty());
}

TEST(CountTokens, isJudgedAndCostsNothing)
{
    GatewayOnTest gateway(
        answering(R"({"input_tokens":14})"),
        {.policies = {patternPolicy("NO_KEYS", "block", "sk-[a-z0-9]{8}", "input")}});
    const std::string path = "/v1/messages/count_tokens";
    const std::string ask = R"({"model":"claude-3","messages":[{"role":"user","content":"Hi"}]})";
    const auto counted = send(gateway, "POST", path, ask);
    ASSERT_TRUE(counted.has_value());
    EXPECT_EQ(counted->body, R"({"input_tokens":14})");
    EXPECT_TRUE(gateway.upstream().requests().at(0).ends_with(ask));
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.usage.total(), 0);
    EXPECT_EQ(closed.costMicrocents, 0);
    const auto denied
        = send(gateway,
               "POST",
               path,
               R"({"model":"claude-3","messages":[{"role":"user","content":"sk-abcdefgh"}]})");
    EXPECT_EQ(denied->status, 403);
    EXPECT_EQ(parseJson(denied->body)->at("type"), "error");
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

/// Refusals of one path: by the server itself, by admission, by the provider's absence.
struct Refused {
    std::string path;
    std::string body;
};

const std::vector<Refused> kSurfaces{
    {"/v1/chat/completions", R"({"model":"MODEL","messages":[]})"},
    {"/v1/responses", R"({"model":"MODEL","input":"Hi"})"},
    {"/v1/embeddings", R"({"model":"MODEL","input":"Hi"})"},
    {"/v1/completions", R"({"model":"MODEL","prompt":"Hi"})"},
    {"/v1/messages", R"({"model":"MODEL","messages":[]})"},
    {"/v1/messages/count_tokens", R"({"model":"MODEL","messages":[]})"}};

std::string withModel(const Refused& surface, const std::string& model)
{
    auto body = surface.body;
    return body.replace(body.find("MODEL"), 5, model);
}

void expectForm(const Refused& surface,
                const Result<test::Reply>& reply,
                int status,
                const std::string& type)
{
    ASSERT_TRUE(reply.has_value()) << surface.path;
    EXPECT_EQ(reply->status, status) << surface.path << reply->body;
    const auto body = parseJson(reply->body).value_or(Json(JsonObject{{"error", JsonObject{}}}));
    const auto& error = body.at("error").as_object();
    for (const auto* member : {"message", "type", "param", "code", "error_code", "request_id"}) {
        EXPECT_TRUE(error.contains(member)) << surface.path << ' ' << member;
    }
    const bool anthropic = surface.path.starts_with("/v1/messages");
    EXPECT_EQ(stringMember(body, "type"), anthropic ? "error" : "") << surface.path;
    EXPECT_EQ(body.as_object().contains("request_id"), anthropic);
    if (anthropic) {
        EXPECT_EQ(error.at("type"), type.c_str()) << surface.path << ' ' << status;
    }
}

TEST(Refusals, haveTheFormOfTheirSurface)
{
    GatewaySetup setup;
    setup.options.bodyBytesMax = 4096;
    setup.options.connectTimeout = std::chrono::milliseconds(500);
    setup.baseUrl = "http://127.0.0.1:1"; // Nobody listens there.
    GatewayOnTest gateway(answering("{}"), setup);
    for (const auto& surface : kSurfaces) {
        const bool anthropic = surface.path.starts_with("/v1/messages");
        const auto known = withModel(surface, anthropic ? "claude-3" : "gpt-4o");
        expectForm(surface,
                   gateway.send("POST", surface.path, {{"Authorization", "Bearer exk_no"}}, known),
                   401,
                   "authentication_error");
        expectForm(
            surface, send(gateway, "POST", surface.path, "[]"), 400, "invalid_request_error");
        expectForm(surface,
                   send(gateway, "POST", surface.path, withModel(surface, "unknown")),
                   404,
                   "not_found_error");
        expectForm(
            surface, send(gateway, "PUT", surface.path, known), 405, "invalid_request_error");
        expectForm(surface,
                   send(gateway, "POST", surface.path, std::string(5000, ' ') + known),
                   413,
                   "request_too_large");
        expectForm(surface, send(gateway, "POST", surface.path, known), 502, "api_error");
    }
}

TEST(Refusals, ofAFullSpoolAndOfAUsedUpRunHaveTheFormOfTheirSurface)
{
    GatewaySetup full;
    full.spoolFileBytes = std::size_t{512} * 1024;
    full.spoolBytesMax = 8 * full.spoolFileBytes;
    GatewayOnTest spooled(answering("{}"), full);
    const std::string large
        = R"({"model":"gpt-4o","messages":[],"x":")" + std::string(200'000, 'x') + "\"}";
    for (int i = 0; i < 100 && spooled.chat(large)->status == 200; ++i) { }
    GatewaySetup used;
    used.tier.emplace();
    used.tier->tier = domain::Tier::Free;
    used.tier->runSeconds = 0;
    GatewayOnTest over(
        [](const std::string&, ScriptedUpstream::Peer& peer) {
            static_cast<void>(peer.closedWithin(std::chrono::seconds(10)));
            return false;
        },
        used);
    for (const auto& surface : kSurfaces) {
        const bool anthropic = surface.path.starts_with("/v1/messages");
        const auto known = withModel(surface, anthropic ? "claude-3" : "gpt-4o");
        expectForm(surface, send(spooled, "POST", surface.path, known), 503, "api_error");
        if (!surface.path.ends_with("count_tokens")) {
            expectForm(surface, send(over, "POST", surface.path, known), 429, "rate_limit_error");
        }
    }
}

} // namespace
} // namespace exhibit::gateway
