// SPDX-License-Identifier: Apache-2.0
// Clients that leave, providers that break, disks that are full.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/relayed_stream.h"

#include <atomic>
#include <csignal>
#include <future>

#include <sys/resource.h>

namespace exhibit::gateway {
namespace {

using namespace std::chrono_literals;

const std::string kSecret = patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}");
const std::string kAsk
    = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi there, you."}]})";
const std::string kStreamAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Hi"}]})";

void waitForNoCalls(GatewayOnTest& gateway)
{
    const auto deadline = gateway.soon();
    while (gateway.openCalls() > 0 && !deadline.reached()) {
        std::this_thread::sleep_for(5ms);
    }
    EXPECT_EQ(gateway.openCalls(), 0U);
}

TEST(Faults, aClientThatLeavesMidStreamCutsTheProviderAndLeavesARecord)
{
    std::promise<bool> cut;
    GatewayOnTest gateway(
        [&cut](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead() + streamChunk(text("Hello ")));
            cut.set_value(peer.closedWithin(20s));
            return false;
        },
        {.policies = {kSecret}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kStreamAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    ASSERT_TRUE(connection.readEvent(gateway.soon())->has_value());
    connection.close();
    waitForNoCalls(gateway);
    EXPECT_TRUE(cut.get_future().get());
    const auto records = gateway.records();
    const auto closed = recordsOf<spool::CallClosed>(records).at(0);
    EXPECT_EQ(closed.status, 499);
    EXPECT_EQ(closed.outcome, "client_gone");
    EXPECT_EQ(closed.usage.completionTokens, 2);
    EXPECT_TRUE(closed.usage.estimated);
    EXPECT_EQ(releasedBytes(records), text("Hello "));
}

TEST(Faults, aClientThatLeavesBeforeTheFirstByteCutsTheProvider)
{
    for (const auto& ask : {kAsk, kStreamAsk}) {
        std::promise<bool> cut;
        GatewayOnTest gateway([&cut](const std::string&, ScriptedUpstream::Peer& peer) {
            cut.set_value(peer.closedWithin(20s));
            return false;
        });
        auto connection = gateway.connect();
        ASSERT_TRUE(connection.send(gateway.chatText(ask), gateway.soon()));
        while (gateway.upstream().requests().empty()) {
            std::this_thread::sleep_for(2ms);
        }
        connection.reset();
        waitForNoCalls(gateway);
        EXPECT_TRUE(cut.get_future().get());
        const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
        EXPECT_EQ(closed.status, 499);
        EXPECT_EQ(closed.upstreamStatus, 0);
        EXPECT_GT(closed.usage.promptTokens, 0) << "the provider has read the request";
    }
}

TEST(Faults, aProviderThatCannotBeReachedIsABadGateway)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; },
                          {.baseUrl = "http://127.0.0.1:1"});
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 502);
    EXPECT_EQ(parseJson(reply->body).value().at("error").at("code"), "upstream_error");
    EXPECT_EQ(reply->header("x-should-retry"), "true");
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.outcome, "upstream_error");
    EXPECT_EQ(closed.usage.total(), 0);
}

TEST(Faults, aProviderThatClosesWithoutAnAnswerIsAskedOnlyOnce)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; });
    EXPECT_EQ(gateway.chat(kAsk)->status, 502);
    EXPECT_EQ(gateway.upstream().requests().size(), 1U);
}

TEST(Faults, aSilentProviderTimesOut)
{
    GatewaySetup setup;
    setup.options.firstByteTimeout = 100ms;
    GatewayOnTest gateway(
        [](const std::string&, ScriptedUpstream::Peer& peer) { return !peer.closedWithin(20s); },
        setup);
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 504);
    EXPECT_EQ(parseJson(reply->body).value().at("error").at("code"), "upstream_timeout");
    EXPECT_EQ(recordsOf<spool::CallClosed>(gateway.records()).at(0).outcome, "timeout");
}

TEST(Faults, aCallThatTakesTooLongEndsAtItsDeadline)
{
    GatewaySetup setup;
    setup.options.callTimeout = 200ms;
    GatewayOnTest gateway(
        [](const std::string&, ScriptedUpstream::Peer& peer) {
            peer.send(streamHead() + streamChunk(text("a")));
            return !peer.closedWithin(20s);
        },
        setup);
    const auto reply = gateway.chat(kStreamAsk);
    EXPECT_FALSE(reply.has_value()) << "the client's connection is cut";
    EXPECT_EQ(recordsOf<spool::CallClosed>(gateway.records()).at(0).outcome, "timeout");
}

TEST(Faults, aStreamThatTheServerCutsIsNotBlamedOnTheClient)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("a")));
        return !peer.closedWithin(20s);
    });
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kStreamAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    ASSERT_TRUE(connection.readEvent(gateway.soon())->has_value());
    gateway.stopServer();
    const auto closed = recordsOf<spool::CallClosed>(gateway.records()).at(0);
    EXPECT_EQ(closed.outcome, "server_stopped");
    EXPECT_EQ(closed.status, 200);
    EXPECT_EQ(closed.errorCode, "server_stopped");
}

TEST(Faults, aStreamCutByTheProviderIsCutForTheClient)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("a")) + streamChunk("data: {\"cho"));
        return false;
    });
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kStreamAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    EXPECT_TRUE(connection.readEvent(gateway.soon())->has_value());
    EXPECT_FALSE(connection.readBody(gateway.soon()).has_value()) << "never a fake end";
    const auto records = gateway.records();
    EXPECT_EQ(recordsOf<spool::CallClosed>(records).at(0).outcome, "upstream_error");
    EXPECT_EQ(recordsOf<spool::WithheldRecord>(records).at(0).body, "data: {\"cho");
}

TEST(Faults, anAnswerCutByTheProviderIsABadGatewayAndKept)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                  "99\r\n\r\n{\"id\"");
        return false;
    });
    EXPECT_EQ(gateway.chat(kAsk)->status, 502);
    EXPECT_EQ(recordsOf<spool::WithheldRecord>(gateway.records()).at(0).body, "{\"id\"");
}

TEST(Faults, anAnswerOneByteTooLargeIsRefused)
{
    const std::string body = "{\"a\":\"" + std::string(92, 'x') + "\"}";
    GatewaySetup setup;
    setup.options.answerBytesMax = body.size();
    const auto script = [&body](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply(body));
    };
    GatewayOnTest exact(script, setup);
    EXPECT_EQ(exact.chat(kAsk)->status, 200);
    setup.options.answerBytesMax = body.size() - 1;
    GatewayOnTest over(script, setup);
    EXPECT_EQ(over.chat(kAsk)->status, 502);
}

TEST(Faults, aWarmConnectionThatDiesWithACallDoesNotSendItTwice)
{
    std::atomic<int> answers = 0;
    GatewayOnTest gateway([&answers](const std::string&, ScriptedUpstream::Peer& peer) {
        const int number = ++answers;
        // The second request is read and the connection closed: maybe its work was done.
        return number != 2 && peer.send(jsonReply("{\"n\":" + std::to_string(number) + "}"));
    });
    EXPECT_EQ(gateway.chat(kAsk)->body, "{\"n\":1}");
    EXPECT_EQ(gateway.chat(kAsk)->status, 502);
    EXPECT_EQ(gateway.chat(kAsk)->body, "{\"n\":3}");
    EXPECT_EQ(gateway.chat(kAsk)->body, "{\"n\":4}");
    EXPECT_EQ(gateway.upstream().connections(), 2U);
}

TEST(Faults, aWarmConnectionClosedByTheProviderIsNoticed)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(jsonReply("{}"));
        return false;
    });
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(gateway.chat(kAsk)->status, 200);
        // Until it has: what its host accepted meanwhile it might have read.
        std::this_thread::sleep_for(200ms);
    }
    EXPECT_EQ(gateway.upstream().requests().size(), 3U);
}

TEST(Faults, aSlowClientSlowsTheProvider)
{
    std::atomic<std::size_t> sent = 0;
    const std::string event = text(std::string(8000, 'x'));
    GatewayOnTest gateway(
        [&](const std::string&, ScriptedUpstream::Peer& peer) {
            std::string all;
            for (int i = 0; i < 4000; ++i) {
                all += streamChunk(event);
            }
            peer.send(streamHead());
            sent = peer.sendFor(all, 1500ms);
            return false;
        },
        {.policies = {kSecret}});
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kStreamAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    while (sent == 0) {
        std::this_thread::sleep_for(10ms);
    }
    // What fits into socket buffers and the limit of one stream, and not 32 MB.
    EXPECT_LT(sent.load(), 16U * 1024 * 1024);
    connection.close();
    waitForNoCalls(gateway);
}

TEST(Faults, aFullSpoolRefusesCallsWithAHintToRetry)
{
    GatewaySetup setup;
    setup.spoolFileBytes = std::size_t{512} * 1024;
    setup.spoolBytesMax = 8 * setup.spoolFileBytes;
    GatewayOnTest gateway(
        [](const std::string&, ScriptedUpstream::Peer& peer) { return peer.send(jsonReply("{}")); },
        setup);
    const std::string large
        = R"({"model":"gpt-4o","messages":[],"x":")" + std::string(200'000, 'x') + "\"}";
    auto reply = gateway.chat(large);
    for (int i = 0; i < 100 && reply && reply->status == 200; ++i) {
        reply = gateway.chat(large);
    }
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(parseJson(reply->body).value().at("error").at("code"), "spool_full");
    EXPECT_EQ(reply->header("x-should-retry"), "true");
    EXPECT_TRUE(reply->header("retry-after").has_value());
    const auto before = gateway.upstream().requests().size();
    EXPECT_EQ(gateway.chat(kAsk)->status, 503);
    EXPECT_EQ(gateway.upstream().requests().size(), before) << "nothing reaches the provider";
}

/// A disk that takes nothing: the kernel refuses every write beyond the first byte of a file.
class RefusingDisk {
public:
    RefusingDisk()
        : m_handler(std::signal(SIGXFSZ, SIG_IGN))
    {
        EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &m_before), 0);
        const rlimit nothing{1, m_before.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &nothing), 0);
    }
    ~RefusingDisk()
    {
        EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &m_before), 0);
        std::signal(SIGXFSZ, m_handler);
    }
    RefusingDisk(const RefusingDisk&) = delete;
    RefusingDisk& operator=(const RefusingDisk&) = delete;

private:
    void (*m_handler)(int);
    rlimit m_before{};
};

TEST(Faults, whileCommitsFailNewCallsAreRefusedAndNeverReachTheProvider)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        return peer.send(jsonReply("{}"));
    });
    ASSERT_EQ(gateway.chat(kAsk)->status, 200);
    {
        const RefusingDisk disk;
        // The first one finds out.
        const auto unlucky = gateway.chat(kAsk);
        EXPECT_TRUE(!unlucky || unlucky->status != 200);
        if (unlucky) {
            const auto code = stringMember(parseJson(unlucky->body).value().at("error"), "code");
            EXPECT_TRUE(code == "spool_failing" || code == "spool_full") << unlucky->body;
            EXPECT_FALSE(unlucky->header("X-Exhibit-Call-Id")) << "nothing of it is on disk";
        }
        const auto before = gateway.upstream().requests().size();
        for (int i = 0; i < 3; ++i) {
            const auto refused = gateway.chat(kAsk);
            ASSERT_TRUE(refused.has_value());
            EXPECT_EQ(refused->status, 503);
            // Full, once the next file cannot be made either.
            const auto body = parseJson(refused->body).value();
            const auto& code = body.at("error").at("code").as_string();
            EXPECT_TRUE(code == "spool_failing" || code == "spool_full") << code;
            EXPECT_EQ(refused->header("x-should-retry"), "true");
            EXPECT_TRUE(refused->header("retry-after").has_value());
        }
        EXPECT_EQ(gateway.upstream().requests().size(), before);
    }
    const auto deadline = gateway.soon();
    while (gateway.chat(kAsk)->status != 200 && !deadline.reached()) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(gateway.chat(kAsk)->status, 200) << "without anybody's doing";
}

// A client that has a call's id, and be it from the head of a stream, can ask for its record.
TEST(Faults, aStreamBeginsOnlyWhenTheRecordOfItsCallIsOnDisk)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("Hi")));
        return false;
    });
    const RefusingDisk disk;
    const auto reply = gateway.chat(kStreamAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_FALSE(reply->header("x-exhibit-call-id").has_value());
    EXPECT_EQ(gateway.upstream().requests().size(), 1U) << "it was not refused before";
}

TEST(Faults, aStreamThatNobodyAskedForBeginsNoSooner)
{
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("Hi") + done()));
        return peer.send(kStreamEnd);
    });
    EXPECT_EQ(gateway.chat(kAsk)->body, text("Hi") + done());
    gateway.awaitNextFile();
    const RefusingDisk disk;
    const auto reply = gateway.chat(kAsk);
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_FALSE(reply->header("x-exhibit-call-id").has_value());
    EXPECT_EQ(gateway.upstream().requests().size(), 2U) << "it was not refused before";
}

TEST(Faults, aRefusalWaitsForItsRecord)
{
    const std::string ask = R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"r-1"}})";
    const std::string leak = R"({"choices":[{"index":0,"message":{"content":"sk-abcdefgh"}}]})";
    GatewayOnTest stopped(
        [&leak](const std::string&, ScriptedUpstream::Peer& peer) {
            return peer.send(jsonReply(leak));
        },
        {.policies = {patternPolicy("SECRETS", "block", "sk-[a-z0-9]{8}")}});
    EXPECT_EQ(stopped.chat(ask)->status, 200);
    EXPECT_EQ(stopped.chat(ask)->status, 403);
    GatewayOnTest unreachable([](const std::string&, ScriptedUpstream::Peer&) { return false; });
    EXPECT_EQ(unreachable.chat(kAsk)->status, 502);
    const RefusingDisk disk;
    // Neither the run's stop nor the provider's failure is told with an id that no record has.
    for (const auto* gateway : {&stopped, &unreachable}) {
        const auto reply = gateway->chat(ask);
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, 503);
        EXPECT_FALSE(reply->header("x-exhibit-call-id").has_value());
    }
}

TEST(Faults, aMissingUpstreamKeyIsNoSecretAndNoCrash)
{
    GatewaySetup setup;
    setup.apiKeyEnv = "EXHIBIT_TEST_NO_SUCH_VARIABLE";
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; }, setup);
    const auto reply = gateway.chat(kAsk);
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(reply->body.find("NO_SUCH_VARIABLE"), std::string::npos);
    EXPECT_TRUE(gateway.upstream().requests().empty());
}

} // namespace
} // namespace exhibit::gateway
