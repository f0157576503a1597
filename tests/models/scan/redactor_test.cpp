// SPDX-License-Identifier: Apache-2.0
#include "models/scan/redactor.h"

#include "tests/models/scan/random_pattern.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::scan;

namespace {

RedactionPack packOf(const std::vector<std::string>& patterns)
{
    RedactionPack pack;
    std::vector<PatternSpec> specs;
    for (const auto& pattern : patterns) {
        specs.emplace_back();
        specs.back().pattern = pattern;
        pack.placeholders.push_back("<" + std::to_string(specs.size() - 1) + ">");
    }
    pack.patterns = PatternSet::compile(specs).value();
    return pack;
}

/// From the whole text, with nothing of the redactor in it.
std::string expected(const RedactionPack& pack, std::string_view text)
{
    std::string out;
    std::size_t at = 0;
    for (const auto& run : coveredRuns(scanWhole(pack.patterns, text))) {
        out += text.substr(at, run.begin - at);
        out += pack.placeholders[run.pattern];
        at = run.end;
    }
    return out + std::string(text.substr(at));
}

} // namespace

TEST(Redactor, putsOnePlaceholderForEachRun)
{
    const auto pack = packOf({"[0-9]{4}", "ab"});
    EXPECT_EQ(redacted(pack, "x 1234 y ab12345abab z"), "x <0> y <1> z");
    EXPECT_EQ(redacted(pack, "clean"), "clean");
    EXPECT_EQ(redacted(pack, ""), "");
}

TEST(Redactor, saysWhereTheRunsWere)
{
    const auto pack = packOf({"[0-9]{4}"});
    Redactor redactor(pack);
    std::string out;
    redactor.feed("a 123", out);
    EXPECT_TRUE(redactor.takeRuns().empty());
    redactor.feed("45 b", out);
    redactor.finish(out);
    const auto runs = redactor.takeRuns();
    ASSERT_EQ(runs.size(), 1U);
    EXPECT_EQ(runs[0].begin, 2U);
    EXPECT_EQ(runs[0].end, 7U);
    EXPECT_EQ(out, "a <0> b");
}

TEST(Redactor, letsTextOutAsSoonAsItIsFinal)
{
    const auto pack = packOf({"secret-[0-9]+x"});
    Redactor redactor(pack);
    std::string out;
    redactor.feed("a se", out);
    EXPECT_EQ(out, "a ");
    redactor.feed("nd", out);
    EXPECT_EQ(out, "a send");
}

TEST(Redactor, everySplitGivesTheRedactedWhole)
{
    Dice dice(8);
    std::size_t touched = 0;
    for (int round = 0; round < 500; ++round) {
        std::vector<RandomPattern> patterns;
        std::vector<PatternSpec> specs;
        RedactionPack pack;
        while (specs.size() < 3) {
            auto pattern = randomPattern(dice);
            pattern.spec.holds = true;
            if (PatternSet::compile(std::vector{pattern.spec})) {
                pack.placeholders.push_back("<" + std::to_string(specs.size()) + ">");
                specs.push_back(pattern.spec);
                patterns.push_back(std::move(pattern));
            }
        }
        pack.patterns = PatternSet::compile(specs).value();
        const auto text = randomText(dice, patterns);
        const auto whole = expected(pack, text);
        Redactor redactor(pack);
        std::string out;
        for (std::size_t at = 0; at < text.size();) {
            const auto size = 1 + dice.below(12);
            redactor.feed(std::string_view(text).substr(at, size), out);
            ASSERT_TRUE(whole.starts_with(out)) << text;
            at += size;
        }
        redactor.finish(out);
        ASSERT_EQ(out, whole) << text;
        touched += whole != text ? 1 : 0;
    }
    EXPECT_GT(touched, 100U);
}
