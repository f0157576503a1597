// SPDX-License-Identifier: Apache-2.0
#include "tests/models/query/query_text.h"

#include <random>

namespace exhibit::query {
namespace {

std::string printed(std::string_view text)
{
    const auto query = parse(text);
    EXPECT_TRUE(query) << text;
    return query ? print(*query) : std::string();
}

TEST(QueryPrinter, printsTheCanonicalText)
{
    EXPECT_EQ(printed("  a   OR  b -c "), "a or b -c");
    EXPECT_EQ(printed("\"one\""), "one");
    EXPECT_EQ(printed("\"a   b\""), "\"a b\"");
    EXPECT_EQ(printed("SEVERITY:High"), "severity:high");
    EXPECT_EQ(printed("latency:>=2000"), "latency:>=2s");
    EXPECT_EQ(printed("cost:<\"1.50\""), "cost:<1.5");
}

TEST(QueryPrinter, quotesWhatWouldReadOtherwise)
{
    for (const auto* text : {"\"or\"",
                             "\"foo:bar\"",
                             "\"-x\"",
                             R"("a\"b")",
                             "user:\"a b\"",
                             "user:\">x\"",
                             "-\"or\"",
                             R"(user:"a\"b")"}) {
        EXPECT_EQ(printed(text), text);
    }
    EXPECT_EQ(printed("\">5\""), ">5");
    EXPECT_EQ(printed("\"http://x\""), "http://x");
}

/// Text made of the pieces that matter to the language, in any order.
std::string randomText(std::mt19937& random)
{
    static const std::vector<std::string> kPieces
        = {" ",       " ",          " ",         " ",       "\"",         "\"",      "\\",
           "-",       ":",          ">",         "<",       "=",          "or",      "OR",
           "a",       "Zz",         "ß",         "日本",    "😀",          "\u00a0",  "\u2009",
           "\t",      "user:",      "session:",  "run:",    "severity:",  "high",    "Critical",
           "policy:", "pii_x",      "status:",   "open",    "model:",     "gpt-4o*", "after:",
           "before:", "2026-11-21", "T10:00:00", "Z",       ".123456789", "+02:00",  "cost:",
           "0.50",    "12",         ".",         "00",      "latency:",   "2s",      "500",
           "ms",      "h",          "http://x",  "foo:bar", "&",          "'",       "\xff",
           "\x01"};
    std::uniform_int_distribution<std::size_t> count(0, 12);
    std::uniform_int_distribution<std::size_t> piece(0, kPieces.size() - 1);
    std::string text;
    for (std::size_t i = count(random); i > 0; --i) {
        text += kPieces[piece(random)];
    }
    return text;
}

TEST(QueryPrinter, parsingWhatWasPrintedGivesTheSameQuery)
{
    std::mt19937 random(20261121);
    std::size_t parsed = 0;
    for (int round = 0; round < 40'000; ++round) {
        const std::string text = randomText(random);
        const auto query = parse(text);
        if (!query) {
            ASSERT_LE(query.error().begin, query.error().end) << text;
            ASSERT_LE(query.error().end, text.size()) << text;
            ASSERT_FALSE(query.error().message.empty());
            continue;
        }
        ++parsed;
        const std::string once = print(*query);
        const auto again = parse(once);
        ASSERT_TRUE(again) << text << " => " << once << ": " << again.error().message;
        ASSERT_TRUE(sameMeaning(*query, *again)) << text << " => " << once;
        ASSERT_EQ(print(*again), once) << text;
    }
    EXPECT_GT(parsed, 4'000u); // Or the property would hold of nothing.
}

} // namespace
} // namespace exhibit::query
