// SPDX-License-Identifier: Apache-2.0
// The server as a whole: listening, load limits, drain.
#include "tests/server/http/test_server.h"

#include <atomic>
#include <vector>

namespace exhibit::http {

namespace {

using test::requestText;

/// Handlers that hold until they are let go, to make a server busy on purpose.
struct Gate {
    std::promise<void> open;
    std::shared_future<void> opened = open.get_future().share();
    std::atomic<int> waiting{0};

    Route route(RunOn runOn = RunOn::Worker)
    {
        Route held = inlineRoute("GET", "/held", [this](const Request&) {
            ++waiting;
            opened.wait();
            return textResponse("through");
        });
        held.runOn = runOn;
        return held;
    }
    void awaitWaiting(int count) const
    {
        while (waiting < count) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
};

Router routerOf(Route route)
{
    Router router;
    router.add(std::move(route));
    router.add(inlineRoute("GET", "/ping", [](const Request&) { return textResponse("pong"); }));
    return router;
}

} // namespace

TEST(Server, saysWhereItCannotListen)
{
    const TestServer first(Router{});
    boost::asio::io_context io;
    Server second(io, {.port = first.port()}, std::make_shared<const Router>());
    const auto started = second.start();
    ASSERT_FALSE(started.has_value());
    EXPECT_NE(started.error().message.find("127.0.0.1:" + std::to_string(first.port())),
              std::string::npos);
    Server nowhere(io, {.address = "not an address"}, std::make_shared<const Router>());
    EXPECT_FALSE(nowhere.start().has_value());
}

TEST(Server, takesItsPortAgainAtOnceAfterARestart)
{
    std::uint16_t port = 0;
    {
        const TestServer first(
            routerOf(inlineRoute("GET", "/x", [](const Request&) { return textResponse("x"); })));
        port = first.port();
        EXPECT_EQ(first.send(requestText("GET", "/ping"))->body, "pong");
    }
    const TestServer again(Router{}, {.port = port});
    EXPECT_EQ(again.port(), port);
}

TEST(Server, answersInlineWhileWorkersAreBusy)
{
    Gate gate;
    const TestServer server(routerOf(gate.route()), {.workers = 1, .workerQueueMax = 4});
    auto held = server.connect();
    ASSERT_TRUE(held.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    gate.awaitWaiting(1);
    EXPECT_EQ(server.send(requestText("GET", "/ping"))->body, "pong");
    gate.open.set_value();
    EXPECT_EQ(held.readReply(TestServer::soon())->body, "through");
}

TEST(Server, refusesWorkBeyondItsQueue)
{
    Gate gate;
    const TestServer server(routerOf(gate.route()), {.workers = 1, .workerQueueMax = 1});
    auto running = server.connect();
    ASSERT_TRUE(running.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    gate.awaitWaiting(1);
    auto queued = server.connect();
    ASSERT_TRUE(queued.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    while (server.counters().requests < 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto refused = server.send(requestText("GET", "/held"));
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("Retry-After"), "1");
    EXPECT_EQ(refused->header("x-should-retry"), "true");
    EXPECT_NE(refused->body.find("overloaded"), std::string::npos);
    gate.open.set_value();
    EXPECT_EQ(running.readReply(TestServer::soon())->status, 200);
    EXPECT_EQ(queued.readReply(TestServer::soon())->status, 200);
}

TEST(Server, endsWithWorkStillQueued)
{
    Gate gate;
    auto server = std::make_unique<TestServer>(routerOf(gate.route()),
                                               ServerOptions{.workers = 1, .workerQueueMax = 4});
    auto running = server->connect();
    ASSERT_TRUE(running.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    gate.awaitWaiting(1);
    auto queued = server->connect();
    ASSERT_TRUE(queued.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    while (server->counters().requests < 2) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    // The handler holds the destructor up until the connections are seen to be cut.
    std::thread opener([&] {
        EXPECT_FALSE(queued.readReply(TestServer::soon()).has_value());
        gate.open.set_value();
    });
    server.reset(); // Would hang if the queued request's session were never woken.
    opener.join();
    EXPECT_FALSE(running.readReply(TestServer::soon()).has_value());
}

TEST(Server, turnsAwayOneConnectionTooMany)
{
    const TestServer server(routerOf(Gate{}.route()), {.connectionsMax = 20});
    std::vector<test::HttpConnection> connections;
    for (int i = 0; i < 20; ++i) {
        connections.push_back(server.connect());
        ASSERT_TRUE(connections.back().send(requestText("GET", "/ping"), TestServer::soon()));
        ASSERT_EQ(connections.back().readReply(TestServer::soon())->status, 200);
    }
    const auto refused = server.send(requestText("GET", "/ping"));
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("Retry-After"), "1");
    connections.clear();
    const Deadline patience = TestServer::soon();
    int status = 0;
    while (status != 200 && !patience.reached()) {
        const auto reply = server.send(requestText("GET", "/ping"));
        status = reply ? reply->status : 0;
    }
    EXPECT_EQ(status, 200);
}

TEST(Server, servesManyConnectionsAtOnce)
{
    const TestServer server(routerOf(Gate{}.route()));
    std::vector<test::HttpConnection> connections;
    for (int i = 0; i < 300; ++i) {
        connections.push_back(server.connect());
        ASSERT_TRUE(connections.back().send(requestText("GET", "/ping"), TestServer::soon()));
    }
    for (auto& connection : connections) {
        EXPECT_EQ(connection.readReply(TestServer::soon())->body, "pong");
    }
    EXPECT_EQ(server.counters().open, 300U);
}

TEST(Server, drainsRunningRequestsAndClosesIdleConnections)
{
    Gate gate;
    TestServer server(routerOf(gate.route()));
    auto idle = server.connect();
    ASSERT_TRUE(idle.send(requestText("GET", "/ping"), TestServer::soon()).has_value());
    EXPECT_EQ(idle.readReply(TestServer::soon())->status, 200);
    auto running = server.connect();
    ASSERT_TRUE(running.send(requestText("GET", "/held"), TestServer::soon()).has_value());
    gate.awaitWaiting(1);
    auto drained = server.drain(TestServer::soon());
    EXPECT_EQ(idle.readClose(TestServer::soon()).value_or(false), true);
    EXPECT_FALSE(test::HttpConnection::connect("127.0.0.1", server.port(), TestServer::soon()));
    gate.open.set_value();
    const auto reply = running.readReply(TestServer::soon());
    EXPECT_EQ(reply->body, "through");
    EXPECT_EQ(reply->header("Connection"), "close");
    running.close();
    EXPECT_EQ(drained.wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST(Server, cutsWhatDoesNotEndInTime)
{
    Router router;
    std::promise<void> begun;
    router.add(
        streamRoute("GET", "/endless", [&](Exchange& exchange) -> boost::asio::awaitable<void> {
            bool gone = false;
            exchange.onClientGone([&gone] { gone = true; });
            co_await exchange.begin(200, {});
            begun.set_value();
            Result<void> sent;
            while (sent && !gone) {
                sent = co_await exchange.write("x");
            }
        }));
    TestServer server(std::move(router));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("GET", "/endless"), TestServer::soon()).has_value());
    begun.get_future().wait();
    auto drained = server.drain(Deadline::after(std::chrono::milliseconds(50)));
    std::thread reader([&] { EXPECT_FALSE(connection.readReply(TestServer::soon()).has_value()); });
    EXPECT_EQ(drained.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    reader.join();
}

TEST(Server, drainsAtOnceWhenNobodyIsThere)
{
    TestServer server(Router{});
    auto drained = server.drain(TestServer::soon());
    EXPECT_EQ(drained.wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

} // namespace exhibit::http
