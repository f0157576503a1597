// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "tests/models/query/query_text.h"

namespace exhibit::query {
namespace {

using Words = std::vector<std::string>;

TEST(QueryParser, readsWordsPhrasesAndFiltersThatMustAllHold)
{
    const auto query = parse("refund \"free  shipping\" user:u-17");
    ASSERT_TRUE(query);
    ASSERT_EQ(query->groups.size(), 3u);
    EXPECT_EQ(query->groups[0][0].words, Words{"refund"});
    EXPECT_EQ(query->groups[1][0].words, (Words{"free", "shipping"}));
    EXPECT_EQ(query->groups[2][0].field, Field::User);
    EXPECT_EQ(query->groups[2][0].value, "u-17");
    EXPECT_TRUE(query->groups[2][0].words.empty());
}

TEST(QueryParser, readsATagWhole)
{
    const auto tag = onlyClause(R"(-TAG:"Legal Hold")");
    EXPECT_EQ(tag.field, Field::Tag);
    EXPECT_EQ(tag.value, "Legal Hold");
    EXPECT_TRUE(tag.negated);
    EXPECT_EQ(print(*parse("tag:\"a b\" or tag:pii")), "tag:\"a b\" or tag:pii");
    EXPECT_EQ(errorOf("tags:pii").suggestion, "tag");
}

TEST(QueryParser, orJoinsOnlyItsNeighbours)
{
    const auto query = parse("a b OR c or severity:high d");
    ASSERT_TRUE(query);
    ASSERT_EQ(query->groups.size(), 3u);
    EXPECT_EQ(query->groups[0].size(), 1u);
    EXPECT_EQ(query->groups[1].size(), 3u);
    EXPECT_EQ(query->groups[1][2].value, "high");
    EXPECT_EQ(query->groups[2][0].words, Words{"d"});
}

TEST(QueryParser, aMinusNegatesWhatFollows)
{
    EXPECT_TRUE(onlyClause("-refund").negated);
    EXPECT_TRUE(onlyClause("-\"free shipping\"").negated);
    EXPECT_TRUE(onlyClause("-status:resolved").negated);
    EXPECT_EQ(onlyClause("-or").words, Words{"or"});
    EXPECT_EQ(onlyClause("auto-renew").words, Words{"auto-renew"});
}

TEST(QueryParser, keepsWordsAsTyped)
{
    EXPECT_EQ(onlyClause("Größe").words, Words{"Größe"});
    EXPECT_EQ(onlyClause("(DELETE);--").words, Words{"(DELETE);--"});
    EXPECT_EQ(onlyClause("it's").words, Words{"it's"});
    EXPECT_EQ(onlyClause("\"foo:bar\"").words, Words{"foo:bar"});
    EXPECT_EQ(onlyClause(R"("say \"hi\" C:\dir \\")").words,
              (Words{"say", "\"hi\"", "C:\\dir", "\\"}));
}

TEST(QueryParser, addressesAndClocksAreWords)
{
    EXPECT_EQ(onlyClause("https://example.org/a?b=c:d").words,
              Words{"https://example.org/a?b=c:d"});
    EXPECT_EQ(onlyClause("10:30").words, Words{"10:30"});
    EXPECT_EQ(onlyClause("user://x").field, Field::User);
}

TEST(QueryParser, splitsAtUnicodeSpaces)
{
    const auto query = parse("a\u00a0b\u2009c\u3000d\u2028e\tf\r\ng");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->groups.size(), 7u);
    EXPECT_EQ(onlyClause("\"a\u00a0b\"").words, (Words{"a", "b"}));
}

TEST(QueryParser, nothingButSpaceIsTheEmptyQuery)
{
    for (const auto* text : {"", " ", "\t\n\u3000"}) {
        const auto query = parse(text);
        ASSERT_TRUE(query);
        EXPECT_TRUE(query->empty());
    }
}

TEST(QueryParser, saysWhereEachClauseStands)
{
    const auto query = parse("ab  -user:\"x y\"");
    ASSERT_TRUE(query);
    EXPECT_EQ(query->groups[0][0].begin, 0u);
    EXPECT_EQ(query->groups[0][0].end, 2u);
    EXPECT_EQ(query->groups[1][0].begin, 4u);
    EXPECT_EQ(query->groups[1][0].end, 15u);
}

TEST(QueryParser, aMisspelledFieldIsAnErrorWithTheNearestOne)
{
    const auto error = errorOf("refund -sevrity:high");
    EXPECT_EQ(error.suggestion, "severity");
    EXPECT_EQ(error.begin, 8u);
    EXPECT_EQ(error.end, 15u);
    EXPECT_EQ(errorOf("user_id:bob").suggestion, "user");
    EXPECT_EQ(errorOf("sev:high").suggestion, "severity");
}

TEST(QueryParser, anUnknownFieldIsOfferedAsText)
{
    const auto error = errorOf("foo:bar");
    EXPECT_EQ(error.suggestion, "\"foo:bar\"");
    EXPECT_EQ(error.begin, 0u);
    EXPECT_EQ(error.end, 7u);
    EXPECT_NE(error.message.find("severity"), std::string::npos);
    EXPECT_EQ(onlyClause(error.suggestion).words, Words{"foo:bar"});
}

TEST(QueryParser, anOpenQuoteIsAnErrorAtTheQuote)
{
    const auto error = errorOf("a \"b c");
    EXPECT_EQ(error.begin, 2u);
    EXPECT_EQ(error.end, 6u);
    EXPECT_EQ(error.suggestion, "\"b c\"");
    EXPECT_EQ(errorOf("user:\"b").begin, 5u);
    EXPECT_EQ(errorOf("a \" ").suggestion, "");
    const auto escaped = errorOf("\"b\\");
    EXPECT_TRUE(parse(escaped.suggestion)) << escaped.suggestion;
}

TEST(QueryParser, orNeedsANeighbourOnEachSide)
{
    for (const auto* text : {"or", "or a", "a or", "a or or b", "or or"}) {
        const auto error = errorOf(text);
        EXPECT_EQ(error.suggestion, "\"or\"") << text;
        EXPECT_EQ(error.end - error.begin, 2u) << text;
    }
}

TEST(QueryParser, aMinusNeedsSomethingDirectlyBehindIt)
{
    EXPECT_EQ(errorOf("a - b").suggestion, "-b");
    EXPECT_EQ(errorOf("a - b").begin, 2u);
    EXPECT_EQ(errorOf("a -").suggestion, "");
    EXPECT_EQ(errorOf("--verbose").suggestion, "\"--verbose\"");
}

TEST(QueryParser, aFilterNeedsAValue)
{
    EXPECT_EQ(errorOf("user:").end, 5u);
    EXPECT_EQ(errorOf("user: bob").suggestion, "user:bob");
    EXPECT_EQ(errorOf("-model: \"gpt 4\"").suggestion, "-model:\"gpt 4\"");
    errorOf("user:\"\" bob");
    errorOf("cost:>");
}

TEST(QueryParser, textWithoutLettersOrDigitsIsRefused)
{
    for (const auto* text : {"&", "a & b", "\"\"", "\" \"", "\"... !\"", "-:"}) {
        errorOf(text);
    }
    EXPECT_EQ(onlyClause("\"terms & conditions\"").words, (Words{"terms", "&", "conditions"}));
    EXPECT_EQ(onlyClause("😀").words, Words{"😀"});
}

TEST(QueryParser, bytesThatAreNoTextAreRefused)
{
    errorOf("\xff");
    errorOf("a\xe2\x80");
    errorOf(std::string_view("a\0b", 3));
    EXPECT_EQ(errorOf("a\x1b[31m").begin, 1u);
    errorOf("\x7f");
}

TEST(QueryParser, refusesOneByteTooMany)
{
    const std::string longest = "a " + std::string(limits::kQueryBytesMax - 2, 'b');
    EXPECT_TRUE(parse(longest));
    EXPECT_EQ(errorOf(longest + "b").begin, limits::kQueryBytesMax);
}

TEST(QueryParser, refusesOneTermTooMany)
{
    std::string most = "user:u \"a b\"";
    for (std::size_t i = 3; i < limits::kQueryTermsMax; ++i) {
        most += " w";
    }
    EXPECT_TRUE(parse(most));
    EXPECT_EQ(errorOf(most + " x").begin, most.size() + 1);
}

} // namespace
} // namespace exhibit::query
