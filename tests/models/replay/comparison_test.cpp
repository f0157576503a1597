// SPDX-License-Identifier: Apache-2.0
#include "models/replay/comparison.h"

#include <gtest/gtest.h>

namespace exhibit::replay {
namespace {

using domain::MatchLevel;

AnswerContent answer(const std::string& text, bool whole = true)
{
    AnswerContent content;
    content.texts["choices/0/content"] = text;
    if (whole) {
        content.finishReasons = {"stop"};
    }
    content.whole = whole;
    return content;
}

MatchLevel levelOf(const AnswerContent& original, const AnswerContent& replayed)
{
    return compareAnswers(original, replayed).level;
}

TEST(Comparison, theSameBytesAreExactHoweverTheProviderPadsThem)
{
    auto original = answer("Your contract runs until May.");
    auto replayed = original;
    original.texts["choices/0/obfuscation"] = "aZ9";
    replayed.texts["choices/0/obfuscation"] = "q";
    replayed.model = "another name of the model";
    EXPECT_EQ(levelOf(original, replayed), MatchLevel::Exact);
}

TEST(Comparison, whiteSpaceAndTheOrderOfMembersAreLogical)
{
    EXPECT_EQ(levelOf(answer("It  renews\nin May. "), answer("It renews in May.")),
              MatchLevel::Logical);
    auto original = answer("");
    auto replayed = answer("");
    const std::string arguments = "choices/0/tool_calls/0/function/arguments";
    original.texts[arguments] = R"({"id":"C-1","n":2})";
    replayed.texts[arguments] = R"({ "n": 2, "id": "C-1" })";
    EXPECT_EQ(levelOf(original, replayed), MatchLevel::Logical);
    replayed.texts[arguments] = R"({"n":3,"id":"C-1"})";
    EXPECT_NE(levelOf(original, replayed), MatchLevel::Logical);
}

TEST(Comparison, anotherEndIsNeverEqual)
{
    auto replayed = answer("It renews.");
    replayed.finishReasons = {"length"};
    EXPECT_EQ(levelOf(answer("It renews."), replayed), MatchLevel::Semantic);
}

TEST(Comparison, theSameStatementInMostlyTheSameWordsIsSemanticAndTheMethodSaysLexical)
{
    const auto match = compareAnswers(
        answer(
            "Your contract C-2041 will renew automatically on 31 December 2026 for another year."),
        answer("Contract C-2041 will renew automatically on 31 December 2026 for another year."));
    EXPECT_EQ(match.level, MatchLevel::Semantic);
    EXPECT_NE(match.comparison.method.find("lexical"), std::string::npos);
    EXPECT_EQ(match.comparison.threshold, "0.7000");
    EXPECT_GT(match.comparison.score, "0.7000");
}

TEST(Comparison, anAnswerToSomethingElseIsAMismatch)
{
    const auto match = compareAnswers(answer("Your contract will renew automatically."),
                                      answer("I cannot tell you anything about the weather."));
    EXPECT_EQ(match.level, MatchLevel::Mismatch);
    EXPECT_LT(match.comparison.score, match.comparison.threshold);
}

TEST(Comparison, aMeasureOfMeaningIsNamedWithItsThreshold)
{
    const auto original = answer("It renews by itself.");
    const auto replayed = answer("There is nothing you have to do: the term is extended.");
    const auto by = [](Result<double> score) {
        return SemanticMeasure{"embeddings: cosine of m at h",
                               0.85,
                               [score](const auto&, const auto&) { return score; }};
    };
    const auto alike = compareAnswers(original, replayed, by(0.85));
    EXPECT_EQ(alike.level, MatchLevel::Semantic);
    EXPECT_EQ(alike.comparison.method, "embeddings: cosine of m at h");
    EXPECT_EQ(alike.comparison.score, "0.8500");
    EXPECT_EQ(alike.comparison.threshold, "0.8500");
    EXPECT_EQ(compareAnswers(original, replayed, by(0.8499)).level, MatchLevel::Mismatch);
    EXPECT_EQ(compareAnswers(original, original, by(0.0)).level, MatchLevel::Exact)
        << "bytes that are equal need no opinion";
    const auto lexical
        = compareAnswers(original, replayed, by(fail(ErrorCode::Unavailable, "away")));
    EXPECT_EQ(lexical.level, MatchLevel::Mismatch);
    EXPECT_TRUE(lexical.comparison.method.starts_with("lexical: ")) << lexical.comparison.method;
    EXPECT_NE(lexical.comparison.method.find("(embeddings: cosine of m at h could not be had)"),
              std::string::npos);
}

TEST(Comparison, anOriginalThatWasCutIsComparedAsFarAsItGoes)
{
    const auto match
        = compareAnswers(answer("It will auto-", false), answer("It will auto-renew in May."));
    EXPECT_EQ(match.level, MatchLevel::Exact);
    EXPECT_NE(match.comparison.method.find("as far as the original goes"), std::string::npos);
    EXPECT_NE(levelOf(answer("It will not", false), answer("It will auto-renew in May.")),
              MatchLevel::Exact);
}

TEST(Comparison, anotherStatusIsAMismatchWhateverIsSaid)
{
    auto replayed = answer("Yes.");
    replayed.status = 200;
    EXPECT_EQ(levelOf(answer("Yes."), replayed), MatchLevel::Mismatch);
}

TEST(Comparison, otherDigestsAreAMismatchAndTheSameOnesExact)
{
    AnswerContent original;
    original.digests["data/0/embedding"] = "aa";
    EXPECT_EQ(levelOf(original, original), MatchLevel::Exact);
    auto replayed = original;
    replayed.digests["data/0/embedding"] = "ab";
    EXPECT_EQ(levelOf(original, replayed), MatchLevel::Mismatch);
}

TEST(Comparison, nothingIsLikeWhatSaysNothing)
{
    AnswerContent original;
    original.texts["choices/0/content"] = "";
    original.texts["choices/0/obfuscation"] = "aZ9";
    EXPECT_FALSE(saysAnything(original));
    EXPECT_EQ(levelOf(original, original), MatchLevel::Mismatch);
    original.whole = false;
    EXPECT_EQ(levelOf(original, original), MatchLevel::Mismatch);
}

TEST(Comparison, aChannelThatIsMissingOrNewIsNotEqual)
{
    auto more = answer("Yes.");
    more.texts["choices/1/content"] = "No.";
    EXPECT_NE(levelOf(answer("Yes."), more), MatchLevel::Exact);
    EXPECT_NE(levelOf(more, answer("Yes.")), MatchLevel::Exact);
}

} // namespace
} // namespace exhibit::replay
