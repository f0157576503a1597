// SPDX-License-Identifier: Apache-2.0
#include "server/http/chunk_decoder.h"

#include <gtest/gtest.h>

namespace exhibit::http {

namespace {

struct Decoded {
    Bytes body;
    std::size_t consumed = 0;
    bool done = false;
    int status = 0;
};

Decoded decode(BytesView bytes, std::size_t piece = 1'000'000, std::size_t bodyBytesMax = 1000)
{
    ChunkDecoder decoder(bodyBytesMax);
    Decoded decoded;
    while (decoded.consumed < bytes.size() && !decoder.done()) {
        const auto step = decoder.feed(bytes.substr(decoded.consumed, piece), decoded.body);
        decoded.consumed += step.consumed;
        if (step.refusal) {
            decoded.status = step.refusal->status;
            break;
        }
    }
    decoded.done = decoder.done();
    return decoded;
}

} // namespace

TEST(ChunkDecoder, joinsChunksHoweverTheyAreSplit)
{
    const BytesView bytes = "5\r\nhello\r\n6;ext=\"a\"\r\n world\r\n0\r\nTrailer: x\r\n\r\nNEXT";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        const Decoded decoded = decode(bytes, piece);
        EXPECT_TRUE(decoded.done) << piece;
        EXPECT_EQ(decoded.body, "hello world");
        EXPECT_EQ(bytes.substr(decoded.consumed), "NEXT");
    }
}

TEST(ChunkDecoder, refusesGarbage)
{
    for (const char* bytes : {"x\r\n",
                              "\r\n",
                              "-1\r\n",
                              "+1\r\na",
                              "0x1\r\na\r\n",
                              "1\na\r\n",
                              "1\r\na\n",
                              "1\r\nab\r\n",
                              "1 \r\na\r\n",
                              "1 1\r\na\r\n",
                              "ffffffffffffffff\r\n",
                              "000000001\r\na\r\n",
                              "1;\rx\r\na\r\n"}) {
        EXPECT_EQ(decode(bytes).status, 400) << bytes;
    }
}

TEST(ChunkDecoder, refusesOneByteOverTheBodyLimit)
{
    EXPECT_TRUE(decode("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 100, 5).done);
    EXPECT_EQ(decode("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n", 100, 5).status, 413);
    EXPECT_EQ(decode("ffffffff\r\n", 100, 5).status, 413);
}

TEST(ChunkDecoder, refusesEndlessExtensionsAndTrailers)
{
    const std::string extension = "1;" + std::string(limits::kHttpChunkLineBytesMax, 'a') + "\r\n";
    EXPECT_EQ(decode(extension).status, 400);
    std::string trailers = "0\r\n";
    while (trailers.size() <= limits::kHttpHeaderBytesMax) {
        trailers += "X: y\r\n";
    }
    EXPECT_EQ(decode(trailers).status, 400);
}

} // namespace exhibit::http
