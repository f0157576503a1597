// SPDX-License-Identifier: Apache-2.0
#include "tests/models/query/query_text.h"

#include <algorithm>

namespace exhibit::query {
namespace {

std::vector<std::string> texts(std::string_view text, std::size_t cursor)
{
    std::vector<std::string> out;
    for (const auto& completion : complete(text, cursor)) {
        out.push_back(completion.text);
    }
    return out;
}

TEST(QueryCompletion, offersEveryFieldInAnEmptyQuery)
{
    const auto all = texts("", 0);
    EXPECT_EQ(all.size(), 14u);
    EXPECT_EQ(std::ranges::count(all, "or"), 0);
}

TEST(QueryCompletion, completesTheFieldUnderTheCursor)
{
    const auto found = complete("refund SE more", 9);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].text, "session:");
    EXPECT_EQ(found[1].text, "severity:");
    EXPECT_EQ(found[1].begin, 7u);
    EXPECT_EQ(found[1].end, 9u);
    EXPECT_FALSE(found[1].label.empty());
    EXPECT_EQ(texts("-sev", 4), std::vector<std::string>{"-severity:"});
    EXPECT_EQ(texts("ta", 2), std::vector<std::string>{"tag:"});
}

TEST(QueryCompletion, completesTheValuesOfClosedSets)
{
    EXPECT_EQ(texts("severity:", 9),
              (std::vector<std::string>{
                  "severity:critical", "severity:high", "severity:medium", "severity:low"}));
    EXPECT_EQ(texts("a -STATUS:In", 12), std::vector<std::string>{"-status:investigating"});
    EXPECT_TRUE(texts("user:", 5).empty());
    EXPECT_TRUE(texts("foo:", 4).empty());
}

TEST(QueryCompletion, offersComparisonsWhereTheyAreTaken)
{
    EXPECT_EQ(texts("cost:", 5),
              (std::vector<std::string>{"cost:>", "cost:>=", "cost:<", "cost:<="}));
    EXPECT_TRUE(texts("cost:1", 6).empty());
}

TEST(QueryCompletion, offersOrOnlyBehindAClause)
{
    const auto behind = texts("a ", 2);
    EXPECT_EQ(std::ranges::count(behind, "or"), 1);
    EXPECT_EQ(texts("a o", 3), std::vector<std::string>{"or"});
    EXPECT_TRUE(texts("o", 1).empty());
    const auto afterOr = texts("a or ", 5);
    EXPECT_EQ(std::ranges::count(afterOr, "or"), 0);
}

TEST(QueryCompletion, isSilentInsideQuotes)
{
    EXPECT_TRUE(complete("\"sev", 4).empty());
    EXPECT_TRUE(complete("\"a \\\" sev", 9).empty());
    EXPECT_FALSE(complete("\"a\" sev", 7).empty());
}

TEST(QueryCompletion, takesACursorBehindTheEnd)
{
    EXPECT_EQ(texts("sev", 99), std::vector<std::string>{"severity:"});
}

TEST(QueryCompletion, whatItOffersParsesOnceItHasAValue)
{
    for (const auto& completion : complete("", 0)) {
        const auto error = errorOf(completion.text);
        EXPECT_NE(error.message.find("needs a value"), std::string::npos);
    }
    for (const auto* field : {"severity:", "status:"}) {
        for (const auto& text : texts(field, 99)) {
            EXPECT_TRUE(parse(text)) << text;
        }
    }
}

} // namespace
} // namespace exhibit::query
