// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/provider_answer.h"

#include "models/replay/comparison.h"
#include "server/gateway/sse_parser.h"

#include <gtest/gtest.h>

#include <random>

namespace exhibit::gateway {
namespace {

using domain::MatchLevel;

ProviderAnswer whole(const Surface& surface, int status, const Bytes& bytes)
{
    ProviderAnswer answer;
    answer.surface = &surface;
    answer.status = status;
    answer.parts.push_back({1, bytes});
    return answer;
}

/// As the gateway keeps it.
ProviderAnswer embeddings(const std::string& vector, const std::string& second = "[0.5]")
{
    const Bytes body = R"({"object":"list","data":[{"index":0,"embedding":)" + vector
        + R"(},{"index":1,"embedding":)" + second + R"(}],"model":"e"})";
    return whole(embeddingsSurface(), 200, embeddingsSurface().digested(body).value());
}

MatchLevel levelOf(const ProviderAnswer& original, const ProviderAnswer& replayed)
{
    return replay::compareAnswers(contentOf(original), contentOf(replayed)).level;
}

TEST(ContentOf, embeddingsAreComparedByTheDigestsOfTheirVectors)
{
    const auto original = embeddings("[0.25,-1]");
    EXPECT_EQ(contentOf(original).digests.size(), 2U);
    EXPECT_EQ(levelOf(original, embeddings("[0.25,-1]")), MatchLevel::Exact);
    EXPECT_EQ(levelOf(original, embeddings("[0.25,-1.5]")), MatchLevel::Mismatch);
    EXPECT_EQ(levelOf(original, embeddings("[0.25,-1]", "\"AAAA\"")), MatchLevel::Mismatch);
}

TEST(ContentOf, aDigestIsTheSameBeforeAndAfterItStandsInTheRecord)
{
    const Bytes body = R"({"object":"list","data":[{"index":0,"embedding":[1,2]}]})";
    EXPECT_EQ(contentOf(whole(embeddingsSurface(), 200, body)).digests,
              contentOf(whole(embeddingsSurface(), 200, embeddingsSurface().digested(body).value()))
                  .digests);
}

TEST(ContentOf, errorsSayTheirStatusAndTheirBytes)
{
    const auto error = [](int status, const std::string& message) {
        return whole(chatSurface(), status, R"({"error":{"message":")" + message + R"("}})");
    };
    EXPECT_EQ(levelOf(error(400, "too long"), error(400, "too long")), MatchLevel::Exact);
    EXPECT_EQ(levelOf(error(400, "too long"), error(401, "too long")), MatchLevel::Mismatch);
    EXPECT_NE(levelOf(error(400, "too long"), error(400, "no such model")), MatchLevel::Exact);
    const auto bytes
        = [](char last) { return whole(chatSurface(), 400, Bytes("\xFF\xFE") + last); };
    EXPECT_EQ(levelOf(bytes('a'), bytes('a')), MatchLevel::Exact);
    EXPECT_EQ(levelOf(bytes('a'), bytes('b')), MatchLevel::Mismatch);
    const auto longer
        = [](char last) { return whole(chatSurface(), 400, Bytes(64 * 1024, 'x') + last); };
    EXPECT_TRUE(contentOf(longer('a')).texts.empty());
    EXPECT_EQ(levelOf(longer('a'), longer('b')), MatchLevel::Mismatch);
}

TEST(ContentOf, anAnswerWithoutTextsSaysWhatItsBytesSay)
{
    const auto refusal = [](const std::string& id) {
        return whole(chatSurface(), 200, R"({"id":")" + id + R"(","choices":[]})");
    };
    EXPECT_TRUE(replay::saysAnything(contentOf(refusal("a"))));
    EXPECT_NE(levelOf(refusal("a"), refusal("b")), MatchLevel::Exact);
}

TEST(ContentOf, whatWasCutBeforeItsFirstTextSaysNothing)
{
    ProviderAnswer cut;
    cut.status = 200;
    cut.streamed = true;
    cut.ended = false;
    cut.parts.push_back(
        {1, "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n"});
    EXPECT_FALSE(replay::saysAnything(contentOf(cut)));
    EXPECT_EQ(levelOf(cut, cut), MatchLevel::Mismatch);
    auto unreadable = whole(chatSurface(), 200, "\x1f\x8b");
    unreadable.unreadable = "coded";
    EXPECT_FALSE(replay::saysAnything(contentOf(unreadable)));
}

TEST(CountEvents, isWhatTheParserFinds)
{
    const std::string kBytes[] = {"\n", "\n", "\r", "\r\n", "data: x", ":", "\xEF\xBB\xBF", "id"};
    std::mt19937 random(7);
    for (int round = 0; round < 20'000; ++round) {
        // Half of them without CR, as nearly every stream is.
        const bool returns = round % 2 == 0;
        std::string stream;
        for (std::size_t i = random() % 12; i > 0; --i) {
            const auto& piece = kBytes[random() % std::size(kBytes)];
            stream += returns || piece.front() != '\r' ? piece : "data";
        }
        SseParser parser;
        parser.append(stream);
        std::int64_t found = 0;
        for (auto event = parser.next(); event && *event; event = parser.next()) {
            ++found;
        }
        while (parser.finish()) {
            ++found;
        }
        ASSERT_EQ(countEvents(stream), found) << testing::PrintToString(stream);
    }
}

storage::RecordedCall streamOf(std::vector<storage::RecordedPiece> released)
{
    storage::RecordedCall call;
    call.endpoint = "/v1/chat/completions";
    call.outcome = "completed";
    call.upstreamStatus = 200;
    call.responseHeaders = JsonObject{{"content-type", "text/event-stream"}};
    call.released = std::move(released);
    return call;
}

TEST(RecordedAnswer, isTheSameWhetherItsEventsAreTakenApartOrNot)
{
    const auto plain = streamOf({{0, 2, 10, "data: a\n\ndata: b\n\n"},
                                 {2, 1, 20, "data: [DONE]\n\n"},
                                 {3, 0, 30, "our own ending"}});
    const auto answer = recordedAnswer(plain);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->bytes(), "data: a\n\ndata: b\n\ndata: [DONE]\n\n");
    EXPECT_EQ(answer->parts.back().atUs, 20);
    // What went out later than what came behind it, and what was withheld, stands where it came.
    auto overtaken = streamOf({{1, 1, 20, "data: b\n\n"}, {0, 1, 30, "data: a\n\n"}});
    ASSERT_TRUE(recordedAnswer(overtaken));
    EXPECT_EQ(recordedAnswer(overtaken)->bytes(), "data: a\n\ndata: b\n\n");
    overtaken.released.pop_back();
    overtaken.withheld.push_back({0, 1, 5, "data: w\n\n"});
    ASSERT_TRUE(recordedAnswer(overtaken));
    EXPECT_EQ(recordedAnswer(overtaken)->bytes(), "data: w\n\ndata: b\n\n");
}

TEST(RecordedAnswer, refusesPiecesOfAnotherNumberOfEvents)
{
    const auto code = [](const storage::RecordedCall& call) {
        const auto answer = recordedAnswer(call);
        return answer ? ErrorCode::Internal : answer.error().code;
    };
    EXPECT_EQ(code(streamOf({{0, 1, 10, "data: a\n\ndata: b\n\n"}})), ErrorCode::Corrupt);
    auto changed = streamOf({{0, 3, 10, "data: a\n\ndata: b\n\n"}});
    changed.withheld.push_back({3, 1, 5, "data: w\n\n"});
    EXPECT_EQ(code(changed), ErrorCode::Corrupt);
}

} // namespace
} // namespace exhibit::gateway
