// SPDX-License-Identifier: Apache-2.0
// Calls that are sent once more, through a real gateway to a scripted provider.
#include "tests/server/gateway/gateway_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

constexpr int kAboutAccess[] = {401, 402, 403, 404, 407, 408};

ScriptedUpstream::Script failing(int status)
{
    const std::string body = R"({"error":{"message":"no"}})";
    const std::string reply = "HTTP/1.1 " + std::to_string(status)
        + " No\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size())
        + "\r\n\r\n" + body;
    return [reply](const std::string&, ScriptedUpstream::Peer& peer) { return peer.send(reply); };
}

storage::RecordedCall recorded(std::int64_t status)
{
    storage::RecordedCall call;
    call.callId = CallId::generate();
    call.endpoint = "/v1/chat/completions";
    call.model = "gpt-4o";
    call.upstreamStatus = status;
    call.outcome = "completed";
    call.openedAt = utcNow();
    call.request = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})";
    return call;
}

TEST(ReplayCall, aRefusalOfAccessIsNoAnswerToTheCall)
{
    for (const int status : kAboutAccess) {
        GatewayOnTest gateway(failing(status));
        const auto replayed = gateway.replay(recorded(200));
        ASSERT_FALSE(replayed) << status;
        EXPECT_EQ(replayed.error().code, ErrorCode::Unavailable);
        const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
        EXPECT_EQ(closed.outcome, "upstream_error") << status;
    }
}

TEST(ReplayCall, theSameRefusalAsRecordedIsOne)
{
    for (const int status : kAboutAccess) {
        GatewayOnTest gateway(failing(status));
        const auto replayed = gateway.replay(recorded(status));
        ASSERT_TRUE(replayed) << status << replayed.error().message;
        EXPECT_EQ(replayed->content.status, status);
        EXPECT_EQ(replayed->content.texts.at("body"), R"({"error":{"message":"no"}})");
    }
}

TEST(ReplayCall, aRefusalOfWhatWasAskedIsAnotherAnswer)
{
    GatewayOnTest gateway(failing(400));
    const auto replayed = gateway.replay(recorded(200));
    ASSERT_TRUE(replayed) << replayed.error().message;
    EXPECT_EQ(replayed->content.status, 400);
}

} // namespace
} // namespace exhibit::gateway
