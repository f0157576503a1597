// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "models/scan/dialect.h"
#include "models/scan/pattern_set.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace exhibit::scan {
namespace {

Result<std::shared_ptr<const PatternSet>> compileOne(PatternSpec spec)
{
    return PatternSet::compile(std::array{std::move(spec)});
}

Result<std::shared_ptr<const PatternSet>> compileOne(std::string pattern)
{
    return compileOne(PatternSpec{std::move(pattern), {}, Validator::None, true});
}

std::string repeated(std::string_view part, std::size_t count)
{
    std::string text;
    for (std::size_t index = 0; index < count; ++index) {
        text += part;
    }
    return text;
}

TEST(Dialect, namesTheDisguisesToLookThrough)
{
    EXPECT_EQ(parsePattern("secret").value().folds, 0);
    EXPECT_EQ(parsePattern("(?fold)secret").value().folds, kEveryFold);
    EXPECT_EQ(parsePattern("(?i)(?fold=zero_width,homoglyphs)secret").value().folds,
              static_cast<Folds>(Fold::ZeroWidth) | static_cast<Folds>(Fold::Homoglyphs));
    EXPECT_EQ(parsePattern("(?fold)secret").value().longest, 6U);
    for (const std::string wrong : {"(?fold",
                                    "(?fold=)a",
                                    "(?fold=case)a",
                                    "(?fold=zero_width,)a",
                                    "(?fold=zero_width",
                                    "(?folds)a",
                                    "(?fold)",
                                    "(?fold)*a"}) {
        EXPECT_FALSE(compileOne(wrong)) << wrong;
    }
}

TEST(Dialect, acceptsWhatPoliciesAreWrittenIn)
{
    for (const std::string pattern :
         {R"(\b\d{3}-\d{2}-\d{4}\b)",
          R"((?i)\b(is|will be) (set to )?(auto[- ]?renew)\b)",
          R"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24})",
          R"((?<![0-9])\d{13,19}(?![0-9]))",
          R"((?<!\w)key(?!\d))",
          R"((?<![^a-z])x(?!.))",
          "a|b|cd",
          "(a|b)+?c*?d??e{2}?",
          "a{2,}b{3,5}",
          "(?:ab|)c",
          "()a",
          R"([\]\-\\^])",
          R"([^\s"'])",
          "[-a]",
          "[a-]",
          "[+--]",
          R"([\w.-]+)",
          R"(\x41\x{20AC}\.)",
          "(?i:abc)d",
          "a(?i)b",
          "äöü|日本",
          "[ä-ü€]",
          "}",
          "]",
          R"(\{\})",
          R"(\W\D\S\n\r\t\f)",
          "a{0}b",
          R"(-----BEGIN KEY-----(?:[A-Za-z0-9+/=\s]{0,1000})?)"}) {
        const auto compiled = compileOne(pattern);
        EXPECT_TRUE(compiled.has_value())
            << pattern << ": " << (compiled ? "" : compiled.error().message);
    }
}

struct Refusal {
    std::string pattern;
    std::string message;
    std::size_t offset;
};

void expectRefused(const Refusal& refusal)
{
    const auto compiled = compileOne(refusal.pattern);
    ASSERT_FALSE(compiled.has_value()) << refusal.pattern;
    EXPECT_EQ(compiled.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(compiled.error().subject, "0");
    EXPECT_EQ(compiled.error().message,
              refusal.message + " at byte " + std::to_string(refusal.offset) + " of the pattern");
}

TEST(Dialect, refusesWhatCannotBeGuardedAndNamesTheByte)
{
    for (const auto& refusal : std::array<Refusal, 24>{{
             {R"((a)\1)", "A backreference", 3},
             {R"((a)\g1)", "A backreference", 3},
             {R"(\k<a>)", "A backreference", 0},
             {"(?P=a)", "A backreference", 0},
             {"ab(?=c)", "A positive lookahead", 2},
             {"(?<=c)ab", "A positive lookbehind", 0},
             {"(?<!ab)c", "A lookaround wider than one class", 0},
             {"c(?!a*)", "A lookaround wider than one class", 1},
             {"c(?!(a))", "A lookaround wider than one class", 1},
             {"c(?!)", "A lookaround wider than one class", 1},
             {"(?>a)", "An atomic group", 0},
             {"a++", "A possessive quantifier", 1},
             {"a{2}+", "A possessive quantifier", 1},
             {"(?R)", "A recursion", 0},
             {"(?&a)", "A recursion", 0},
             {"(?(1)a)", "A conditional", 0},
             {"(?P<n>a)", "A named group", 0},
             {"(?<n>a)", "An unknown kind of group", 0},
             {"(*UTF)a", "A control verb", 0},
             {"^a", "An anchor", 0},
             {"a$", "An anchor", 1},
             {R"(\Aa)", "An anchor", 0},
             {R"(a\z)", "An anchor", 1},
             {R"(a\Z)", "An anchor", 1},
         }}) {
        expectRefused(refusal);
    }
}

TEST(Dialect, refusesSyntaxItDoesNotKnow)
{
    for (const auto& refusal : std::array<Refusal, 31>{{
             {R"(\p{L})", "An unknown escape", 0},
             {R"(a\h)", "An unknown escape", 1},
             {R"(a\K)", "An unknown escape", 1},
             {R"(\Qa\E)", "An unknown escape", 0},
             {R"(\é)", "An unknown escape", 0},
             {R"(a\)", "A backslash with nothing after it", 1},
             {R"(\xZ1)", "A \\x escape that is neither \\xHH nor \\x{H..}", 0},
             {R"(\x{110000})", "A \\x escape that is neither \\xHH nor \\x{H..}", 0},
             {R"(\x{41)", "A \\x escape that is neither \\xHH nor \\x{H..}", 0},
             {"[[:alpha:]]", "A named class", 1},
             {"[]", "An empty class", 0},
             {"[^]", "An empty class", 0},
             {"[ab", "A class without its closing bracket", 0},
             {R"([\b])", "A word boundary inside a class", 1},
             {R"([\w-z])", "A range from or to more than one character", 1},
             {"[z-a]", "A range that runs backwards", 1},
             {"[a-c-e]", "A hyphen that is not first, last or escaped in its class", 4},
             {R"([^\d\D])", "A class that no character is in", 0},
             {"a**", "A quantifier on a quantifier", 2},
             {"a*?*", "A quantifier on a quantifier", 3},
             {"*a", "A quantifier with nothing to repeat", 0},
             {R"(\b+a)", "A quantifier with nothing to repeat", 2},
             {"(?!a)?", "A quantifier with nothing to repeat", 5},
             {"a{,3}", "A brace that is neither escaped nor a count", 1},
             {"a{x}", "A brace that is neither escaped nor a count", 1},
             {"a{3,2}", "A count that runs backwards", 1},
             {"(a", "A group without its closing parenthesis", 0},
             {"a)", "A closing parenthesis without its opening one", 1},
             {"(?-i)a", "An unknown kind of group", 0},
             {"(?s)a", "An unknown kind of group", 0},
             {"a\xFF", "Text that is not UTF-8", 1},
         }}) {
        expectRefused(refusal);
    }
}

TEST(Dialect, refusesLookaroundsInsideThePattern)
{
    const std::string elsewhere = "A lookaround elsewhere than at the left or right end";
    expectRefused({"a(?<!b)c", elsewhere, 1});
    expectRefused({"a(?!b)c", elsewhere, 1});
    expectRefused({"a(?<!b)", elsewhere, 1});
    expectRefused({"(?!b)a", elsewhere, 0});
    expectRefused({"(?:(?<!b)a)+", elsewhere, 3});
    expectRefused({"(?<!b)(?<!c)a", "A second lookaround at the same place", 6});
    expectRefused({"a(?!é)", "A lookaround that tells characters beyond ASCII apart", 1});
}

TEST(Dialect, refusesPatternsThatMatchTheEmptyTextOrNothing)
{
    for (const std::string pattern :
         {"", "a*", "a?b*", "(a|)", R"(\b)", "(?:)", "a{0}", "(?<!a)"}) {
        expectRefused({pattern, "A pattern that matches the empty text", 0});
    }
    expectRefused({R"(\b\Ba)", "A pattern that matches nothing", 0});
}

TEST(Dialect, refusesOneOverEachLimit)
{
    const auto atMost = [](std::size_t count) { return "{" + std::to_string(count) + "}"; };
    EXPECT_TRUE(compileOne("a" + atMost(limits::kPatternRepeatMax)).has_value());
    expectRefused({"a" + atMost(limits::kPatternRepeatMax + 1), "A count over 1000", 1});
    expectRefused({"a{1001,}", "A count over 1000", 1});
    expectRefused({"a{99999999999999999999}", "A count over 1000", 1});

    EXPECT_TRUE(compileOne("(abcd)" + atMost(limits::kPatternPositionsMax / 4)).has_value());
    expectRefused(
        {"(abcd)" + atMost(limits::kPatternPositionsMax / 4) + "e", "More than 4000 positions", 0});
    expectRefused({"(((a{1000}){1000}){1000}){1000}", "More than 4000 positions", 0});

    const auto bytes = "[" + std::string(limits::kPatternBytesMax - 2, 'a') + "]";
    EXPECT_TRUE(compileOne(bytes).has_value());
    expectRefused({bytes + "b", "More than 8192 bytes", limits::kPatternBytesMax});

    const auto depth = limits::kPatternDepthMax;
    EXPECT_TRUE(compileOne(repeated("(", depth) + "a" + repeated(")", depth)).has_value());
    expectRefused({repeated("(", depth + 1) + "a" + repeated(")", depth + 1),
                   "A group nested too deep",
                   depth});

    expectRefused({"(" + repeated("a?", 400) + ")*b",
                   "More than 100000 links between positions (optional parts within repeats)",
                   0});
}

TEST(Dialect, refusesMorePositionsThanASetMayHave)
{
    const PatternSpec large{"(abcd){1000}", {}, Validator::None, true};
    std::vector<PatternSpec> set(limits::kPatternSetPositionsMax / limits::kPatternPositionsMax,
                                 large);
    EXPECT_TRUE(PatternSet::compile(set).has_value());
    set.push_back({"a", {}, Validator::None, true});
    const auto compiled = PatternSet::compile(set);
    ASSERT_FALSE(compiled.has_value());
    EXPECT_EQ(compiled.error().subject, std::to_string(set.size() - 1));
}

TEST(Dialect, repeatsOfNothingCostNothing)
{
    EXPECT_TRUE(compileOne("((((){1000}){1000}){1000}){1000}a").has_value());
    EXPECT_TRUE(compileOne(R"((((\b){1000}){1000}){1000}a)").has_value());
}

TEST(PatternSet, knowsTheWidthOfEachPattern)
{
    const auto width = [](std::string pattern, std::optional<std::uint32_t> maxWidth) {
        const auto compiled
            = compileOne(PatternSpec{std::move(pattern), maxWidth, Validator::None, true});
        return compiled.value()->width(0);
    };
    EXPECT_EQ(width("abc|de", {}), 3U);
    EXPECT_EQ(width("a{2,7}b?", {}), 8U);
    EXPECT_EQ(width(".", {}), 4U);
    EXPECT_EQ(width("€[ä]", {}), 5U);
    EXPECT_EQ(width("abc", 2), 2U);
    EXPECT_EQ(width("abc", 9), 3U);
    EXPECT_EQ(width("a+", {}), limits::kPatternWidthDefault);
    EXPECT_EQ(width("a+", 1000), 1000U);
    EXPECT_EQ(width("a{300}", {}), 300U);
    EXPECT_EQ(width(R"((\b)*a)", {}), 1U);
}

TEST(PatternSet, refusesWidthsOutsideTheirLimits)
{
    EXPECT_FALSE(compileOne(PatternSpec{"a+", 0, Validator::None, true}).has_value());
    EXPECT_TRUE(
        compileOne(PatternSpec{"a+", limits::kPatternWidthMax, Validator::None, true}).has_value());
    EXPECT_FALSE(compileOne(PatternSpec{"a+", limits::kPatternWidthMax + 1, Validator::None, true})
                     .has_value());
}

TEST(PatternSet, refusesAValidatorWithoutAGreatestLength)
{
    EXPECT_FALSE(compileOne(PatternSpec{R"(\d+)", 20, Validator::Luhn, true}).has_value());
    EXPECT_TRUE(compileOne(PatternSpec{R"(\d{2,20})", {}, Validator::Luhn, true}).has_value());
}

TEST(PatternSet, namesThePatternThatIsRefused)
{
    const std::array specs{PatternSpec{"a", {}, Validator::None, true},
                           PatternSpec{"b", {}, Validator::None, true},
                           PatternSpec{"c(", {}, Validator::None, true}};
    const auto compiled = PatternSet::compile(specs);
    ASSERT_FALSE(compiled.has_value());
    EXPECT_EQ(compiled.error().subject, "2");
}

} // namespace
} // namespace exhibit::scan
