// SPDX-License-Identifier: Apache-2.0
// The sample provider as a program: answers, pace, faults, TLS.
#include "models/base/json.h"
#include "tests/support/http_client.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificate.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <array>
#include <csignal>
#include <thread>

namespace exhibit::test {

namespace {

const char* const kRecordings
    = R"({"id":"json","endpoint":"chat.completions","request":{"model":"m"},)"
      R"("response_headers":{"openai-version":"2020-10-01"},"response":{"answer":"0123456789"}})"
      "\n"
      R"({"id":"sse","endpoint":"chat.completions","request":{"model":"m","stream":true},)"
      R"("sse":["data: {\"n\":1}","","data: {\"n\":2}","","data: {\"n\":3}","","data: [DONE]"]})"
      "\n";

const std::string kPath = "/v1/chat/completions";
const std::string kJsonBody = R"({"model":"m"})";
const std::string kStreamBody = R"({"model":"m","stream":true})";

Deadline soon()
{
    return Deadline::after(std::chrono::seconds(30));
}

/// A provider over the two recordings above.
class Provider {
public:
    explicit Provider(std::vector<std::string> arguments = {})
    {
        arguments.insert(arguments.end(), {"--recordings", m_folder.write("r.jsonl", kRecordings)});
        auto started = SampleUpstream::start(std::move(arguments));
        EXPECT_TRUE(started.has_value()) << (started ? "" : started.error().message);
        m_upstream.emplace(*std::move(started));
    }
    [[nodiscard]] HttpConnection ask(const std::string& body, const HeaderList& headers = {}) const
    {
        auto connection = HttpConnection::connect("127.0.0.1", m_upstream->port(), soon());
        EXPECT_TRUE(connection->send(requestText("POST", kPath, headers, body), soon()));
        return *std::move(connection);
    }
    [[nodiscard]] Json get(const std::string& path) const
    {
        const auto reply = exchange(m_upstream->port(), requestText("GET", path), soon());
        return reply ? parseJson(reply->body).value_or(Json{}) : Json{};
    }
    [[nodiscard]] std::uint16_t port() const { return m_upstream->port(); }
    [[nodiscard]] Process& process() { return m_upstream->process(); }

private:
    TempDir m_folder;
    std::optional<SampleUpstream> m_upstream;
};

std::vector<std::string> eventsOf(HttpConnection& connection)
{
    std::vector<std::string> events;
    for (auto event = connection.readEvent(soon()); event && *event;
         event = connection.readEvent(soon())) {
        events.push_back(**event);
    }
    return events;
}

} // namespace

TEST(SampleUpstream, answersJsonAndStreams)
{
    const Provider provider;
    const auto json = provider.ask(kJsonBody).readReply(soon());
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ(json->status, 200);
    EXPECT_EQ(json->body, R"({"answer":"0123456789"})");
    EXPECT_EQ(json->header("openai-version"), "2020-10-01");
    EXPECT_FALSE(json->header("x-sample-fallback").has_value());
    auto stream = provider.ask(kStreamBody);
    EXPECT_EQ(stream.readHead(soon())->header("content-type"), "text/event-stream");
    EXPECT_EQ(eventsOf(stream),
              (std::vector<std::string>{
                  R"(data: {"n":1})", R"(data: {"n":2})", R"(data: {"n":3})", "data: [DONE]"}));
}

TEST(SampleUpstream, marksFallbacksAndObeysTheSampleId)
{
    const Provider provider;
    EXPECT_EQ(provider.ask(R"({"model":"x"})").readReply(soon())->header("x-sample-fallback"), "1");
    const auto named = provider.ask(kJsonBody, {{"x-sample-id", "sse"}}).readReply(soon());
    EXPECT_EQ(named->header("content-type"), "text/event-stream");
    EXPECT_EQ(provider.ask(kJsonBody, {{"x-sample-id", "none"}}).readReply(soon())->status, 404);
}

TEST(SampleUpstream, keepsConnectionsAndTakesChunkedRequests)
{
    const Provider provider;
    auto connection = provider.ask(kJsonBody);
    EXPECT_EQ(connection.readReply(soon())->status, 200);
    ASSERT_TRUE(connection.send("POST " + kPath
                                    + " HTTP/1.1\r\nHost: h\r\n"
                                      "Transfer-Encoding: chunked\r\n\r\n"
                                      "d\r\n"
                                    + kJsonBody + "\r\n0\r\n\r\n",
                                soon()));
    const auto reply = connection.readReply(soon());
    EXPECT_EQ(reply->status, 200);
    EXPECT_FALSE(reply->header("x-sample-fallback").has_value());
}

TEST(SampleUpstream, listsModelsAndTellsWhatItSaw)
{
    const Provider provider;
    EXPECT_EQ(stringMember(provider.get("/v1/models").at("data").at(0), "id"), "m");
    EXPECT_TRUE(provider.ask(R"({"model":"x"})", {{"X-Test", "1"}}).readReply(soon()).has_value());
    const Json statistics = provider.get("/sample/statistics");
    EXPECT_EQ(statistics.at("requests"), 2);
    EXPECT_EQ(statistics.at("fallbacks"), 1);
    const Json last = provider.get("/sample/last-request");
    EXPECT_EQ(stringMember(last, "body"), R"({"model":"x"})");
    EXPECT_NE(printJson(last.at("headers")).find(R"(["X-Test","1"])"), std::string::npos);
}

TEST(SampleUpstream, splitsBodiesAndKeepsItsPace)
{
    const Provider provider({"--chunk-bytes", "5", "--event-gap-ms", "20", "--latency-ms", "30"});
    const auto start = std::chrono::steady_clock::now();
    auto stream = provider.ask(kStreamBody);
    ASSERT_TRUE(stream.readHead(soon()).has_value());
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(30));
    EXPECT_EQ(stream.readPiece(soon()).value(), "data:");
    EXPECT_EQ(stream.readPiece(soon()).value(), " {\"n\"");
    EXPECT_TRUE(stream.readBody(soon()).has_value());
    EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(90));
    EXPECT_EQ(provider.ask(kJsonBody).readReply(soon())->body, R"({"answer":"0123456789"})");
}

TEST(SampleUpstream, failsAsAsked)
{
    const Provider provider;
    const auto with = [&](const char* fault, const std::string& body) {
        return provider.ask(body, {{"x-sample-fault", fault}});
    };
    const auto limited = with("429", kJsonBody).readReply(soon());
    EXPECT_EQ(limited->status, 429);
    EXPECT_EQ(limited->header("retry-after"), "1");
    EXPECT_EQ(with("500", kStreamBody).readReply(soon())->status, 500);
    EXPECT_FALSE(parseJson(with("malformed", kJsonBody).readReply(soon())->body).has_value());
    EXPECT_NE(with("malformed", kStreamBody).readReply(soon())->body.find("{\"delta\":\n\n"),
              std::string::npos);
    EXPECT_EQ(with("wrong_content_type", kStreamBody).readReply(soon())->header("content-type"),
              "text/html; charset=utf-8");
    EXPECT_GT(with("huge", kJsonBody).readReply(soon())->body.size(), 20'000'000U);
    EXPECT_GT(with("huge", kStreamBody).readReply(soon())->body.size(), 5'000'000U);
    EXPECT_EQ(with("no_done", kStreamBody).readReply(soon())->body.find("[DONE]"),
              std::string::npos);
    EXPECT_EQ(with("unknown", kJsonBody).readReply(soon())->status, 400);
    auto oneByte = with("one_byte", kStreamBody);
    ASSERT_TRUE(oneByte.readHead(soon()).has_value());
    EXPECT_EQ(oneByte.readPiece(soon()).value(), "d");
    EXPECT_EQ(oneByte.readPiece(soon()).value(), "a");
    auto slow = with("slow", kStreamBody);
    EXPECT_FALSE(slow.readHead(Deadline::after(std::chrono::milliseconds(500))).has_value());
    EXPECT_TRUE(slow.readReply(soon()).has_value());
}

TEST(SampleUpstream, breaksConnectionsAsAsked)
{
    const Provider provider;
    for (const std::string& body : {kJsonBody, kStreamBody}) {
        auto before = provider.ask(body, {{"x-sample-fault", "cut_before"}});
        EXPECT_EQ(before.readHead(soon()).error().code, ErrorCode::Unavailable);
        auto cut = provider.ask(body, {{"x-sample-fault", "cut"}});
        ASSERT_TRUE(cut.readHead(soon()).has_value());
        EXPECT_TRUE(cut.readPiece(soon()).has_value());
        EXPECT_EQ(cut.readBody(soon()).error().code, ErrorCode::Corrupt);
    }
}

TEST(SampleUpstream, noticesAClientThatLeavesAStalledStream)
{
    const Provider provider;
    auto stalled = provider.ask(kStreamBody, {{"x-sample-fault", "stall"}});
    ASSERT_TRUE(stalled.readHead(soon()).has_value());
    EXPECT_EQ(stalled.readEvent(soon()).value(), R"(data: {"n":1})");
    EXPECT_EQ(provider.get("/sample/statistics").at("open"), 1);
    stalled.close();
    const Deadline patience = soon();
    while (provider.get("/sample/statistics").at("client_left") != 1 && !patience.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(provider.get("/sample/statistics").at("client_left"), 1);
    EXPECT_EQ(provider.get("/sample/statistics").at("open"), 0);
}

TEST(SampleUpstream, servesManyStreamsAtOnce)
{
    const Provider provider({"--event-gap-ms", "20"});
    std::vector<HttpConnection> streams;
    for (int i = 0; i < 500; ++i) {
        streams.push_back(provider.ask(kStreamBody));
    }
    for (auto& stream : streams) {
        ASSERT_TRUE(stream.readHead(soon()).has_value());
        EXPECT_EQ(eventsOf(stream).size(), 4U);
    }
}

TEST(SampleUpstream, endsOnSigterm)
{
    Provider provider;
    auto open = provider.ask(kStreamBody, {{"x-sample-fault", "stall"}});
    ASSERT_TRUE(open.readHead(soon()).has_value());
    provider.process().terminate();
    EXPECT_EQ(provider.process().wait(soon()).value(), 0);
}

TEST(SampleUpstream, refusesWrongUsage)
{
    const auto code = [](std::vector<std::string> arguments) {
        const auto finished = run(
            programPath("exhibit-sample-upstream"), {.arguments = std::move(arguments)}, soon());
        return finished ? finished->exitCode : -1;
    };
    EXPECT_EQ(code({"--recordings", "/nowhere"}), 2);
    EXPECT_EQ(code({}), 2);
    EXPECT_EQ(code({"--recordings", "/nowhere", "--fault", "nonsense"}), 2);
    EXPECT_EQ(code({"--version"}), 0);
}

TEST(SampleUpstream, servesTheBundledRecordings)
{
    const auto upstream = SampleUpstream::start();
    ASSERT_TRUE(upstream.has_value());
    const auto reply = exchange(upstream->port(),
                                requestText("POST", kPath, {{"x-sample-id", "ordinary-01"}}, "{}"),
                                soon());
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
}

TEST(SampleUpstream, speaksTls)
{
    const TempDir folder;
    ASSERT_TRUE(makeCertificate(folder, "DNS:localhost", soon()));
    const Provider provider({"--tls", folder.file("cert.pem"), folder.file("key.pem")});
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_load_verify_file(context.get(), folder.file("cert.pem").c_str());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()),
                                                            BIO_free_all);
    BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(provider.port())).c_str());
    const std::string text = requestText("POST", kPath, {{"Connection", "close"}}, kStreamBody);
    ASSERT_EQ(BIO_write(bio.get(), text.data(), static_cast<int>(text.size())),
              static_cast<int>(text.size()));
    std::string answer;
    std::array<char, 4096> buffer{};
    for (int got = 0; (got = BIO_read(bio.get(), buffer.data(), buffer.size())) > 0;) {
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(answer.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"));
}

} // namespace exhibit::test
