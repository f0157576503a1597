// SPDX-License-Identifier: Apache-2.0
#include "models/scan/scanner.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <thread>

namespace exhibit::scan {
namespace {

std::shared_ptr<const PatternSet> compile(const std::vector<PatternSpec>& specs)
{
    return PatternSet::compile(specs).value();
}

std::shared_ptr<const PatternSet> compile(std::string pattern,
                                          std::optional<std::uint32_t> maxWidth = {})
{
    return compile({PatternSpec{std::move(pattern), maxWidth, Validator::None, true}});
}

// The covered runs of a text, as text.
std::vector<std::string> covered(const std::shared_ptr<const PatternSet>& patterns,
                                 std::string_view text)
{
    std::vector<std::string> parts;
    for (const auto& run : coveredRuns(scanWhole(patterns, text))) {
        parts.emplace_back(text.substr(run.begin, run.end - run.begin));
    }
    return parts;
}

std::vector<std::string> covered(std::string pattern, std::string_view text)
{
    return covered(compile(std::move(pattern)), text);
}

using Texts = std::vector<std::string>;

TEST(Scanner, confirmsAMatchSplitOverDeltas)
{
    Scanner scanner(compile("secret"));
    std::vector<Match> confirmed;
    scanner.feed("a sec", confirmed);
    EXPECT_TRUE(confirmed.empty());
    EXPECT_EQ(scanner.settled(), 2U);
    scanner.feed("ret!", confirmed);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].begin, 2U);
    EXPECT_EQ(confirmed[0].end, 8U);
    EXPECT_EQ(confirmed[0].confirmedAt, 8U);
    EXPECT_EQ(scanner.settled(), 9U);
    EXPECT_EQ(scanner.position(), 9U);
}

TEST(Scanner, holdsNothingOfTextThatBeginsNoMatch)
{
    Scanner scanner(compile("secret"));
    std::vector<Match> confirmed;
    scanner.feed("plain text ", confirmed);
    EXPECT_EQ(scanner.settled(), scanner.position());
    scanner.feed("ends in s", confirmed);
    EXPECT_EQ(scanner.settled(), scanner.position() - 1);
    scanner.finish(confirmed);
    EXPECT_EQ(scanner.settled(), scanner.position());
    EXPECT_TRUE(confirmed.empty());
}

TEST(Scanner, everyIntervalCountsWhateverItsQuantifierSays)
{
    EXPECT_EQ(covered("a+", "xaaay"), Texts{"aaa"});
    EXPECT_EQ(covered("a+?", "xaaay"), Texts{"aaa"});
    EXPECT_EQ(covered("a|ab|abc", "abcd"), Texts{"abc"});
    EXPECT_EQ(covered("aba", "xababax"), Texts{"ababa"});
}

TEST(Scanner, aRightBoundaryWaitsForTheNextByte)
{
    Scanner scanner(compile(R"(\bcat\b)"));
    std::vector<Match> confirmed;
    scanner.feed("cat", confirmed);
    EXPECT_TRUE(confirmed.empty());
    EXPECT_EQ(scanner.settled(), 0U);
    scanner.feed(".", confirmed);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].end, 3U);
    EXPECT_EQ(confirmed[0].confirmedAt, 4U);
    EXPECT_EQ(scanner.settled(), 4U);
}

TEST(Scanner, theEndOfTheTextIsNoWordByte)
{
    EXPECT_EQ(covered(R"(\bcat\b)", "a cat"), Texts{"cat"});
    EXPECT_EQ(covered(R"(cat\B)", "a cat"), Texts{});
    EXPECT_EQ(covered(R"(-\B)", "a -"), Texts{"-"});
    EXPECT_EQ(covered(R"(\B-)", "-"), Texts{"-"});
    EXPECT_EQ(covered(R"(cat(?!\W))", "cat"), Texts{"cat"});
    EXPECT_EQ(covered(R"((?<!\W)cat)", "cat"), Texts{"cat"});
}

TEST(Scanner, boundariesAreTestedInsideThePatternToo)
{
    EXPECT_EQ(covered(R"(a\b.\bb)", "a-b"), Texts{"a-b"});
    EXPECT_EQ(covered(R"(a\b.\bb)", "axb"), Texts{});
    EXPECT_EQ(covered(R"(a\B.\Bb)", "axb"), Texts{"axb"});
    EXPECT_EQ(covered(R"((?:\b|x)a)", "ba xa -a"), (Texts{"xa", "a"}));
}

TEST(Scanner, lookaroundsLookAtTheNeighbourOnly)
{
    EXPECT_EQ(covered(R"((?<!\d)\d{2}(?!\d))", "123 45 6"), Texts{"45"});
    EXPECT_EQ(covered(R"((?<![a-z])x(?![a-z]))", "ax xa éxé"), Texts{"x"});
    EXPECT_EQ(covered(R"((?<![^a-z])x)", "éx bx"), Texts{"x"});
    EXPECT_EQ(covered(R"(x(?!.))", "x\n"), Texts{});
}

TEST(Scanner, aDotIsOneCharacterOfAnyLength)
{
    EXPECT_EQ(covered("<.>", "<a> <é> <日> <😀> <ab> <>"), (Texts{"<a>", "<é>", "<日>", "<😀>"}));
    EXPECT_EQ(covered("<[^é]>", "<a> <é> <è> <日>"), (Texts{"<a>", "<è>", "<日>"}));
    EXPECT_EQ(covered("<[à-ïぁ-ゟ]+>", "<àéï> <ひら> <ð>"), (Texts{"<àéï>", "<ひら>"}));
    EXPECT_EQ(covered("<.>", "<\n>"), Texts{"<\n>"});
}

TEST(Scanner, classesAndCaseFoldingAreAscii)
{
    EXPECT_EQ(covered("(?i)straSSe", "STRASSE strasse straße"), (Texts{"STRASSE", "strasse"}));
    EXPECT_EQ(covered("(?i)[a-c]+[^x]", "ABCX abcy"), (Texts{"ABC", "abcy"}));
    EXPECT_EQ(covered("a(?i)b|c", "aB AB C"), (Texts{"aB", "C"}));
    EXPECT_EQ(covered("(?i:a)b", "Ab AB"), Texts{"Ab"});
    EXPECT_EQ(covered(R"(\w+)", "né"), Texts{"n"});
    EXPECT_EQ(covered(R"(a\sb)", "a\vb a b"), (Texts{"a\vb", "a b"}));
}

TEST(Scanner, theWidestPartOfALongMatchIsItsLastBytes)
{
    const auto patterns = compile("<[a-z]*>", 4);
    Scanner scanner(patterns);
    std::vector<Match> confirmed;
    scanner.feed("<abcdef", confirmed);
    EXPECT_EQ(scanner.settled(), 3U);
    scanner.feed(">", confirmed);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].start, 0U);
    EXPECT_EQ(confirmed[0].begin, 4U);
    EXPECT_EQ(confirmed[0].end, 8U);
}

TEST(Scanner, aClippedMatchBeginsWithAWholeCharacter)
{
    const auto patterns = compile("<.*>", 3);
    Scanner scanner(patterns);
    std::vector<Match> confirmed;
    scanner.feed("<日日", confirmed);
    EXPECT_EQ(scanner.settled(), 4U);
    scanner.feed(">", confirmed);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].begin, 4U);
}

TEST(Scanner, aBlockEndsBeforeTheEarliestLiveStart)
{
    // When "b" is confirmed "abc" may still come: its start is what the cut must respect.
    const auto patterns
        = compile({{"b", {}, Validator::None, true}, {"abc", {}, Validator::None, true}});
    const auto matches = scanWhole(patterns, "xxabd");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].start, 3U);
    EXPECT_EQ(matches[0].settled, 2U);
}

TEST(Scanner, patternsThatDoNotHoldReportWithoutHolding)
{
    const auto patterns
        = compile({{"[a-z]+1", {}, Validator::None, false}, {"bcd", {}, Validator::None, true}});
    Scanner scanner(patterns);
    std::vector<Match> confirmed;
    scanner.feed("aa", confirmed);
    EXPECT_EQ(scanner.settled(), 2U);
    scanner.feed("abc", confirmed);
    EXPECT_EQ(scanner.settled(), 3U);
    scanner.feed("1", confirmed);
    EXPECT_EQ(scanner.settled(), 6U);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].begin, 0U);
}

TEST(Scanner, aValidatorSeesEveryStartOfAnEnd)
{
    // The oldest start, "1 4539...", is no card number; a younger one is.
    const auto patterns = compile({{"[0-9][0-9 ]{14,17}[0-9]", {}, Validator::Luhn, true}});
    const std::string card = "4539578763621486";
    EXPECT_EQ(covered(patterns, "x1 " + card + "y"), Texts{card});
    EXPECT_EQ(covered(patterns, "x4539578763621487y"), Texts{});
}

TEST(Scanner, aValidatorNeverEndsLiveness)
{
    const auto patterns = compile({{R"(\d{2,4})", {}, Validator::Luhn, true}});
    Scanner scanner(patterns);
    std::vector<Match> confirmed;
    scanner.feed("12", confirmed);
    EXPECT_TRUE(confirmed.empty());
    EXPECT_EQ(scanner.settled(), 0U);
    scanner.feed("5", confirmed);
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].start, 0U);
}

TEST(Scanner, aValidatorAcceptsNothingWiderThanTheWidth)
{
    const auto patterns = compile({{R"(\d{2,4})", 2, Validator::Luhn, true}});
    EXPECT_EQ(covered(patterns, "125"), Texts{});
    EXPECT_EQ(covered(patterns, "118"), Texts{"18"});
}

TEST(Scanner, aValidatorWaitsForTheRightEdge)
{
    const auto patterns = compile({{R"(\b\d{2,4}\b)", {}, Validator::Luhn, true}});
    EXPECT_EQ(covered(patterns, "18 182 x18 26"), (Texts{"18", "182", "26"}));
}

TEST(Scanner, goesOnOnAnotherThread)
{
    const auto patterns = compile(R"(\bsecret\b)");
    Scanner scanner(patterns);
    std::vector<Match> confirmed;
    scanner.feed("a sec", confirmed);
    std::thread([&] { scanner.feed("ret ", confirmed); }).join();
    ASSERT_EQ(confirmed.size(), 1U);
    EXPECT_EQ(confirmed[0].begin, 2U);
}

TEST(Scanner, setsThatComeAndGoDoNotShareTransitions)
{
    for (int round = 0; round < 50; ++round) {
        const std::string word = "w" + std::to_string(round) + "x";
        EXPECT_EQ(covered(word, "see w7x or " + word).back(), word);
    }
}

TEST(Scanner, anEmptySetCoversAndHoldsNothing)
{
    Scanner scanner(compile(std::vector<PatternSpec>{}));
    std::vector<Match> confirmed;
    scanner.feed("anything", confirmed);
    EXPECT_EQ(scanner.settled(), 8U);
    scanner.finish(confirmed);
    EXPECT_TRUE(confirmed.empty());
}

TEST(Scanner, finishingAnEmptyTextConfirmsNothing)
{
    Scanner scanner(compile("a"));
    std::vector<Match> confirmed;
    scanner.finish(confirmed);
    EXPECT_TRUE(confirmed.empty());
    EXPECT_EQ(scanner.settled(), 0U);
}

TEST(Scanner, keepsItsPlaceInALongText)
{
    const std::string filler(200'000, '.');
    const auto matches = scanWhole(compile("secret"), filler + "secret" + filler);
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].begin, filler.size());
}

// A window that begins no match must not take the start of another pattern's match with it.
TEST(Scanner, passesOverNothingThatBeginsBeforeAnEarlierWindow)
{
    const auto patterns = compile({PatternSpec{"\\bkey\\b", {}, Validator::None, true},
                                   PatternSpec{"a.{0,4}b", {}, Validator::None, true}});
    const std::string filler(2000, '-');
    EXPECT_EQ(covered(patterns, filler + "gammakey beta" + filler), Texts{"akey b"});
}

std::vector<std::pair<std::size_t, std::size_t>> bounds(const std::vector<Match>& matches)
{
    std::vector<std::pair<std::size_t, std::size_t>> all;
    for (const auto& run : coveredRuns(matches)) {
        all.emplace_back(run.begin, run.end);
    }
    return all;
}

// Fed at once a text is passed over where it can begin no match; fed by the byte it is read.
TEST(Scanner, findsInALongTextWhatItFindsByteByByte)
{
    constexpr const char* kPatterns[] = {"\\bkey\\b",
                                         "a.{0,4}b",
                                         "[0-9]{3} ?[0-9]{3}",
                                         "token=[a-z0-9]+",
                                         "(?i)alpha( beta)? gamma",
                                         "q[a-z]{0,40}z",
                                         "x.{0,12}y{2}"};
    constexpr const char* kWords[] = {"key",
                                      "keys",
                                      "alpha",
                                      " beta",
                                      " gamma",
                                      "123",
                                      " 456",
                                      "token=",
                                      "a",
                                      "b",
                                      "q",
                                      "z",
                                      "x",
                                      "yy",
                                      " ",
                                      "."};
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<PatternSpec> specs;
        for (std::size_t count = 2 + random() % 3; specs.size() < count;) {
            specs.push_back(
                {kPatterns[random() % std::size(kPatterns)], {}, Validator::None, true});
        }
        const auto patterns = compile(specs);
        std::string text(500, '-');
        while (text.size() < 3000) {
            text += random() % 4 == 0 ? std::string(random() % 90, '-')
                                      : kWords[random() % std::size(kWords)];
        }
        Scanner slow(patterns);
        std::vector<Match> byByte;
        for (const char& byte : text) {
            slow.feed({&byte, 1}, byByte);
        }
        slow.finish(byByte);
        ASSERT_EQ(bounds(scanWhole(patterns, text)), bounds(byByte)) << text;
    }
}

} // namespace
} // namespace exhibit::scan
