// SPDX-License-Identifier: Apache-2.0
// Streams through a real gateway, listener and journal.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

#include <future>

namespace exhibit::gateway {
namespace {

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
const std::string kRunAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[],"metadata":{"run_id":"r-1"},"stream_options":{"include_usage":true}})";

ScriptedUpstream::Script streaming(std::vector<std::string> pieces, const std::string& headers = {})
{
    return [pieces = std::move(pieces), headers](const std::string&, ScriptedUpstream::Peer& peer) {
        if (!peer.send(streamHead(headers))) {
            return false;
        }
        for (const auto& piece : pieces) {
            if (!peer.send(streamChunk(piece))) {
                return false;
            }
        }
        return peer.send(kStreamEnd);
    };
}

TEST(StreamCall, passesAStreamByteForByteAndRecordsIt)
{
    const std::string stream
        = text("Hello ") + ": keep-alive\r\n\r\n" + text("world") + finish() + done();
    std::vector<std::string> bytes;
    for (const char byte : stream) {
        bytes.emplace_back(1, byte);
    }
    GatewayOnTest gateway(streaming(bytes, "x-request-id: req_1\r\nX-Accel-Buffering: yes\r\n"),
                          {.policies = {kSecret}});
    const auto reply = gateway.chat(kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, stream);
    EXPECT_EQ(reply->header("content-type"), "text/event-stream; charset=utf-8");
    EXPECT_EQ(reply->header("cache-control"), "no-cache");
    EXPECT_EQ(reply->header("x-accel-buffering"), "yes") << "the provider's stays";
    EXPECT_EQ(reply->header("x-request-id"), "req_1");
    const auto records = gateway.records();
    EXPECT_EQ(releasedBytes(records), stream);
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "completed");
    EXPECT_EQ(closed.eventCount, 5);
    EXPECT_EQ(closed.answeredModel, "gpt-4o");
    EXPECT_EQ(closed.texts.at(0).released, "Hello world");
    EXPECT_TRUE(closed.usage.estimated);
    EXPECT_TRUE(closed.firstByteUs.has_value());
}

TEST(StreamCall, addsWhatProxiesOnTheWayNeedOnlyWhereItIsAbsent)
{
    const auto fields = [](const std::string& headers) {
        GatewayOnTest gateway(streaming({text("Hi") + finish() + done()}, headers));
        const auto reply = gateway.chat(kAsk).value();
        std::vector<std::string> found;
        for (const auto& [name, value] : reply.headers) {
            if (http::equalsIgnoringCase(name, "cache-control")
                || http::equalsIgnoringCase(name, "x-accel-buffering")) {
                found.push_back(value);
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    };
    using Fields = std::vector<std::string>;
    EXPECT_EQ(fields(""), (Fields{"no", "no-cache"}));
    EXPECT_EQ(fields("Cache-Control: no-store\r\n"), (Fields{"no", "no-store"}));
    EXPECT_EQ(fields("X-Accel-Buffering: yes\r\n"), (Fields{"no-cache", "yes"}));
}

TEST(StreamCall, deliversEachEventBeforeTheNextIsMade)
{
    std::promise<void> firstWasRead;
    auto mayGoOn = firstWasRead.get_future();
    GatewayOnTest gateway(
        [&mayGoOn](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead() + streamChunk(text("one ")));
            // Whatever buffered would keep the test waiting here for ever.
            mayGoOn.wait();
            return peer.send(streamChunk(text("two ") + finish() + done()))
                && peer.send(kStreamEnd);
        },
        {.policies = {kSecret}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()));
    EXPECT_EQ(connection.readHead(gateway.soon())->status, 200);
    const auto first = connection.readEvent(gateway.soon());
    firstWasRead.set_value();
    ASSERT_TRUE(first && *first);
    EXPECT_EQ(**first + "\n\n", text("one "));
    EXPECT_EQ(connection.readBody(gateway.soon()), text("two ") + finish() + done());
}

TEST(StreamCall, endsABlockedStreamSoftlyWithTheIncident)
{
    Cuts cuts;
    GatewayOnTest gateway(
        [&cuts](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead());
            peer.send(streamChunk(text("The key is sk-ab", 0) + text("other", 1)));
            peer.send(streamChunk(text("cdefgh and", 0)));
            return cuts.await(peer);
        },
        {.policies = {kSecret}});
    const auto reply = gateway.chat(kRunAsk);
    ASSERT_TRUE(reply.has_value());
    const auto texts = clientTexts(reply->body);
    EXPECT_EQ(texts.at("choices/0/content"), "The key is ");
    EXPECT_EQ(texts.at("choices/1/content"), "other");
    EXPECT_TRUE(reply->body.ends_with("data: [DONE]\n\n"));
    const auto records = gateway.records();
    const auto incident = recordsOf<spool::IncidentRecord>(records).at(0);
    const std::string notice
        = R"("exhibit":{"incident_id":")" + incident.incident.incidentId.text();
    std::size_t ends = 0;
    for (auto at = reply->body.find(notice); at != std::string::npos;
         at = reply->body.find(notice, at + 1)) {
        ++ends;
    }
    EXPECT_EQ(ends, 2U) << "both choices were open";
    EXPECT_EQ(reply->body.find("\"finish_reason\":\"stop\""), std::string::npos);
    EXPECT_NE(reply->body.find("\"choices\":[],\"usage\":{"), std::string::npos)
        << "usage was asked for";
    EXPECT_EQ(releasedBytes(records), reply->body);
    EXPECT_EQ(incident.inflection->eventNo, 2);
    EXPECT_EQ(incident.inflection->byteOffset, 11);
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "stopped");
    EXPECT_EQ(closed.status, 200);
    EXPECT_EQ(cuts.reach(1), 1) << "the provider was cut";
    EXPECT_EQ(gateway.chat(kRunAsk)->status, 403);

    // The incident stands in the journal before the events that tell of it.
    std::size_t incidentAt = 0;
    std::size_t terminalAt = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto* chunk = std::get_if<spool::ChunkRecord>(&records[i]);
        incidentAt = std::holds_alternative<spool::IncidentRecord>(records[i]) ? i : incidentAt;
        terminalAt = chunk != nullptr && chunk->body.find("content_filter") != std::string::npos
            ? i
            : terminalAt;
    }
    EXPECT_LT(incidentAt, terminalAt);
}

TEST(StreamCall, endsABlockedStreamWithAnErrorEventInStyleError)
{
    GatewayOnTest gateway(streaming({text("a "), text("sk-abcdefgh"), finish(), done()}),
                          {.policies = {kSecret}, .stopStyle = domain::StopStyle::Error});
    const auto reply = gateway.chat(kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_TRUE(reply->body.starts_with(text("a ") + "data: {\"error\":{")) << reply->body;
    EXPECT_EQ(reply->body.find("[DONE]"), std::string::npos);
    EXPECT_EQ(reply->body.find("abcdefgh"), std::string::npos);
    const auto last = reply->body.substr(text("a ").size() + 6);
    const auto error = parseJson(last).value().at("error");
    EXPECT_EQ(error.at("policy_id"), "SECRETS");
    EXPECT_TRUE(error.as_object().contains("param"));
}

TEST(StreamCall, redactsAStream)
{
    GatewayOnTest gateway(streaming({text("card 12"), text("34-5678!"), finish(), done()}),
                          {.policies = {patternPolicy("PII", "redact", "[0-9]{4}-[0-9]{4}")}});
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(clientTexts(reply->body).at("choices/0/content"), "card [GONE]!");
    EXPECT_TRUE(reply->body.ends_with(finish() + done()));
    const auto records = gateway.records();
    const auto decision = recordsOf<spool::DecisionsRecord>(records).at(0).decisions.at(0);
    EXPECT_EQ(decision.result, domain::DecisionResult::Redact);
    EXPECT_FALSE(decision.wholeTextHeld);
}

TEST(StreamCall, asksForUsageOnlyForThresholdsAndTakesTheChunkOut)
{
    const std::string usage
        = event("", R"(,"usage":{"prompt_tokens":11,"completion_tokens":5,"total_tokens":16})");
    const std::string budget
        = R"({"policy_id":"BUDGET","version":1,"title":"Budget","category":"cost","severity":"high","stage":["run"],)"
          R"("mode":"block","rule":{"type":"threshold","metric":"run.tokens","max":20},"expected_behaviour":"Stop."})";
    GatewayOnTest gateway(streaming({text("a"), finish(), usage, done()}), {.policies = {budget}});
    const std::string ask
        = R"({"model":"gpt-4o","stream":true,"messages":[],"metadata":{"run_id":"r"}})";
    EXPECT_EQ(gateway.chat(ask)->body, text("a") + finish() + done());
    EXPECT_NE(
        gateway.upstream().requests().at(0).find(R"("stream_options":{"include_usage":true})"),
        std::string::npos);
    // 16 tokens are used; the second answer's usage is over the budget: the run stops, and the
    // answer, whose text had ended, says so.
    const auto second = gateway.chat(ask);
    EXPECT_NE(second->body.find("\"exhibit\":{"), std::string::npos);
    EXPECT_EQ(gateway.chat(ask)->status, 403);

    GatewayOnTest plain(streaming({text("a"), finish(), usage, done()}));
    EXPECT_EQ(plain.chat(kAsk)->body, text("a") + finish() + usage + done());
    EXPECT_EQ(plain.upstream().requests().at(0).find("stream_options"), std::string::npos);
}

TEST(StreamCall, stopsARunawayAnswerMidStream)
{
    const std::string budget
        = R"({"policy_id":"LONG","version":1,"title":"Long","category":"cost","severity":"high","stage":["run"],)"
          R"("mode":"block","rule":{"type":"threshold","metric":"call.output_tokens","max":10},"expected_behaviour":"Stop."})";
    std::vector<std::string> pieces(100, text("word "));
    pieces.push_back(finish() + done());
    GatewayOnTest gateway(streaming(pieces), {.policies = {budget}});
    const auto reply = gateway.chat(kAsk);
    const auto released = clientTexts(reply->body).at("choices/0/content");
    EXPECT_LE(released.size(), 60U) << "40 bytes are 10 tokens";
    EXPECT_NE(reply->body.find("content_filter"), std::string::npos);
    EXPECT_EQ(recordsOf<spool::IncidentRecord>(gateway.records()).at(0).stop->killReason,
              domain::KillReason::MaxTokens);
}

TEST(StreamCall, passesJsonErrorsOfAStreamingCall)
{
    GatewayOnTest gateway(
        [](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                             "Content-Length: 13\r\n\r\n{\"error\":{} }");
        },
        {.policies = {kSecret}});
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 400);
    EXPECT_EQ(reply->body, "{\"error\":{} }");
}

TEST(StreamCall, doesNotPassACodedStreamThatPoliciesCannotRead)
{
    const auto script = streaming({text("sk-abcdefgh")}, "Content-Encoding: gzip\r\n");
    GatewayOnTest guarded(script, {.policies = {kSecret}});
    const auto reply = guarded.chat(kAsk);
    EXPECT_EQ(reply->body.find("abcdefgh"), std::string::npos);
    GatewayOnTest open(script);
    EXPECT_EQ(open.chat(kAsk)->body, text("sk-abcdefgh"));
}

} // namespace
} // namespace exhibit::gateway
