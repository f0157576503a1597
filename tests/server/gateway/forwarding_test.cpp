// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/forwarding.h"

#include "models/base/json.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace exhibit::gateway {
namespace {

std::string names(const http::Headers& headers)
{
    std::string list;
    for (const auto& [name, value] : headers) {
        list += name + "=" + value + ";";
    }
    return list;
}

TEST(Forwarding, findsTheKeyWhereClientsPutIt)
{
    const struct {
        http::Headers headers;
        const char* key;
        const char* field;
    } cases[] = {
        {{{"Authorization", "Bearer exk_1"}}, "exk_1", "authorization"},
        {{{"authorization", "bearer   exk_1 "}}, "exk_1", "authorization"},
        {{{"x-api-key", "exk_2"}}, "exk_2", "x-api-key"},
        {{{"Authorization", "Basic x"}, {"X-Api-Key", "exk_2"}}, "exk_2", "x-api-key"},
        {{{"Authorization", "Bearer theirs"}, {"X-Exhibit-Key", "exk_3"}},
         "exk_3",
         "x-exhibit-key"},
    };
    for (const auto& [headers, key, field] : cases) {
        const auto found = findPresentedKey(headers);
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->key.expose(), key);
        EXPECT_EQ(found->field, field);
    }
    EXPECT_FALSE(findPresentedKey({{"Authorization", "Bearer "}, {"x-api-key", " "}}).has_value());
}

TEST(Forwarding, stripsOnlyWhatBelongsToTheConnection)
{
    const http::Headers client{{"Host", "exhibit"},
                               {"Connection", "close, X-Mine"},
                               {"X-Mine", "1"},
                               {"TE", "trailers"},
                               {"Transfer-Encoding", "chunked"},
                               {"Content-Length", "3"},
                               {"Accept-Encoding", "gzip"},
                               {"Authorization", "Bearer exk_1"},
                               {"X-Exhibit-Run-Id", "r"},
                               {"Idempotency-Key", "i"},
                               {"anthropic-version", "v"},
                               {"anthropic-beta", "b"},
                               {"OpenAI-Project", "p"},
                               {"X-Stainless-Os", "o"},
                               {"traceparent", "t"},
                               {"Content-Encoding", "gzip"}};
    const auto presented = *findPresentedKey(client);
    domain::Upstream upstream;
    const UpstreamKeys keys;
    EXPECT_EQ(
        names(
            *upstreamHeaders(client, {.upstream = upstream, .presented = presented, .keys = keys})),
        "Idempotency-Key=i;anthropic-version=v;anthropic-beta=b;OpenAI-Project=p;X-Stainless-Os=o;"
        "traceparent=t;Content-Encoding=gzip;Accept-Encoding=identity;");
    EXPECT_EQ(
        names(*upstreamHeaders(
            client,
            {.upstream = upstream, .presented = presented, .keys = keys, .bodyRewritten = true})),
        "Idempotency-Key=i;anthropic-version=v;anthropic-beta=b;OpenAI-Project=p;"
        "X-Stainless-Os=o;traceparent=t;Accept-Encoding=identity;");
}

TEST(Forwarding, neverSendsOurKeyEvenToAPassThroughUpstream)
{
    domain::Upstream upstream;
    upstream.passThrough = true;
    const http::Headers client{
        {"X-Exhibit-Key", "exk_1"}, {"x-api-key", "exk_1"}, {"Authorization", "Bearer theirs"}};
    const auto presented = *findPresentedKey(client);
    const UpstreamKeys keys;
    EXPECT_EQ(names(*upstreamHeaders(client,
                                     {.upstream = upstream, .presented = presented, .keys = keys})),
              "Authorization=Bearer theirs;Accept-Encoding=identity;");
}

TEST(Forwarding, sendsAKeyOnlyWhereTheOperatorLetsIt)
{
    ::setenv("WALLS_TEST_KEY", "sk-theirs", 1);
    const auto keys = UpstreamKeys::parse("WALLS_TEST_KEY=https://llm.example").value();
    const PresentedKey nobody;
    domain::Upstream upstream;
    upstream.apiKeyEnv = "WALLS_TEST_KEY";
    upstream.baseUrl = "https://llm.example/v1";
    EXPECT_EQ(
        names(*upstreamHeaders({}, {.upstream = upstream, .presented = nobody, .keys = keys})),
        "Accept-Encoding=identity;Authorization=Bearer sk-theirs;");
    // Also what was written before the operator said so.
    upstream.baseUrl = "https://attacker.example/v1";
    const auto refused
        = upstreamHeaders({}, {.upstream = upstream, .presented = nobody, .keys = keys});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().subject, "upstream_key_missing");
}

TEST(Forwarding, givesTheClientEverythingButHopByHopFieldsAndForgeries)
{
    const http::Headers upstream{{"Connection", "keep-alive"},
                                 {"Keep-Alive", "timeout=5"},
                                 {"Content-Length", "3"},
                                 {"Set-Cookie", "a"},
                                 {"Set-Cookie", "b"},
                                 {"x-request-id", "r"},
                                 {"request-id", "a"},
                                 {"openai-processing-ms", "9"},
                                 {"x-ratelimit-remaining-tokens", "5"},
                                 {"retry-after", "2"},
                                 {"retry-after-ms", "1500"},
                                 {"X-Exhibit-Incident-Id", "forged"},
                                 {"Upgrade", "h2c"}};
    EXPECT_EQ(names(clientHeaders(upstream)),
              "Set-Cookie=a;Set-Cookie=b;x-request-id=r;request-id=a;openai-processing-ms=9;"
              "x-ratelimit-remaining-tokens=5;retry-after=2;retry-after-ms=1500;");
}

TEST(Forwarding, recordsNoCredentials)
{
    const http::Headers headers{{"Authorization", "Bearer exk_1"},
                                {"x-api-key", "exk_1"},
                                {"X-Exhibit-Key", "exk_1"},
                                {"Cookie", "c"},
                                {"User-Agent", "sdk"},
                                {"X-Stainless-Lang", "js"},
                                {"Set-Cookie", "s"},
                                {"OpenAI-Version", "1"},
                                {"X-Request-Id", "r"}};
    EXPECT_EQ(printJson(recordedRequestHeaders(headers)),
              R"({"user-agent":"sdk","x-stainless-lang":"js"})");
    EXPECT_EQ(printJson(recordedResponseHeaders(headers)),
              R"({"openai-version":"1","x-request-id":"r"})");
}

TEST(Forwarding, recordsLongValuesUpToAWholeCharacter)
{
    const std::string ascii(1023, 'a');
    const http::Headers headers{{"User-Agent", ascii + "é"}, {"openai-organization", ascii + "é"}};
    EXPECT_EQ(recordedRequestHeaders(headers).at("user-agent").as_string(), ascii);
    EXPECT_EQ(recordedResponseHeaders(headers).at("openai-organization").as_string(), ascii);
}

} // namespace
} // namespace exhibit::gateway
