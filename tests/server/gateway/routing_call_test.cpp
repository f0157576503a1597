// SPDX-License-Identifier: Apache-2.0
// Retries and fallbacks through a real gateway: before the first byte went out, and only as the
// services' contracts allow.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/relayed_stream.h"

#include <atomic>
#include <future>

namespace exhibit::gateway {
namespace {

const std::string kAsk = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})";
const std::string kStreamAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]})";
const std::string kBusy = "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy";
const std::string kFine = R"({"choices":[]})";

/// Fails the first `failures` requests with `failure`, then answers.
ScriptedUpstream::Script failing(int failures, std::string failure = kBusy)
{
    const auto left = std::make_shared<std::atomic<int>>(failures);
    return [left, failure](const std::string&, ScriptedUpstream::Peer& peer) {
        if (left->fetch_sub(1) > 0) {
            return !failure.empty() && peer.send(failure);
        }
        return peer.send(jsonReply(kFine));
    };
}

TEST(RoutingCall, aFailedCallIsSentAgainAsOftenAsTheContractSays)
{
    GatewayOnTest gateway(failing(2), {.contract = domain::ServiceContract{.retries = 2}});
    const auto reply = gateway.chat(kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, kFine);
    EXPECT_EQ(gateway.upstream().requests().size(), 3U);
    const auto records = gateway.records();
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.outcome, "completed");
    ASSERT_TRUE(closed.attempts.has_value());
    EXPECT_EQ(closed.attempts->at(0).at("status"), 503);
    EXPECT_EQ(closed.attempts->at(2).at("status"), 200);
    const auto route = recordsOf<spool::CallOpened>(records).at(0).route;
    ASSERT_TRUE(route.has_value());
    EXPECT_EQ(route->at("service"), "scripted");
    EXPECT_FALSE(route->at("reason").as_string().empty());
}

TEST(RoutingCall, theLastFailureIsTheAnswer)
{
    GatewayOnTest gateway(failing(9), {.contract = domain::ServiceContract{.retries = 1}});
    const auto reply = gateway.chat(kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(reply->body, "busy");
    EXPECT_EQ(gateway.upstream().requests().size(), 2U);
}

TEST(RoutingCall, withoutAContractACallGoesOutOnce)
{
    GatewayOnTest gateway(failing(9));
    EXPECT_EQ(gateway.chat(kAsk)->status, 503);
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
    const auto records = gateway.records();
    EXPECT_FALSE(recordsOf<spool::CallClosed>(records).at(0).attempts.has_value());
}

TEST(RoutingCall, fallsBackToTheNextServiceThatFits)
{
    for (const auto& failure : {kBusy, std::string()}) {
        ScriptedUpstream next(failing(0));
        GatewayOnTest gateway(
            failing(9, failure),
            {.contract = domain::ServiceContract{.fallback = true}, .fallbackUrl = next.baseUrl()});
        const auto reply = gateway.chat(kAsk);
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, 200);
        EXPECT_EQ(next.requests().size(), 1U);
        EXPECT_TRUE(next.requests().at(0).ends_with(kAsk));
        const auto records = gateway.records();
        const auto closed = recordsOf<spool::CallClosed>(records).at(0);
        ASSERT_TRUE(closed.attempts.has_value());
        EXPECT_EQ(closed.attempts->at(0).at("service"), "scripted");
        EXPECT_EQ(closed.attempts->at(1).at("service"), "next");
    }
}

TEST(RoutingCall, anAnswerThatIsTheProvidersToGiveIsNoFailure)
{
    ScriptedUpstream next(failing(0));
    GatewayOnTest gateway(failing(9, "HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\n{}"),
                          {.contract = domain::ServiceContract{.retries = 3, .fallback = true},
                           .fallbackUrl = next.baseUrl()});
    EXPECT_EQ(gateway.chat(kAsk)->status, 400);
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
    EXPECT_TRUE(next.requests().empty());
}

TEST(RoutingCall, nothingIsSentAgainOnceAnAnswerBegan)
{
    ScriptedUpstream next(failing(0));
    GatewayOnTest gateway(
        [](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead() + streamChunk(text("Hel")));
            return false;
        },
        {.contract = domain::ServiceContract{.retries = 3, .fallback = true},
         .fallbackUrl = next.baseUrl()});
    EXPECT_FALSE(gateway.chat(kStreamAsk).has_value()) << "the client's connection is cut";
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
    EXPECT_TRUE(next.requests().empty());
}

TEST(RoutingCall, aKillEndsTheWaitForTheNextAttempt)
{
    std::promise<void> asked;
    GatewayOnTest gateway(
        [&asked](const std::string&, ScriptedUpstream::Peer& peer) {
            const bool sent = peer.send(kBusy);
            asked.set_value();
            return sent;
        },
        {.contract = domain::ServiceContract{.retries = 3}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(
        gateway.chatText(R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"r"}})"),
        gateway.soon()));
    asked.get_future().wait();
    while (gateway.cutRun(gateway.runNamed("r"), domain::KillReason::AdminKill) == 0) { }
    const auto reply = connection.readReply(gateway.soon());
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 403);
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

TEST(RoutingCall, aCallThatNoServiceMayHaveIsRefused)
{
    GatewayOnTest gateway(failing(0), {.contract = domain::ServiceContract{.region = "eu"}});
    const auto in = [&](const std::string& region) {
        return gateway.chat(kAsk, {{"X-Exhibit-Region", region}})->status;
    };
    EXPECT_EQ(in("eu"), 200);
    EXPECT_EQ(in("us"), 403);
    const auto requests = gateway.upstream().requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests.at(0).find("eu\r\n"), std::string::npos) << "the constraint is ours";
    EXPECT_EQ(gateway.chat(kAsk, {{"X-Exhibit-Region", std::string(1025, 'r')}})->status, 400);
    EXPECT_EQ(gateway.chat(kAsk, {{"X-Exhibit-Data-Classes", "public, personal"}})->status, 200);
}

} // namespace
} // namespace exhibit::gateway
