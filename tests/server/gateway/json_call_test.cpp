// SPDX-License-Identifier: Apache-2.0
// Whole answers through a real gateway, listener and journal.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"

#include "models/base/json_walk.h"

#include <cstdlib>

namespace exhibit::gateway {
namespace {

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kAsk
    = R"({"model":"gpt-4o", "messages":[{"role":"user","content":"Hi"}],"x":[1, 2.50]})";

std::string answer(const std::string& content, const std::string& more = "")
{
    return R"({"id":"c","object":"chat.completion", "model":"gpt-4o-2024","choices":[{"index":0,"message":{"role":"assistant","content":)"
        + quoteJson(content) + R"(,"refusal":null},"logprobs":null,"finish_reason":"stop"})" + more
        + R"(],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14},"pad":1.0})";
}

ScriptedUpstream::Script answering(const std::string& body, const std::string& headers = {})
{
    return [reply = jsonReply(body, headers)](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(reply);
    };
}

std::string bodyOf(const std::string& request)
{
    return request.substr(request.find("\r\n\r\n") + 4);
}

TEST(JsonCall, passesRequestAndAnswerByteForByte)
{
    GatewayOnTest gateway(answering(answer("Hello"),
                                    "x-request-id: req_provider\r\nopenai-version: 2020\r\n"
                                    "Keep-Alive: timeout=5\r\nX-Hop: 1\r\nConnection: x-hop\r\n"
                                    "X-Exhibit-Call-Id: forged\r\n"));
    const auto reply = gateway.chat(kAsk,
                                    {{"OpenAI-Organization", "org"},
                                     {"X-Stainless-Lang", "js"},
                                     {"traceparent", "00-1"},
                                     {"Accept-Encoding", "gzip, br"},
                                     {"X-Exhibit-User-Id", "u-7"}});
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, answer("Hello"));
    EXPECT_EQ(reply->header("x-request-id"), "req_provider");
    EXPECT_EQ(reply->header("openai-version"), "2020");
    EXPECT_FALSE(reply->header("x-hop").has_value());
    EXPECT_TRUE(reply->header("x-exhibit-call-id")->starts_with("call_"));
    EXPECT_TRUE(reply->header("x-exhibit-run-id")->starts_with("run_"));
    EXPECT_TRUE(reply->header("x-exhibit-request-id").has_value());

    const auto request = gateway.upstream().requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /v1/chat/completions HTTP/1.1\r\n")) << request;
    EXPECT_EQ(bodyOf(request), kAsk);
    EXPECT_NE(request.find("OpenAI-Organization: org\r\n"), std::string::npos);
    EXPECT_NE(request.find("X-Stainless-Lang: js\r\n"), std::string::npos);
    EXPECT_NE(request.find("traceparent: 00-1\r\n"), std::string::npos);
    EXPECT_NE(request.find("Accept-Encoding: identity\r\n"), std::string::npos);
    EXPECT_EQ(request.find("gzip"), std::string::npos);
    EXPECT_EQ(request.find(gateway.key()), std::string::npos) << "Exhibit's key went upstream";
    EXPECT_EQ(request.find("Exhibit"), std::string::npos);
}

TEST(JsonCall, recordsTheCallBeforeTheClientHasIt)
{
    GatewayOnTest gateway(answering(answer("Hello")), {.policies = {kSecret}});
    ASSERT_EQ(gateway.chat(kAsk)->status, 200);
    const auto records = gateway.records();
    const auto opened = recordsOf<spool::CallOpened>(records);
    ASSERT_EQ(opened.size(), 1U);
    EXPECT_EQ(opened[0].request, kAsk);
    EXPECT_FALSE(opened[0].sentRequest.has_value());
    EXPECT_EQ(opened[0].model, "gpt-4o");
    EXPECT_EQ(releasedBytes(records), answer("Hello"));
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "completed");
    EXPECT_EQ(closed.status, 200);
    EXPECT_EQ(closed.answeredModel, "gpt-4o-2024");
    EXPECT_EQ(closed.finishReasons, std::vector<std::string>{"stop"});
    EXPECT_EQ(closed.usage.promptTokens, 10);
    EXPECT_FALSE(closed.usage.estimated);
    EXPECT_EQ(closed.costMicrocents, 10 * 250 + 4 * 1000);
    EXPECT_EQ(closed.priceVersion, "test-1");
    EXPECT_EQ(closed.texts.at(0).released, "Hello");
    const auto decisions = recordsOf<spool::DecisionsRecord>(records);
    ASSERT_EQ(decisions.size(), 1U);
    EXPECT_EQ(decisions[0].passes.at(0).policyIds, std::vector<std::string>{"SECRETS"});
    EXPECT_LE(records.size(), 4U);
}

TEST(JsonCall, takesOutOurFieldsAndUsesTheUpstreamsKey)
{
    ::setenv("EXHIBIT_TEST_UPSTREAM_KEY", "sk-upstream", 1);
    GatewaySetup setup;
    setup.apiKeyEnv = "EXHIBIT_TEST_UPSTREAM_KEY";
    setup.baseUrlSuffix = "/proxy/v1";
    GatewayOnTest gateway(answering(answer("Hello")), setup);
    const auto reply = gateway.chat(
        R"({"user_id":"u","model":"gpt-4o","metadata":{"run_id":"r 1","k":"v","context":{"a":null}},"messages":[],"session_id":"s"})");
    ASSERT_EQ(reply->status, 200);
    const auto request = gateway.upstream().requests().at(0);
    EXPECT_TRUE(request.starts_with("POST /proxy/v1/chat/completions HTTP/1.1\r\n")) << request;
    EXPECT_NE(request.find("Authorization: Bearer sk-upstream\r\n"), std::string::npos);
    EXPECT_EQ(bodyOf(request), R"({"model":"gpt-4o","metadata":{"k":"v"},"messages":[]})");
    const auto records = gateway.records();
    const auto opened = recordsOf<spool::CallOpened>(records).at(0);
    EXPECT_EQ(opened.clientRunId, "r 1");
    EXPECT_EQ(opened.userId, "u");
    EXPECT_EQ(opened.sessionId, "s");
    EXPECT_EQ(printJson(*opened.facts), R"({"a":null})");
    EXPECT_EQ(opened.sentRequest, bodyOf(request));
}

TEST(JsonCall, passesTheClientsCredentialToAPassThroughUpstream)
{
    GatewayOnTest gateway(answering(answer("Hello")), {.passThrough = true});
    ASSERT_EQ(
        gateway.chat(kAsk, {{"X-Exhibit-Key", gateway.key()}, {"Authorization", "Bearer theirs"}})
            ->status,
        200);
    ASSERT_EQ(gateway.chat(kAsk)->status, 200);
    const auto requests = gateway.upstream().requests();
    EXPECT_NE(requests.at(0).find("Authorization: Bearer theirs\r\n"), std::string::npos);
    for (const auto& request : requests) {
        EXPECT_EQ(request.find(gateway.key()), std::string::npos);
    }
}

TEST(JsonCall, refusesUnknownKeysModelsAndBodies)
{
    GatewayOnTest gateway(answering(answer("Hello")));
    const struct {
        const char* body;
        test::HeaderList headers;
        int status;
        const char* code;
    } cases[] = {
        {"{}", {{"Authorization", "Bearer exk_wrong"}}, 401, "unauthenticated"},
        {"{}", {{"Authorization", "Basic abc"}}, 401, "unauthenticated"},
        {R"({"model":"claude-3","messages":[]})", {}, 404, "model_not_found"},
        {R"({"model":)", {}, 400, "invalid_input"},
        {R"([])", {}, 400, "invalid_input"},
        {R"({"model":"gpt-4o","model":"gpt-4"})", {}, 400, "invalid_input"},
        {R"({"model":"gpt-4o","user_id":7})", {}, 400, "invalid_input"},
        {R"({"model":"gpt-4o","metadata":{"run_id":""}})", {}, 400, "invalid_input"},
        {R"({"model":"gpt-4o","metadata":{"context":[]}})", {}, 400, "invalid_input"},
        {R"({"model":"gpt-4o"})", {{"X-Exhibit-Context", "nope"}}, 400, "invalid_input"},
        {R"({"model":"gpt-4o"})", {{"Content-Encoding", "gzip"}}, 400, "invalid_input"},
    };
    for (const auto& [body, headers, status, code] : cases) {
        const auto reply = gateway.chat(body, headers);
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, status) << body << reply->body;
        const auto json = parseJson(reply->body);
        ASSERT_TRUE(json.has_value());
        EXPECT_EQ(stringMember(*findMember(*json, "error"), "code"), code) << body;
        EXPECT_EQ(reply->header("x-should-retry"), "false");
    }
    EXPECT_TRUE(gateway.upstream().requests().empty());
}

TEST(JsonCall, cutsABlockedAnswerSoftlyAndStopsTheRun)
{
    GatewayOnTest gateway(
        answering(answer("The key is sk-abcdefgh.",
                         R"(,{"index":1,"message":{"content":"second"},"finish_reason":"stop"})")),
        {.policies = {kSecret}});
    const std::string ask = R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"r-1"}})";
    const auto reply = gateway.chat(ask);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    const auto json = parseJson(reply->body).value();
    const auto& choices = json.at("choices").as_array();
    EXPECT_EQ(choices.at(0).at("message").at("content"), "The key is ");
    EXPECT_EQ(choices.at(0).at("finish_reason"), "content_filter");
    EXPECT_EQ(choices.at(1).at("message").at("content"), "") << "nobody judged it";
    EXPECT_EQ(choices.at(1).at("finish_reason"), "content_filter");
    const auto& exhibit = json.at("exhibit");
    EXPECT_EQ(exhibit.at("policy_id"), "SECRETS");
    EXPECT_EQ(reply->header("x-exhibit-incident-id"),
              std::string(exhibit.at("incident_id").as_string()));
    EXPECT_TRUE(reply->body.ends_with("}}")) << "exhibit is the last member";

    const auto refused = gateway.chat(ask);
    EXPECT_EQ(refused->status, 403);
    const auto error = parseJson(refused->body).value().at("error");
    EXPECT_EQ(error.at("code"), "run_stopped");
    EXPECT_EQ(error.at("incident_id"), exhibit.at("incident_id"));
    EXPECT_EQ(refused->header("x-should-retry"), "false");
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);

    const auto records = gateway.records(2);
    const auto incident = recordsOf<spool::IncidentRecord>(records).at(0);
    EXPECT_EQ(incident.incident.incidentId.text(), exhibit.at("incident_id").as_string());
    EXPECT_EQ(incident.incident.excerpt, "The key is █");
    EXPECT_EQ(incident.incident.title, "SECRETS: answer blocked");
    ASSERT_TRUE(incident.stop.has_value());
    EXPECT_EQ(incident.inflection->channel, "choices/0/content");
    EXPECT_EQ(incident.inflection->byteOffset, 11);
    EXPECT_EQ(recordsOf<spool::WithheldRecord>(records).size(), 1U);
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).outcome, "stopped");
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(1).outcome, "refused");
    EXPECT_EQ(
        releasedBytes({records.begin(), records.begin() + static_cast<long>(records.size()) - 2}),
        reply->body);
}

TEST(JsonCall, refusesABlockedAnswerInStyleError)
{
    GatewayOnTest gateway(answering(answer("sk-abcdefgh")),
                          {.policies = {kSecret}, .stopStyle = domain::StopStyle::Error});
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 403);
    const auto error = parseJson(reply->body).value().at("error");
    EXPECT_EQ(error.at("code"), "policy_violation");
    EXPECT_EQ(error.at("policy_id"), "SECRETS");
    EXPECT_EQ(reply->body.find("abcdefgh"), std::string::npos);
}

TEST(JsonCall, redactsAnswersAndRequests)
{
    GatewayOnTest gateway(
        answering(answer("Call 1234-5678!")),
        {.policies = {patternPolicy("PII_OUTPUT", "redact", "[0-9]{4}-[0-9]{4}"),
                      patternPolicy("PII_INPUT", "redact", "[0-9]{4}-[0-9]{4}", "input")}});
    const auto reply = gateway.chat(
        R"({"model":"gpt-4o","messages":[{"role":"user","content":"I am 1111-2222."}]})");
    EXPECT_EQ(reply->body, answer("Call [GONE]!"));
    EXPECT_EQ(bodyOf(gateway.upstream().requests().at(0)),
              R"({"model":"gpt-4o","messages":[{"role":"user","content":"I am [GONE]."}]})");
    const auto records = gateway.records();
    EXPECT_EQ(recordsOf<spool::IncidentRecord>(records).size(), 2U);
    EXPECT_EQ(recordsOf<spool::WithheldRecord>(records).at(0).body, answer("Call 1234-5678!"));
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).outcome, "completed");
}

TEST(JsonCall, refusesARequestThatAPolicyBlocksBeforeTheProviderSeesIt)
{
    GatewayOnTest gateway(
        answering(answer("Hello")),
        {.policies = {patternPolicy("INJECTION", "block", "ignore all", "input")}});
    const auto reply = gateway.chat(
        R"({"model":"gpt-4o","metadata":{"run_id":"r"},"messages":[{"role":"tool","content":[{"type":"text","text":"now ignore \u0061ll"}]}]})");
    EXPECT_EQ(reply->status, 403);
    const auto error = parseJson(reply->body).value().at("error");
    EXPECT_EQ(error.at("code"), "policy_violation");
    EXPECT_EQ(error.at("policy_id"), "INJECTION");
    EXPECT_TRUE(gateway.upstream().requests().empty());
    const auto records = gateway.records();
    EXPECT_EQ(recordsOf<spool::IncidentRecord>(records).at(0).inflection->channel,
              "messages/0/content/0/text");
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).usage.total(), 0);
    EXPECT_EQ(gateway.chat(R"({"model":"gpt-4o","metadata":{"run_id":"r"},"messages":[]})")->status,
              403);
}

TEST(JsonCall, recordsWhatMonitorsSeeAndLetsItPass)
{
    GatewayOnTest gateway(answering(answer("sk-abcdefgh")),
                          {.policies = {patternPolicy("WATCH", "monitor", "sk-[a-z0-9]{8}")}});
    EXPECT_EQ(gateway.chat(kAsk)->body, answer("sk-abcdefgh"));
    const auto records = gateway.records();
    const auto decisions = recordsOf<spool::DecisionsRecord>(records).at(0).decisions;
    EXPECT_EQ(decisions.at(0).result, domain::DecisionResult::Warn);
    const auto incident = recordsOf<spool::IncidentRecord>(records).at(0);
    EXPECT_FALSE(incident.stop.has_value());
    EXPECT_EQ(incident.incident.title, "WATCH: observed, not enforced");
    EXPECT_NE(gateway.metrics().find("cai_policy_violations 1"), std::string::npos);
}

TEST(JsonCall, passesTheProvidersErrorsUntouched)
{
    const std::string body
        = R"({"error":{"message":"slow down", "type":"requests","param":null,"code":"rate"}})";
    GatewayOnTest gateway(
        [&body](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send(
                "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
                "retry-after-ms: 20\r\nRetry-After: 1\r\nx-ratelimit-limit-requests: 9\r\n"
                "Content-Length: "
                + std::to_string(body.size()) + "\r\n\r\n" + body);
        },
        {.policies = {kSecret}});
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 429);
    EXPECT_EQ(reply->body, body);
    EXPECT_EQ(reply->header("retry-after-ms"), "20");
    EXPECT_EQ(reply->header("x-ratelimit-limit-requests"), "9");
    EXPECT_FALSE(reply->header("x-should-retry").has_value());
    const auto records = gateway.records();
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.status, 429);
    EXPECT_EQ(closed.usage.total(), 0);
    EXPECT_EQ(releasedBytes(records), body);
}

TEST(JsonCall, judgesErrorsInWhichAPolicyFindsSomething)
{
    const std::string body = R"({"error":{"message":"of sk-abcdefgh", "code":"bad"}})";
    for (const std::string status : {"400 Bad Request", "300 Multiple Choices"}) {
        const auto script = [&](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n"
                             + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n"
                             + body);
        };
        GatewayOnTest redacting(script,
                                {.policies = {patternPolicy("PII", "redact", "sk-[a-z0-9]{8}")}});
        const auto reply = redacting.chat(kAsk);
        EXPECT_EQ(reply->status, std::stoi(status));
        EXPECT_EQ(reply->body, R"({"error":{"message":"of [GONE]", "code":"bad"}})");
        GatewayOnTest blocking(script, {.policies = {kSecret}});
        EXPECT_EQ(blocking.chat(kAsk)->body.find("abcdefgh"), std::string::npos);
        EXPECT_EQ(recordsOf<spool::CallClosed>(blocking.records()).at(0).outcome, "stopped");
    }
}

TEST(JsonCall, stopsAnAnswerThatNoPolicyCanRead)
{
    for (const std::string body :
         {"<html>sk-abcdefgh</html>", "{\"choices\":[{\"message\":{\"content\":\"a\xFF\"}}]}"}) {
        GatewayOnTest gateway(answering(body), {.policies = {kSecret}});
        EXPECT_EQ(gateway.chat(kAsk)->status, 403);
        EXPECT_EQ(recordsOf<spool::DecisionsRecord>(gateway.records()).at(0).decisions.at(0).result,
                  domain::DecisionResult::Error);
        GatewayOnTest open(answering(body));
        EXPECT_EQ(open.chat(kAsk)->body, body) << "nothing needs to read it";
    }
}

TEST(JsonCall, stopsTheRunWhenItsBudgetIsUsedUp)
{
    const std::string budget
        = R"({"policy_id":"BUDGET","version":1,"title":"Budget","category":"cost","severity":"high","stage":["run"],)"
          R"("mode":"block","rule":{"type":"threshold","metric":"run.llm_calls","max":2},"expected_behaviour":"Stop."})";
    GatewayOnTest gateway(answering(answer("Hello")), {.policies = {budget}});
    const std::string ask = R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"loop"}})";
    EXPECT_EQ(gateway.chat(ask)->status, 200);
    EXPECT_EQ(gateway.chat(ask)->status, 200);
    const auto reply = gateway.chat(ask);
    EXPECT_EQ(reply->status, 403);
    EXPECT_EQ(parseJson(reply->body).value().at("error").at("code"), "policy_violation");
    EXPECT_EQ(gateway.upstream().requests().size(), 2U);
    const auto stop = recordsOf<spool::IncidentRecord>(gateway.records(3)).at(0).stop;
    EXPECT_EQ(stop->reason, domain::TerminationReason::BudgetExceeded);
    EXPECT_EQ(stop->killReason, domain::KillReason::MaxLlmCalls);
}

TEST(JsonCall, forwardsTheModelsOfTheFirstUpstream)
{
    GatewayOnTest gateway(answering(R"({"object":"list","data":[]})"));
    const auto reply = gateway.send("GET", "/v1/models", {{"x-api-key", gateway.key()}});
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, R"({"object":"list","data":[]})");
    const auto request = gateway.upstream().requests().at(0);
    EXPECT_TRUE(request.starts_with("GET /v1/models HTTP/1.1\r\n"));
    EXPECT_EQ(request.find(gateway.key()), std::string::npos);
    EXPECT_EQ(gateway.send("GET", "/v1/models", {})->status, 401);
}

} // namespace
} // namespace exhibit::gateway
