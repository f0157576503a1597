// SPDX-License-Identifier: Apache-2.0
#include "models/scan/work_check.h"

#include "models/scan/automaton.h"
#include "models/scan/text_scanner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace exhibit::scan {
namespace {

std::optional<std::size_t> dearest(const std::vector<std::string>& patterns,
                                   std::optional<std::uint32_t> maxWidth = {})
{
    std::vector<PatternSpec> specs;
    for (const auto& pattern : patterns) {
        specs.push_back({pattern, maxWidth, Validator::None, true});
    }
    return dearestBeyondBudget(specs, specs.size()).value();
}

std::shared_ptr<const PatternSet> hostileSet(std::size_t count)
{
    std::vector<PatternSpec> specs;
    for (std::size_t index = 0; index < count; ++index) {
        specs.push_back({fmt::format("[a-m][a-z]{{0,900}}[A-Z]{}", index), 65536, {}, true});
    }
    return PatternSet::compile(specs).value();
}

/// Lower-case letters that never repeat.
std::string letters(std::size_t bytes)
{
    std::string text;
    for (std::uint64_t state = 1; text.size() < bytes;) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += static_cast<char>('a' + (state >> 33U) % 26);
    }
    return text;
}

/// What a scanner says of a text, fed in steps.
struct Said {
    std::vector<Match> matches;
    std::size_t position = 0;
    bool exhausted = false;
    friend bool operator==(const Said&, const Said&) = default;
};

template <class Scans>
Said said(Scans scanner, std::string_view text, std::size_t step)
{
    Said result;
    for (std::size_t next = 0; next < text.size(); next += step) {
        scanner.feed(text.substr(next, step), result.matches);
    }
    scanner.finish(result.matches);
    result.position = scanner.position();
    result.exhausted = scanner.exhausted();
    return result;
}

TEST(WorkCheck, namesTheDearestPatternOfTooDearOnes)
{
    EXPECT_EQ(dearest({"secret", "x[a-z]{0,40}!", "[a-z]{1,1000}[A-Z]1", "key-[0-9]{4}"}), 2U);
}

TEST(WorkCheck, patternsThatAreNotDearAloneAreTogether)
{
    EXPECT_EQ(dearest({"(?i)the.{0,200}zq"}), std::nullopt);
    std::vector<std::string> many;
    for (int index = 0; index < 20; ++index) {
        many.push_back(fmt::format("(?i)the.{{0,200}}zq{}", index));
    }
    EXPECT_TRUE(dearest(many));
}

TEST(WorkCheck, optionalPartsInRowsAreDear)
{
    EXPECT_EQ(dearest({"z(?:[a-z]?){440}A"}), 0U);
}

TEST(WorkCheck, nestedRepeatsAreNot)
{
    EXPECT_EQ(dearest({"(a+)+b", "(x+x+)+y", "([a-z]+)*1"}), std::nullopt);
}

TEST(WorkCheck, aLongCandidateForAValidatorIsDear)
{
    const std::vector<PatternSpec> specs{{"[0-9]{1,1000}", 4000, Validator::Luhn, true}};
    EXPECT_EQ(dearestBeyondBudget(specs, 1).value(), 0U);
}

TEST(WorkCheck, onlyNamedOnesAreToBlame)
{
    const std::vector<PatternSpec> specs{
        {"[a-f]{1,20}!", {}, {}, true},
        {"[a-z]{1,1000}[A-Z]1", {}, {}, true},
    };
    EXPECT_EQ(dearestBeyondBudget(specs, 1).value(), 0U);
    EXPECT_EQ(dearestBeyondBudget(specs, 2).value(), 1U);
}

TEST(WorkBudget, oneMoreThanTheBurstExhaustsIt)
{
    auto budget = WorkBudget::limited();
    EXPECT_TRUE(budget.charge(limits::kScanWorkBurst, 1));
    EXPECT_FALSE(budget.charge(limits::kScanWorkFree + 1, 1));
    EXPECT_TRUE(budget.exhausted());
}

TEST(WorkBudget, aTextEarnsSoMuchWithEachByte)
{
    auto even = WorkBudget::limited();
    auto dear = WorkBudget::limited();
    for (std::size_t position = 1; position <= limits::kScanWorkBurst + 1; ++position) {
        EXPECT_TRUE(even.charge(limits::kScanWorkPerByte, position));
        static_cast<void>(dear.charge(limits::kScanWorkPerByte + 1, position));
    }
    EXPECT_TRUE(dear.exhausted());
}

TEST(WorkBudget, whatIsFreeIsNotCounted)
{
    auto budget = WorkBudget::limited();
    for (std::uint64_t round = 0; round <= limits::kScanWorkBurst; ++round) {
        ASSERT_TRUE(budget.charge(limits::kScanWorkFree, 1));
    }
}

TEST(WorkBudget, isExhaustedAtTheSameByteAtEverySplit)
{
    const auto set = hostileSet(8);
    auto text = "bA3 " + letters(3000) + "bA3";
    const auto whole = said(Scanner(set, WorkBudget::limited()), text, text.size());
    EXPECT_TRUE(whole.exhausted);
    EXPECT_EQ(whole.position, text.size());
    ASSERT_EQ(whole.matches.size(), 1U) << "what stands behind is not found";
    for (const std::size_t step : {1, 7, 64, 1000}) {
        EXPECT_EQ(said(Scanner(set, WorkBudget::limited()), text, step), whole) << step;
    }
    EXPECT_FALSE(said(Scanner(set), text, 64).exhausted);
}

TEST(WorkBudget, isExhaustedAtTheSameByteThoughThePrefilterPassesOver)
{
    // The window "#%" makes a prefilter; behind it a match stays alive for long.
    std::vector<PatternSpec> specs;
    for (int index = 0; index < 8; ++index) {
        specs.push_back({fmt::format("#%[!-@a-z]{{0,900}}[A-Z]{}", index), 65536, {}, true});
    }
    const auto set = PatternSet::compile(specs).value();
    ASSERT_TRUE(set->automaton().prefilter);
    std::string text = letters(5000) + "#%xA2" + letters(5000);
    for (int index = 0; index < 500; ++index) {
        text += "#%a";
    }
    text += letters(2000) + "#%xA2";
    const auto whole = said(Scanner(set, WorkBudget::limited()), text, text.size());
    EXPECT_TRUE(whole.exhausted);
    EXPECT_EQ(whole.matches.size(), 1U);
    for (const std::size_t step : {1, 14, 1500, 5000}) {
        EXPECT_EQ(said(Scanner(set, WorkBudget::limited()), text, step), whole) << step;
    }
}

TEST(WorkBudget, endsAllViewsOfATextAtOnce)
{
    std::vector<PatternSpec> specs;
    for (int index = 0; index < 8; ++index) {
        specs.push_back({fmt::format("(?fold)[a-m][a-z]{{0,900}}[A-Z]{}", index), 65536, {}, true});
    }
    const auto set = PatternSet::compile(specs).value();
    const auto text = "b\u200bA3 " + letters(2000) + "bA3";
    const auto whole = said(TextScanner(set, WorkBudget::limited()), text, text.size());
    EXPECT_TRUE(whole.exhausted);
    EXPECT_EQ(whole.position, text.size());
    for (const std::size_t step : {1, 5, 700}) {
        EXPECT_EQ(said(TextScanner(set, WorkBudget::limited()), text, step), whole) << step;
    }
}

TEST(Pace, givesWayAndLosesNothing)
{
    const auto set = hostileSet(8);
    const auto text = letters(700) + "bA3 " + letters(300);
    Scanner scanner(set);
    std::vector<Match> matches;
    std::size_t slices = 0;
    for (std::size_t next = 0; next < text.size(); ++slices) {
        Pace pace(limits::kScanSliceWork);
        const auto consumed = scanner.feed(std::string_view(text).substr(next), matches, pace);
        ASSERT_GT(consumed, 0U);
        next += consumed;
    }
    scanner.finish(matches);
    EXPECT_GT(slices, 10U);
    EXPECT_EQ(matches, scanWhole(set, text));
}

} // namespace
} // namespace exhibit::scan
