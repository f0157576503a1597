// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/argument_strings.h"

#include "models/base/json_walk.h"
#include "server/gateway/replaced_text.h"

#include <gtest/gtest.h>

namespace exhibit::gateway {
namespace {

using prevention::Replacement;

std::string redacted(const std::string& arguments,
                     std::vector<Replacement> raw,
                     const std::vector<ArgumentFinding>& found = {})
{
    const auto replacements = argumentReplacements(arguments, std::move(raw), found);
    return applyReplacements(arguments, 0, arguments.size(), replacements);
}

TEST(ArgumentStrings, areTheValuesAndNamesThatHaveEscapes)
{
    const std::string arguments = R"({"a":"plain","b":["x\u0041","y"],"\u0063d":{"e":"\n"}})";
    const auto found = escapedStrings(arguments);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].path, "b/0");
    EXPECT_EQ(found[0].decoded, "xA");
    EXPECT_EQ(arguments.substr(found[0].begin, found[0].end - found[0].begin), R"("x\u0041")");
    EXPECT_EQ(found[1].path, "cd/~name");
    EXPECT_EQ(found[1].decoded, "cd");
    EXPECT_EQ(arguments.substr(found[1].begin, found[1].end - found[1].begin), R"("\u0063d")");
    EXPECT_EQ(found[2].path, "cd/e");
    EXPECT_TRUE(escapedStrings(R"({"a":"plain"})").empty());
}

TEST(ArgumentStrings, loseWhatTheTextsOwnRedactionCoversBesideTheirFindings)
{
    // "password":"hunter2 a is one match of the text, a@b.co one of what the value decodes to.
    const std::string arguments = R"({"password":"hunter2 a@b.co\n","x":1})";
    auto found = escapedStrings(arguments);
    ASSERT_EQ(found.size(), 1U);
    const std::vector<ArgumentFinding> email{{found[0], {{8, 14, "[EMAIL]"}}}};
    const auto over = arguments.find("hunter2");
    EXPECT_EQ(redacted(arguments, {{1, over + 7, "[SECRET]"}}, email),
              R"({"[SECRET]":"[SECRET] [EMAIL]\n","x":1})");
    EXPECT_EQ(redacted(arguments, {{1, over + 10, "[SECRET]"}}, email),
              R"({"[SECRET]":"[SECRET]\n","x":1})");
    // It ends within an escape, which goes as a whole.
    EXPECT_EQ(redacted(arguments, {{1, over + 15, "[SECRET]"}}, email),
              R"({"[SECRET]":"[SECRET]","x":1})");
    const std::string pair = R"({"a":"\ud83d\ude00 a@b.co"})";
    found = escapedStrings(pair);
    EXPECT_EQ(redacted(pair, {{1, 8, "[S]"}}, {{found[0], {{5, 11, "[EMAIL]"}}}}),
              R"({"[S]":"[S] [EMAIL]"})");
}

TEST(ArgumentStrings, readATextThatIsNoJsonWithoutItsEscapes)
{
    const struct {
        const char* text;
        const char* decoded;
    } cases[] = {
        {R"({"cmd":"\u0072m -rf)", R"({"cmd":"rm -rf)"}, // The provider's token limit cut it.
        {R"(find C:\x\u00e9 \q \)", "find C:\\x\xC3\xA9 \\q \\"},
        {R"(\ud83d\ude00 \ud83d \u12)", "\xF0\x9F\x98\x80 \xEF\xBF\xBD \\u12"},
    };
    for (const auto& [text, decoded] : cases) {
        const auto found = escapedStrings(text);
        ASSERT_EQ(found.size(), 1U) << text;
        EXPECT_EQ(found[0].decoded, decoded);
        EXPECT_EQ(found[0].end, std::string(text).size());
    }
}

TEST(ArgumentStrings, redactedArgumentsStayJson)
{
    // "n" of the escape is what the pattern took for the beginning of an address.
    const std::string mail = R"({"to":"a\nbo@x.org","n":41111,"bo@x.org":[true]})";
    const auto at = mail.find("nbo@");
    const auto number = mail.find("41111");
    const auto name = mail.rfind("bo@");
    auto strings = escapedStrings(mail);
    ASSERT_EQ(strings.size(), 1U);
    const auto text = redacted(
        mail,
        {{at, at + 9, "[EMAIL]"}, {number, number + 5, "[CARD]"}, {name, name + 8, "[EMAIL]"}},
        {{strings[0], {{2, 10, "[EMAIL]"}}}});
    EXPECT_EQ(text, R"({"to":"a\n[EMAIL]","n":"[CARD]","[EMAIL]":[true]})");
    EXPECT_TRUE(JsonWalk::parse(text).has_value());
}

TEST(ArgumentStrings, aRedactionThatOnlyTheRawFormShowsTakesTheWholeString)
{
    const std::string text = R"({"a":"x\u0041y","b":1})";
    EXPECT_EQ(redacted(text, {{8, 12, "[GONE]"}}), R"({"a":"[GONE]","b":1})");
}

TEST(ArgumentStrings, placeholdersAreQuoted)
{
    const std::string text = R"({"a":"secret"})";
    EXPECT_EQ(redacted(text, {{6, 12, R"(<"x">)"}}), R"({"a":"<\"x\">"})");
}

TEST(ArgumentStrings, ofAnyTextAreRedactedAsText)
{
    EXPECT_EQ(redacted("call 1234", {{5, 9, "[PHONE]"}}), "call [PHONE]");
    const std::string cut = R"({"a":"\u0031234)";
    EXPECT_EQ(redacted(cut, {}, {{escapedStrings(cut)[0], {{6, 10, "[PHONE]"}}}}),
              R"({"a":"[PHONE])");
}

} // namespace
} // namespace exhibit::gateway
