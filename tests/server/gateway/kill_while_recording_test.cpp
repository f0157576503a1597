// SPDX-License-Identifier: Apache-2.0
// A run killed while a call waits for its record: at the first byte and at the end. The journal is
// held as another reader would hold it, so that the phase is the one meant, every time.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/server/gateway/relayed_stream.h"

#include <future>

#include <sqlite3.h>

namespace exhibit::gateway {
namespace {

using domain::KillReason;

const std::string kAsk
    = R"({"model":"gpt-4o","stream":true,"messages":[],"metadata":{"run_id":"r-1"}})";
const std::string kWholeAsk = R"({"model":"gpt-4o","messages":[],"metadata":{"run_id":"r-1"}})";
const std::string kWhole
    = R"({"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant",)"
      R"("content":"one two"},"finish_reason":"stop"}]})";

/// While it lives nothing becomes durable; the journal waits that long and longer.
class HeldJournal {
public:
    explicit HeldJournal(const GatewayOnTest& gateway)
    {
        for (const auto& file : std::filesystem::directory_iterator(gateway.spoolFolder())) {
            sqlite3* database = nullptr;
            const auto path = file.path().string();
            if (path.ends_with("-wal") || path.ends_with("-shm") || !file.is_regular_file()
                || sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr)
                    != SQLITE_OK) {
                continue;
            }
            sqlite3_busy_timeout(database, 10'000);
            if (sqlite3_exec(database, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK) {
                m_held.push_back(database);
            } else {
                sqlite3_close(database);
            }
        }
        EXPECT_FALSE(m_held.empty());
    }
    ~HeldJournal()
    {
        for (auto* database : m_held) {
            sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
            sqlite3_close(database);
        }
    }
    HeldJournal(const HeldJournal&) = delete;
    HeldJournal& operator=(const HeldJournal&) = delete;

private:
    std::vector<sqlite3*> m_held;
};

/// What a test tells its provider to go on by, and hears that it did.
struct Signal {
    std::promise<void> promise;
    std::shared_future<void> happened = promise.get_future().share();
};

spool::CallClosed closedOf(GatewayOnTest& gateway)
{
    return recordsOf<spool::CallClosed>(gateway.records()).at(0);
}

std::string outcomeOf(GatewayOnTest& gateway)
{
    return closedOf(gateway).outcome;
}

TEST(KillWhileRecording, atTheFirstByteNothingOfTheStreamGoesOut)
{
    Signal sent;
    Cuts cuts;
    GatewayOnTest gateway([&](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("Hello ")));
        sent.promise.set_value();
        return cuts.await(peer);
    });
    std::future<Result<test::Reply>> reply;
    {
        const HeldJournal held(gateway);
        reply = std::async(std::launch::async, [&] { return gateway.chat(kAsk); });
        sent.happened.wait();
        EXPECT_EQ(gateway.cutRun(gateway.runNamed("r-1"), KillReason::AdminKill), 1U);
    }
    const auto got = reply.get();
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->body.find("Hello"), std::string::npos) << got->body;
    EXPECT_TRUE(got->body.find("run_stopped") != std::string::npos
                || got->body.find("content_filter") != std::string::npos)
        << got->body;
    EXPECT_EQ(outcomeOf(gateway), "stopped");
    EXPECT_EQ(cuts.reach(1), 1) << "the provider was cut";
}

TEST(KillWhileRecording, atTheEndTheStreamIsWholeOrStoppedAndTheRecordSaysWhich)
{
    Signal begun;
    Signal sent;
    const auto rest = text("two ") + finish() + done();
    GatewayOnTest gateway([&](const std::string&, ScriptedUpstream::Peer& peer) {
        peer.send(streamHead() + streamChunk(text("one ")));
        begun.happened.wait();
        const bool all = peer.send(streamChunk(rest)) && peer.send(kStreamEnd);
        sent.promise.set_value();
        return all;
    });
    auto connection = gateway.connect();
    ASSERT_TRUE(connection.send(gateway.chatText(kAsk), gateway.soon()));
    ASSERT_TRUE(connection.readHead(gateway.soon()));
    ASSERT_TRUE(connection.readEvent(gateway.soon()));
    {
        const HeldJournal held(gateway);
        begun.promise.set_value();
        sent.happened.wait();
        gateway.cutRun(gateway.runNamed("r-1"), KillReason::AdminKill);
    }
    const auto got = connection.readBody(gateway.soon());
    ASSERT_TRUE(got.has_value()) << "nobody is left without an end";
    const bool whole = *got == rest;
    if (!whole) {
        EXPECT_NE(got->find("content_filter"), std::string::npos) << *got;
        EXPECT_TRUE(got->ends_with("data: [DONE]\n\n")) << *got;
    }
    // A kill between the last event and the end of the call stops a run whose answer is all out;
    // the record says that too: nothing of it was withheld.
    const auto closed = closedOf(gateway);
    EXPECT_TRUE(closed.outcome == "stopped" || (whole && closed.outcome == "completed"))
        << closed.outcome;
    EXPECT_TRUE(!whole || closed.withheldBytes == 0) << closed.withheldBytes;
}

TEST(KillWhileRecording, atTheEndAWholeAnswerIsWholeOrRefusedAndTheRecordSaysWhich)
{
    Signal sent;
    GatewayOnTest gateway([&](const std::string&, ScriptedUpstream::Peer& peer) {
        const bool all = peer.send(jsonReply(kWhole));
        sent.promise.set_value();
        return all;
    });
    std::future<Result<test::Reply>> reply;
    {
        const HeldJournal held(gateway);
        reply = std::async(std::launch::async, [&] { return gateway.chat(kWholeAsk); });
        sent.happened.wait();
        EXPECT_EQ(gateway.cutRun(gateway.runNamed("r-1"), KillReason::AdminKill), 1U)
            << "the answer is not the client's before its record is durable";
    }
    const auto got = reply.get();
    ASSERT_TRUE(got.has_value());
    const bool whole = got->body == kWhole;
    if (!whole) {
        EXPECT_EQ(got->status, 403);
        EXPECT_NE(got->body.find("run_stopped"), std::string::npos) << got->body;
    }
    EXPECT_EQ(outcomeOf(gateway), whole ? "completed" : "stopped");
}

} // namespace
} // namespace exhibit::gateway
