// SPDX-License-Identifier: Apache-2.0
// INV-9: with no policy, what the provider sends is what the client gets, byte for byte, however
// the bytes are cut on the way. Over the project's own recordings, and over the third-party traffic
// of EXHIBIT_TEST_DATA when it is there.
#include "models/base/json.h"
#include "tests/support/exhibitd_process.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <set>

namespace exhibit {
namespace {

using namespace std::chrono_literals;

struct Exchange {
    std::string id;
    std::string target;
    std::string request;
};

/// Where the gateway serves the endpoint of a recording; empty: nowhere.
std::string targetOf(std::string_view endpoint)
{
    if (endpoint == "chat.completions") {
        return "/v1/chat/completions";
    }
    const bool served = endpoint == "responses" || endpoint == "messages"
        || endpoint == "embeddings" || endpoint == "completions";
    return served ? "/v1/" + std::string(endpoint) : std::string{};
}

std::filesystem::path sourceDir()
{
    const char* source = std::getenv("EXHIBIT_SOURCE_DIR");
    return source != nullptr ? source : ".";
}

std::filesystem::path trafficDir()
{
    const char* data = std::getenv("EXHIBIT_TEST_DATA");
    return (data != nullptr ? std::filesystem::path(data) : sourceDir() / "../shared/data")
        / "llm_traffic";
}

std::string readMaybeCompressed(const std::filesystem::path& file)
{
    std::string text;
    const gzFile input = ::gzopen(file.c_str(), "rb");
    std::vector<char> bytes(1 << 16);
    for (int got = 1; input != nullptr && got > 0;) {
        got = ::gzread(input, bytes.data(), static_cast<unsigned>(bytes.size()));
        text.append(bytes.data(), static_cast<std::size_t>(std::max(got, 0)));
    }
    if (input != nullptr) {
        ::gzclose(input);
    }
    return text;
}

/// The exchanges of a file that the gateway serves; ids that occur twice once.
void addExchanges(const std::filesystem::path& file, std::vector<Exchange>& into)
{
    std::set<std::string> seen;
    const std::string text = readMaybeCompressed(file);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto row = parseJson(std::string_view(text).substr(at, end - at), 128);
        at = end + 1;
        const Json* request = row ? findMember(*row, "request") : nullptr;
        const auto target = row ? targetOf(stringMember(*row, "endpoint")) : std::string{};
        if (request != nullptr && request->is_object() && !target.empty()
            && seen.insert(std::string(stringMember(*row, "id"))).second) {
            into.push_back({std::string(stringMember(*row, "id")), target, printJson(*request)});
        }
    }
}

/// One keep-alive connection that is opened again when the other side closed it.
class Client {
public:
    Client(std::uint16_t port, std::string key)
        : m_port(port)
        , m_key(std::move(key))
    {
    }

    Result<test::Reply> send(const Exchange& exchange)
    {
        test::HeaderList headers
            = {{"Content-Type", "application/json"}, {"x-sample-id", exchange.id}};
        if (!m_key.empty()) {
            headers.emplace_back("Authorization", "Bearer " + m_key);
        }
        const std::string text
            = test::requestText("POST", exchange.target, headers, exchange.request);
        if (m_connection) {
            if (auto reply = attempt(text)) {
                return reply;
            }
        }
        EXHIBIT_TRY(auto fresh,
                    test::HttpConnection::connect("127.0.0.1", m_port, Deadline::after(5s)));
        m_connection = std::move(fresh);
        return attempt(text);
    }

private:
    Result<test::Reply> attempt(const std::string& text)
    {
        EXHIBIT_CHECK(m_connection->send(text, Deadline::after(10s)));
        return m_connection->readReply(Deadline::after(60s));
    }

    std::uint16_t m_port;
    std::string m_key;
    std::optional<test::HttpConnection> m_connection;
};

bool mustPass(const std::string& header)
{
    return header == "content-type" || header == "x-request-id" || header.starts_with("openai-")
        || header.starts_with("x-ratelimit-") || header.starts_with("retry-after");
}

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

void expectSame(const Exchange& exchange, const test::Reply& direct, const test::Reply& proxied)
{
    EXPECT_EQ(proxied.status, direct.status) << exchange.id;
    EXPECT_TRUE(proxied.body == direct.body)
        << exchange.id << ": " << direct.body.size() << " bytes became " << proxied.body.size();
    for (const auto& [name, value] : direct.headers) {
        if (mustPass(lower(name))) {
            EXPECT_EQ(proxied.header(name).value_or("absent"), value) << exchange.id << " " << name;
        }
    }
    EXPECT_TRUE(proxied.header("X-Exhibit-Call-Id")) << exchange.id;
}

struct Bench {
    test::TempDir folder;
    std::optional<test::SampleUpstream> upstream;
    std::optional<test::Exhibitd> server;

    void start(const std::filesystem::path& recordings, const std::string& chunkBytes)
    {
        auto provider = test::SampleUpstream::start(
            {"--recordings", recordings.string(), "--chunk-bytes", chunkBytes});
        ASSERT_TRUE(provider) << provider.error().message;
        upstream = *std::move(provider);
        auto exhibitd = test::Exhibitd::start({.dataDir = folder.path()});
        ASSERT_TRUE(exhibitd) << exhibitd.error().message;
        server = *std::move(exhibitd);
        const auto added
            = server->controlJson({"upstream", "add", "sample", "--base-url", upstream->baseUrl()});
        ASSERT_TRUE(added) << added.error().message;
        const auto other = server->controlJson({"upstream",
                                                "add",
                                                "anthropic",
                                                "--base-url",
                                                upstream->baseUrl(),
                                                "--wire",
                                                "anthropic"});
        ASSERT_TRUE(other) << other.error().message;
    }
};

/// Every exchange through exhibitd with its provider cutting bodies into `chunkBytes`, beside the
/// answer of a provider that does not.
void compareAll(const std::filesystem::path& recordings,
                const std::vector<Exchange>& exchanges,
                const std::string& chunkBytes)
{
    auto reference = test::SampleUpstream::start({"--recordings", recordings.string()});
    ASSERT_TRUE(reference) << reference.error().message;
    Bench bench;
    ASSERT_NO_FATAL_FAILURE(bench.start(recordings, chunkBytes));
    Client direct(reference->port(), "");
    Client proxied(bench.server->port(), bench.server->adminKey().expose());
    for (const auto& exchange : exchanges) {
        const auto expected = direct.send(exchange);
        const auto got = proxied.send(exchange);
        ASSERT_TRUE(expected) << exchange.id << ": " << expected.error().message;
        ASSERT_TRUE(got) << exchange.id << ": " << got.error().message;
        expectSame(exchange, *expected, *got);
        if (testing::Test::HasFailure()) {
            return; // One difference says it all; two thousand hide it.
        }
    }
    const auto stopped = bench.server->stop(Deadline::after(60s));
    EXPECT_TRUE(stopped) << stopped.error().message;
}

/// Every chat completion is cut small; of the other endpoints, which take the same paths and have
/// two thirds of the bytes (a packet for each), every tenth exchange.
void keepFewOthers(std::vector<Exchange>& exchanges)
{
    int others = 0;
    std::erase_if(exchanges, [&others](const Exchange& exchange) {
        return exchange.target != "/v1/chat/completions" && others++ % 10 != 0;
    });
}

class Faithful : public testing::TestWithParam<const char*> { };

TEST_P(Faithful, passesOurRecordingsByteForByte)
{
    std::vector<Exchange> exchanges;
    const auto folder = sourceDir() / "tests/support/recordings";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        addExchanges(entry.path(), exchanges);
    }
    ASSERT_GE(exchanges.size(), 80U);
    compareAll(folder, exchanges, GetParam());
}

TEST_P(Faithful, passesRecordedThirdPartyTrafficByteForByte)
{
    if (!std::filesystem::exists(trafficDir())) {
        GTEST_SKIP() << "no recorded traffic at " << trafficDir();
    }
    std::vector<Exchange> exchanges;
    for (const char* file : {"chat_completions_json.jsonl.gz",
                             "chat_completions_sse.jsonl.gz",
                             "errors.jsonl",
                             "other_endpoints.jsonl.gz",
                             "responses_json.jsonl.gz",
                             "responses_sse.jsonl.gz"}) {
        addExchanges(trafficDir() / file, exchanges);
    }
    ASSERT_GT(exchanges.size(), 3000U);
    if (GetParam() != std::string_view("0")) {
        keepFewOthers(exchanges);
    }
    compareAll(trafficDir(), exchanges, GetParam());
}

INSTANTIATE_TEST_SUITE_P(Chunking, Faithful, testing::Values("0", "1", "7"), [](const auto& chunk) {
    return std::string(chunk.param) == "0" ? "natural" : "bytes" + std::string(chunk.param);
});

} // namespace
} // namespace exhibit
