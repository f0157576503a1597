// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/content_coding.h"

#include "tests/server/gateway/gzip_body.h"

namespace exhibit::gateway {
namespace {

Bytes text()
{
    Bytes body = R"({"messages":[)";
    for (int i = 0; i < 5000; ++i) {
        body += std::to_string(i * 7919);
    }
    return body;
}

// {"model":"gpt-4o","messages":[]} as the reference programs wrote it.
const Bytes kSmall = R"({"model":"gpt-4o","messages":[]})";

TEST(ContentCoding, undoesGzipAndBothKindsOfDeflate)
{
    EXPECT_EQ(decodeContent("gzip", deflateBody(text(), 31), 1 << 20), text());
    EXPECT_EQ(decodeContent(" X-GZIP ", deflateBody(text(), 31), 1 << 20), text());
    EXPECT_EQ(decodeContent("deflate", deflateBody(text(), 15), 1 << 20), text());
    EXPECT_EQ(decodeContent("deflate", deflateBody(text(), -15), 1 << 20), text());
    const Bytes members = deflateBody("one", 31) + deflateBody("two", 31);
    EXPECT_EQ(decodeContent("gzip", members, 100), "onetwo");
}

TEST(ContentCoding, undoesBrotliAndZstd)
{
    const Bytes brotli
        = fromHex("8b0f807b226d6f64656c223a226770742d346f222c226d65737361676573223a5b5d7d03")
              .value();
    EXPECT_EQ(decodeContent("br", brotli, 100), kSmall);
    EXPECT_FALSE(decodeContent("br", brotli + "more", 100).has_value());
    EXPECT_FALSE(decodeContent("br", brotli, kSmall.size() - 1).has_value());
    const Bytes zstd = fromHex("28b52ffd24200101007b226d6f64656c223a226770742d346f222c226d657373616"
                               "76573223a5b5d7d57574f6e")
                           .value();
    EXPECT_EQ(decodeContent("zstd", zstd, 100), kSmall);
    EXPECT_FALSE(decodeContent("zstd", zstd.substr(0, 20), 100).has_value());
    EXPECT_FALSE(decodeContent("zstd", zstd, kSmall.size() - 1).has_value());
}

TEST(ContentCoding, undoesSeveralCodingsInReverseOrder)
{
    const Bytes twice = deflateBody(deflateBody(text(), 15), 31);
    EXPECT_EQ(decodeContent("deflate, gzip", twice, 1 << 20), text());
    EXPECT_FALSE(decodeContent("gzip, deflate", twice, 1 << 20).has_value());
}

TEST(ContentCoding, passesIdentity)
{
    EXPECT_EQ(decodeContent("", "x", 100), "x");
    EXPECT_EQ(decodeContent("identity", "x", 100), "x");
    EXPECT_TRUE(isIdentity(" , Identity"));
    EXPECT_FALSE(isIdentity("gzip"));
}

TEST(ContentCoding, refusesDamageAndUnknownCodings)
{
    for (const std::string_view coding : {"gzip", "deflate", "br", "zstd", "compress", "exi"}) {
        EXPECT_FALSE(decodeContent(coding, "no such format", 1 << 20).has_value()) << coding;
    }
    const Bytes whole = deflateBody(text(), 31);
    EXPECT_FALSE(decodeContent("gzip", whole.substr(0, whole.size() / 2), 1 << 20).has_value());
    EXPECT_FALSE(decodeContent("deflate", deflateBody("x", 15) + "more", 1 << 20).has_value());
    EXPECT_FALSE(decodeContent("gzip,gzip,gzip,gzip,gzip", whole, 1 << 20).has_value());
}

TEST(ContentCoding, refusesOneByteTooManyBeforeItIsAllDecoded)
{
    const Bytes body = deflateBody(text(), 31);
    EXPECT_TRUE(decodeContent("gzip", body, text().size()).has_value());
    EXPECT_EQ(decodeContent("gzip", body, text().size() - 1).error().code, ErrorCode::TooLarge);
    const Bytes bomb = deflateBody(Bytes(50'000'000, 'a'), 31);
    EXPECT_LT(bomb.size(), 100'000U);
    EXPECT_EQ(decodeContent("gzip", bomb, 1 << 20).error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace exhibit::gateway
