// SPDX-License-Identifier: Apache-2.0
// What clients send, over real sockets: ordinary, broken and hostile.
#include "tests/server/http/test_server.h"

namespace exhibit::http {

namespace {

using test::requestText;

Response echo(const Request& request)
{
    return textResponse(request.method + " " + request.path + " " + request.body);
}

Router echoRouter()
{
    Router router;
    router.add(inlineRoute("POST", "/echo", echo));
    router.add(inlineRoute("GET", "/items/{id}", [](const Request& request) {
        const auto color = request.query.find("color");
        return textResponse(request.pathParameters.at("id") + "|"
                            + (color == request.query.end() ? "-" : color->second));
    }));
    Route small = inlineRoute("POST", "/small", echo);
    small.bodyBytesMax = 10;
    router.add(std::move(small));
    Route gateway = inlineRoute("POST", "/v1/echo", echo);
    gateway.surface = Surface::Gateway;
    router.add(std::move(gateway));
    return router;
}

ServerOptions quickOptions()
{
    ServerOptions options;
    options.headerTimeout = std::chrono::milliseconds(100);
    options.bodyTimeout = std::chrono::milliseconds(100);
    options.idleTimeout = std::chrono::milliseconds(100);
    options.writeTimeout = std::chrono::milliseconds(100);
    return options;
}

std::string errorCodeOf(const test::Reply& reply)
{
    const auto body = parseJson(reply.body);
    const Json* error = body ? findMember(*body, "error") : nullptr;
    return error == nullptr ? "no error object" : std::string(stringMember(*error, "error_code"));
}

/// Refused with that status in the one error shape, and the connection closed behind it.
void expectRefused(const TestServer& server, BytesView bytes, int status)
{
    auto connection = server.connect();
    ASSERT_TRUE(connection.send(bytes, TestServer::soon()).has_value());
    const auto reply = connection.readReply(TestServer::soon());
    ASSERT_TRUE(reply.has_value()) << bytes.substr(0, 80) << ": " << reply.error().message;
    EXPECT_EQ(reply->status, status) << bytes.substr(0, 80);
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_EQ(reply->header("x-should-retry"), "false");
    EXPECT_TRUE(reply->header("X-Request-Id").value_or("").starts_with("req_"));
    EXPECT_NE(errorCodeOf(*reply), "no error object");
    EXPECT_EQ(connection.readClose(TestServer::soon()).value_or(false), true);
}

} // namespace

TEST(Session, answersAndKeepsTheConnection)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    for (const char* body : {"one", "two", "three"}) {
        const std::string text = requestText("POST", "/echo", {}, body);
        ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
        const auto reply = connection.readReply(TestServer::soon());
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, 200);
        EXPECT_EQ(reply->body, std::string("POST /echo ") + body);
        EXPECT_TRUE(reply->header("Date").has_value());
    }
    EXPECT_EQ(server.counters().accepted, 1U);
    EXPECT_EQ(server.counters().requests, 3U);
}

TEST(Session, answersPipelinedRequestsInOrder)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    std::string text;
    for (int i = 0; i < 50; ++i) {
        text += requestText("POST", "/echo", {}, std::to_string(i));
    }
    ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
    for (int i = 0; i < 50; ++i) {
        const auto reply = connection.readReply(TestServer::soon());
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->body, "POST /echo " + std::to_string(i));
    }
}

TEST(Session, readsARequestThatArrivesByteByByte)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    for (const char c : requestText("POST", "/echo", {}, "slow")) {
        ASSERT_TRUE(connection.send({&c, 1}, TestServer::soon()).has_value());
    }
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "POST /echo slow");
}

TEST(Session, readsChunkedBodies)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string body = "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: x\r\n\r\n";
    ASSERT_TRUE(connection.send(head + body + head + body, TestServer::soon()).has_value());
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "POST /echo abcdefg");
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "POST /echo abcdefg");
}

TEST(Session, decodesParametersAndQuery)
{
    const TestServer server(echoRouter());
    EXPECT_EQ(server.send(requestText("GET", "/items/a%20b?color=r%C3%A9d+x"))->body, "a b|réd x");
    EXPECT_EQ(server.send(requestText("GET", "/items/a%2Fb"))->body, "a/b|-");
}

TEST(Session, namesTheRequestInTheHeaderOfItsSurface)
{
    const TestServer server(echoRouter());
    const auto api = server.send(requestText("POST", "/echo"));
    EXPECT_TRUE(api->header("X-Request-Id").value_or("").starts_with("req_"));
    const auto gateway = server.send(requestText("POST", "/v1/echo"));
    EXPECT_TRUE(gateway->header("X-Exhibit-Request-Id").value_or("").starts_with("req_"));
    EXPECT_FALSE(gateway->header("X-Request-Id").has_value());
    const auto wrongMethod = server.send(requestText("PUT", "/v1/echo"));
    EXPECT_TRUE(wrongMethod->header("X-Exhibit-Request-Id").has_value());
}

TEST(Session, answersUnknownPathsAndMethodsAndLivesOn)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    const std::string text = requestText("POST", "/nowhere", {}, "body")
        + requestText("DELETE", "/items/1") + requestText("POST", "/echo", {}, "x");
    ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
    const auto unknown = connection.readReply(TestServer::soon());
    EXPECT_EQ(unknown->status, 404);
    EXPECT_EQ(errorCodeOf(*unknown), "not_found");
    const auto wrongMethod = connection.readReply(TestServer::soon());
    EXPECT_EQ(wrongMethod->status, 405);
    EXPECT_EQ(wrongMethod->header("Allow"), "GET, HEAD");
    EXPECT_EQ(connection.readReply(TestServer::soon())->status, 200);
}

TEST(Session, answersHeadWithoutABody)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    const std::string text = requestText("HEAD", "/items/1") + requestText("GET", "/items/2");
    ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
    const auto head = connection.readReply(TestServer::soon(), true);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->header("Content-Length"), "3");
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "2|-");
}

TEST(Session, speaksHttp10)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    ASSERT_TRUE(connection.send("GET /items/1 HTTP/1.0\r\n\r\n", TestServer::soon()).has_value());
    const auto reply = connection.readReply(TestServer::soon());
    EXPECT_EQ(reply->body, "1|-");
    EXPECT_EQ(reply->header("Connection"), "close");
    EXPECT_EQ(connection.readClose(TestServer::soon()).value_or(false), true);
}

TEST(Session, letsAClientWaitForItsBodysTurn)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    const std::string head
        = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    ASSERT_TRUE(connection.send(head, TestServer::soon()).has_value());
    EXPECT_EQ(connection.readHead(TestServer::soon())->status, 100);
    ASSERT_TRUE(connection.send("ok", TestServer::soon()).has_value());
    EXPECT_EQ(connection.readReply(TestServer::soon())->body, "POST /echo ok");
}

TEST(Session, refusesALargeBodyBeforeItIsSent)
{
    const TestServer server(echoRouter());
    expectRefused(server,
                  "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n"
                  "Expect: 100-continue\r\n\r\n",
                  413);
    expectRefused(server, "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 413);
    EXPECT_EQ(server.send(requestText("POST", "/small", {}, "0123456789"))->status, 200);
}

TEST(Session, refusesWhoIsUnknownBeforeItReadsALargeBody)
{
    Router router = echoRouter();
    Route guarded = inlineRoute("POST", "/guarded", echo);
    guarded.bodyBytesMax = std::size_t{16} * 1024 * 1024;
    guarded.precheck = [](const Request& request) -> std::optional<ErrorReply> {
        if (request.headers.find("x-key")) {
            return std::nullopt;
        }
        ErrorReply reply;
        reply.status = 401;
        reply.code = "unauthenticated";
        return reply;
    };
    router.add(std::move(guarded));
    const TestServer server(std::move(router));
    const std::string large(100'000, 'x');
    // Answered although the body never comes.
    expectRefused(
        server, "POST /guarded HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n", 401);
    EXPECT_EQ(server.send(requestText("POST", "/guarded", {{"x-key", "k"}}, large))->status, 200);
    EXPECT_EQ(server.send(requestText("POST", "/guarded", {}, "small"))->status, 200)
        << "the handler decides where nothing large waits";
}

TEST(Session, refusesALargeBodyOfUnknownLength)
{
    const TestServer server(echoRouter());
    expectRefused(server,
                  "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "6\r\nabcdef\r\n5\r\nghijk\r\n",
                  413);
}

TEST(Session, deliversItsRefusalToAClientThatGoesOnSending)
{
    const TestServer server(echoRouter());
    auto connection = server.connect();
    const std::string head = "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n";
    ASSERT_TRUE(connection.send(head + std::string(4'000'000, 'x'), TestServer::soon()));
    EXPECT_EQ(connection.readReply(TestServer::soon())->status, 413);
}

TEST(Session, refusesAMegabyteOfHeader)
{
    const TestServer server(echoRouter());
    expectRefused(server,
                  "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(1024 * 1024, 'a') + "\r\n\r\n",
                  431);
    expectRefused(server, "GET /" + std::string(1024 * 1024, 'a') + " HTTP/1.1\r\n\r\n", 414);
}

TEST(Session, refusesSmugglingAndGarbage)
{
    const TestServer server(echoRouter());
    const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    for (const std::string& bytes :
         {post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
          post + "Content-Length: 4x\r\n\r\nbody",
          post + "X: folded\r\n value\r\n\r\n",
          post + "Content-Length : 4\r\n\r\nbody",
          std::string("POST /echo HTTP/1.1\nHost: h\n\n"),
          std::string("GARBAGE\r\n\r\n"),
          std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
          std::string("\x16\x03\x01\x02\x00\x01", 6),
          std::string("GET / HTTP/1.1\r\nX: no host\r\n\r\n"),
          std::string("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"),
          std::string("GET /items/%00 HTTP/1.1\r\nHost: h\r\n\r\n"),
          std::string("GET /items/1?q=%ff HTTP/1.1\r\nHost: h\r\n\r\n"),
          std::string("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n"),
          post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
          post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
        expectRefused(server, bytes, 400);
    }
    expectRefused(server, post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501);
    EXPECT_EQ(server.counters().refused, server.counters().requests);
}

TEST(Session, forgivesAnEmptyLineBeforeARequest)
{
    const TestServer server(echoRouter());
    EXPECT_EQ(server.send("\r\n" + requestText("GET", "/items/1"))->status, 200);
    expectRefused(server, "\r\n\r\n" + requestText("GET", "/items/1"), 400);
}

TEST(Session, endsASlowHeader)
{
    const TestServer server(echoRouter(), quickOptions());
    auto connection = server.connect();
    ASSERT_TRUE(connection.send("GET / HTTP/1.1\r\nHo", TestServer::soon()).has_value());
    const auto reply = connection.readReply(TestServer::soon());
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 408);
}

TEST(Session, endsAHeaderThatDripsForEver)
{
    const TestServer server(echoRouter(), quickOptions());
    auto connection = server.connect();
    ASSERT_TRUE(connection.send("GET / HTTP/1.1\r\nX: ", TestServer::soon()).has_value());
    const Deadline patience = TestServer::soon();
    bool ended = false;
    while (!ended && !patience.reached()) {
        ended = !connection.send("a", patience).has_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(ended);
}

TEST(Session, endsASlowBody)
{
    const TestServer server(echoRouter(), quickOptions());
    auto connection = server.connect();
    const std::string text = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab";
    ASSERT_TRUE(connection.send(text, TestServer::soon()).has_value());
    EXPECT_EQ(connection.readReply(TestServer::soon())->status, 408);
}

TEST(Session, closesIdleConnectionsWithoutAWord)
{
    const TestServer server(echoRouter(), quickOptions());
    auto silent = server.connect();
    EXPECT_EQ(silent.readClose(TestServer::soon()).value_or(false), true);
    auto served = server.connect();
    ASSERT_TRUE(served.send(requestText("GET", "/items/1"), TestServer::soon()).has_value());
    EXPECT_EQ(served.readReply(TestServer::soon())->status, 200);
    EXPECT_EQ(served.readClose(TestServer::soon()).value_or(false), true);
}

TEST(Session, refusesBodiesBeyondWhatTheServerHoldsAtOnce)
{
    ServerOptions options;
    options.bodyBytesInFlightMax = 1000;
    const TestServer server(echoRouter(), options);
    auto first = server.connect();
    const std::string head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n";
    ASSERT_TRUE(first.send(head + std::string(100, 'x'), TestServer::soon()).has_value());
    while (server.counters().requests < 1) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto refused = server.send(requestText("POST", "/echo", {}, std::string(500, 'x')));
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(errorCodeOf(*refused), "overloaded");
    ASSERT_TRUE(first.send(std::string(800, 'x'), TestServer::soon()).has_value());
    EXPECT_EQ(first.readReply(TestServer::soon())->status, 200);
    EXPECT_EQ(server.send(requestText("POST", "/echo", {}, std::string(500, 'x')))->status, 200);
}

} // namespace exhibit::http
