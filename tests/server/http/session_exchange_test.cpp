// SPDX-License-Identifier: Apache-2.0
// Answers that are streamed, and clients that leave or do not read.
#include "tests/server/http/test_server.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>

namespace exhibit::http {

namespace asio = boost::asio;

namespace {

using test::requestText;

Router streamRouter(StreamHandler handler)
{
    Router router;
    router.add(streamRoute("POST", "/stream", handler));
    router.add(streamRoute("GET", "/stream", std::move(handler)));
    router.add(inlineRoute("GET", "/ping", [](const Request&) { return textResponse("pong"); }));
    return router;
}

asio::awaitable<void> threeEvents(Exchange& exchange)
{
    Headers headers{{"Content-Type", "text/event-stream"}, {"Content-Length", "9"}};
    co_await exchange.begin(200, headers);
    for (const char* event : {"data: 1\n\n", "", "data: 2\n\n", "data: 3\n\n"}) {
        co_await exchange.write(event);
    }
    co_await exchange.end();
}

/// Waits on the io thread without blocking it.
asio::awaitable<void> pause(std::chrono::milliseconds duration)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// A handler that waits until its client has gone and says so.
struct GoneProbe {
    std::promise<void> waiting;
    std::promise<Result<void>> gone; ///< What a write gives afterwards.
    bool begin = false;

    asio::awaitable<void> operator()(Exchange& exchange)
    {
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
        if (begin) {
            co_await exchange.begin(200, {});
            co_await exchange.write("first");
        }
        exchange.onClientGone([&timer] { timer.cancel(); });
        waiting.set_value();
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        Result<void> written;
        while (begin && written) {
            written = co_await exchange.write("late");
        }
        gone.set_value(exchange.clientGone() ? written : fail(ErrorCode::Conflict, "not gone"));
    }
};

StreamHandler handlerOf(GoneProbe& probe)
{
    return [&probe](Exchange& exchange) { return probe(exchange); };
}

void expectGone(GoneProbe& probe)
{
    auto gone = probe.gone.get_future();
    ASSERT_EQ(gone.wait_for(std::chrono::seconds(60)), std::future_status::ready);
    const auto result = gone.get();
    EXPECT_TRUE(result || result.error().code == ErrorCode::Cancelled);
}

} // namespace

TEST(SessionExchange, streamsChunksAndKeepsTheConnection)
{
    const TestServer server(streamRouter(threeEvents));
    auto connection = server.connect();
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
        const auto head = connection.readHead(TestServer::soon());
        EXPECT_EQ(head->header("Transfer-Encoding"), "chunked");
        EXPECT_FALSE(head->header("Content-Length").has_value());
        for (const char* event : {"data: 1", "data: 2", "data: 3"}) {
            EXPECT_EQ(connection.readEvent(TestServer::soon()).value(), event);
        }
        EXPECT_EQ(connection.readEvent(TestServer::soon()).value(), std::nullopt);
    }
}

TEST(SessionExchange, streamsToHttp10UntilTheClose)
{
    const TestServer server(streamRouter(threeEvents));
    auto connection = server.connect();
    const std::string text = "POST /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
    const auto reply = connection.readReply(TestServer::soon());
    EXPECT_FALSE(reply->header("Transfer-Encoding").has_value());
    EXPECT_EQ(reply->body, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
}

TEST(SessionExchange, sendsNoBodyToHead)
{
    const TestServer server(streamRouter(threeEvents));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("HEAD", "/stream") + requestText("GET", "/ping"),
                                TestServer::soon()));
    EXPECT_EQ(connection.readReply(TestServer::soon(), true)->status, 200);
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "pong");
}

TEST(SessionExchange, cutsAnAnswerThatWasNotEnded)
{
    const TestServer server(streamRouter([](Exchange& exchange) -> asio::awaitable<void> {
        co_await exchange.begin(200, {});
        co_await exchange.write("partial");
    }));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    EXPECT_EQ(connection.readHead(TestServer::soon())->status, 200);
    EXPECT_EQ(connection.readPiece(TestServer::soon()).value(), "partial");
    EXPECT_EQ(connection.readPiece(TestServer::soon()).error().code, ErrorCode::Corrupt);
    auto old = server.connect();
    ASSERT_TRUE(old.send("POST /stream HTTP/1.0\r\n\r\n", TestServer::soon()).has_value());
    EXPECT_FALSE(old.readReply(TestServer::soon()).has_value());
}

TEST(SessionExchange, sendsAnAnswerOfASaidLength)
{
    const TestServer server(streamRouter([](Exchange& exchange) -> asio::awaitable<void> {
        const Headers headers{{"ETag", "\"1\""}};
        co_await exchange.beginSized(206, headers, 7);
        co_await exchange.write("sized");
        std::string more;
        std::function<void()> work = [&more] { more = "!!"; };
        const bool done = co_await exchange.onWorker(std::move(work));
        EXPECT_TRUE(done);
        co_await exchange.write(more);
        const auto tooMuch = co_await exchange.write("x");
        EXPECT_EQ(tooMuch.has_value(), exchange.request().method == "HEAD") << "it sends none";
        co_await exchange.end();
    }));
    auto connection = server.connect();
    for (int round = 0; round < 2; ++round) {
        ASSERT_TRUE(connection.send(requestText("GET", "/stream"), TestServer::soon()));
        const auto reply = connection.readReply(TestServer::soon());
        EXPECT_EQ(reply->status, 206);
        EXPECT_EQ(reply->header("Content-Length"), "7");
        EXPECT_FALSE(reply->header("Transfer-Encoding").has_value());
        EXPECT_EQ(reply->body, "sized!!");
    }
    ASSERT_TRUE(connection.send(requestText("HEAD", "/stream") + requestText("GET", "/ping"),
                                TestServer::soon()));
    EXPECT_EQ(connection.readReply(TestServer::soon(), true)->header("Content-Length"), "7");
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "pong");
}

TEST(SessionExchange, cutsAnAnswerThatIsShorterThanWasSaid)
{
    std::promise<bool> ended;
    const TestServer server(streamRouter([&ended](Exchange& exchange) -> asio::awaitable<void> {
        co_await exchange.beginSized(200, {}, 100);
        co_await exchange.write("partial");
        const auto end = co_await exchange.end();
        ended.set_value(end.has_value());
    }));
    EXPECT_FALSE(server.send(requestText("GET", "/stream")).has_value());
    EXPECT_FALSE(ended.get_future().get());
}

TEST(SessionExchange, answersForAHandlerThatThrowsOrForgets)
{
    Router router;
    router.add(streamRoute("GET", "/throws", [](Exchange&) -> asio::awaitable<void> {
        throw std::runtime_error("secret text");
        co_return;
    }));
    router.add(
        streamRoute("GET", "/forgets", [](Exchange&) -> asio::awaitable<void> { co_return; }));
    router.add(inlineRoute("GET", "/inline", [](const Request&) -> Response {
        throw std::runtime_error("secret text");
    }));
    Route worker = inlineRoute("GET", "/worker", [](const Request&) -> Response { throw 1; });
    worker.runOn = RunOn::Worker;
    router.add(std::move(worker));
    const TestServer server(std::move(router));
    for (const char* path : {"/throws", "/forgets", "/inline", "/worker"}) {
        const auto reply = server.send(requestText("GET", path));
        ASSERT_TRUE(reply.has_value()) << path;
        EXPECT_EQ(reply->status, 500) << path;
        EXPECT_EQ(reply->body.find("secret"), std::string::npos);
        EXPECT_NE(reply->body.find("req_"), std::string::npos);
    }
}

TEST(SessionExchange, refusesASecondAnswer)
{
    std::promise<bool> refused;
    const TestServer server(streamRouter([&](Exchange& exchange) -> asio::awaitable<void> {
        co_await exchange.respond(textResponse("one"));
        const auto second = co_await exchange.respond(textResponse("two"));
        const auto written = co_await exchange.write("more");
        refused.set_value(!second && !written);
    }));
    EXPECT_EQ(server.send(requestText("GET", "/stream"))->body, "one");
    EXPECT_TRUE(refused.get_future().get());
}

TEST(SessionExchange, keepsHeaderValuesOnTheirLine)
{
    const TestServer server(streamRouter([](Exchange& exchange) -> asio::awaitable<void> {
        Response response = textResponse("ok");
        response.headers.add("X-Echo", "a\r\nX-Injected: yes");
        response.headers.add("Connection", "upgrade");
        response.headers.add("Bad\r\nName", "x");
        co_await exchange.respond(std::move(response));
    }));
    const auto reply = server.send(requestText("GET", "/stream"));
    EXPECT_EQ(reply->header("X-Echo"), "a  X-Injected: yes");
    EXPECT_FALSE(reply->header("X-Injected").has_value());
    EXPECT_FALSE(reply->header("Connection").has_value());
}

TEST(SessionExchange, noticesAClientThatClosesBeforeTheFirstByte)
{
    GoneProbe probe;
    const TestServer server(streamRouter(handlerOf(probe)));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    probe.waiting.get_future().wait();
    connection.close();
    expectGone(probe);
}

TEST(SessionExchange, noticesAClientThatResetsDuringTheStream)
{
    GoneProbe probe;
    probe.begin = true;
    const TestServer server(streamRouter(handlerOf(probe)));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    EXPECT_TRUE(connection.readHead(TestServer::soon()).has_value());
    probe.waiting.get_future().wait();
    connection.reset();
    expectGone(probe);
}

TEST(SessionExchange, noticesTheEndBehindPipelinedRequests)
{
    GoneProbe probe;
    const TestServer server(streamRouter(handlerOf(probe)));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream") + requestText("GET", "/ping"),
                                TestServer::soon()));
    probe.waiting.get_future().wait();
    connection.close();
    expectGone(probe);
}

TEST(SessionExchange, keepsRequestsThatArriveWhileItWatches)
{
    std::promise<void> watching;
    std::promise<void> sent;
    auto sentFuture = sent.get_future().share();
    const TestServer server(streamRouter([&](Exchange& exchange) -> asio::awaitable<void> {
        exchange.onClientGone([] { ADD_FAILURE() << "the client is still there"; });
        watching.set_value();
        while (sentFuture.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            co_await pause(std::chrono::milliseconds(1));
        }
        co_await pause(std::chrono::milliseconds(20));
        co_await exchange.respond(textResponse("done"));
    }));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    watching.get_future().wait();
    std::string pings;
    for (int i = 0; i < 3000; ++i) { // More than the session reads ahead.
        pings += requestText("GET", "/ping");
    }
    std::thread sender([&] { EXPECT_TRUE(connection.send(pings, TestServer::soon())); });
    sent.set_value();
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "done");
    for (int i = 0; i < 3000; ++i) {
        ASSERT_EQ(connection.readReply(TestServer::soon())->body, "pong");
    }
    sender.join();
}

TEST(SessionExchange, makesTheHandlerWaitForASlowReader)
{
    std::atomic<std::size_t> written{0};
    std::promise<void> ended;
    constexpr std::size_t kTotal = 64 * 1024 * 1024;
    const TestServer server(streamRouter([&](Exchange& exchange) -> asio::awaitable<void> {
        co_await exchange.begin(200, {});
        const std::string piece(64 * 1024, 'x');
        Result<void> sent;
        while (sent && written < kTotal) {
            sent = co_await exchange.write(piece);
            written += piece.size();
        }
        co_await exchange.end();
        ended.set_value();
    }));
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    EXPECT_TRUE(connection.readHead(TestServer::soon()).has_value());
    // The kernel takes a few megabytes; then the handler stands until this end reads.
    std::size_t before = 0;
    do {
        before = written;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    } while (written != before);
    EXPECT_LT(written, kTotal);
    const auto body = connection.readBody(TestServer::soon());
    ASSERT_TRUE(body.has_value());
    EXPECT_EQ(body->size(), kTotal);
    ended.get_future().wait();
}

TEST(SessionExchange, givesUpOnAClientThatReadsNothing)
{
    ServerOptions options;
    options.writeTimeout = std::chrono::milliseconds(100);
    std::promise<ErrorCode> outcome;
    std::promise<void> told;
    const TestServer server(streamRouter([&](Exchange& exchange) -> asio::awaitable<void> {
                                exchange.onClientGone([&told] { told.set_value(); });
                                co_await exchange.begin(200, {});
                                const std::string piece(1024 * 1024, 'x');
                                Result<void> sent;
                                while (sent) {
                                    sent = co_await exchange.write(piece);
                                }
                                outcome.set_value(sent.error().code);
                                co_await pause(std::chrono::milliseconds(50));
                            }),
                            options);
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(requestText("POST", "/stream"), TestServer::soon()));
    EXPECT_EQ(outcome.get_future().get(), ErrorCode::DeadlineExceeded);
    auto gone = told.get_future();
    EXPECT_EQ(gone.wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

} // namespace exhibit::http
