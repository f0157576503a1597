// SPDX-License-Identifier: Apache-2.0
// The scanner against its definition (policies.md, "The stream guard, precisely"): random pattern
// sets, texts and splits, with PCRE2's DFA matcher as the oracle; and the same check with faults
// put into the automaton, which it must find.
#include "models/scan/automaton.h"
#include "random_pattern.h"
#include "scan_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <tuple>

namespace exhibit::scan {
namespace {

using Automaton = PatternSet::Automaton;
using Fault = std::function<void(Automaton&)>;

// Rounds of the check; a longer campaign sets the variable.
std::size_t rounds()
{
    const char* asked = std::getenv("EXHIBIT_SCAN_ROUNDS");
    return asked != nullptr ? std::strtoul(asked, nullptr, 10) : 200;
}

std::shared_ptr<const PatternSet> compileWith(const std::vector<RandomPattern>& patterns,
                                              const Fault& change)
{
    std::vector<PatternSpec> specs;
    for (const auto& pattern : patterns) {
        specs.push_back(pattern.spec);
    }
    auto automaton = buildAutomaton(specs).value();
    change(*automaton);
    return Automaton::intoSet(std::move(automaton));
}

// The text up to `end` as a client gets it: covered runs of holding patterns replaced.
std::string released(const std::vector<RandomPattern>& patterns,
                     std::vector<Match> matches,
                     std::string_view text,
                     std::size_t end)
{
    std::erase_if(matches, [&](const Match& match) { return !patterns[match.pattern].spec.holds; });
    std::string output;
    std::size_t next = 0;
    for (const auto& run : coveredRuns(std::move(matches))) {
        if (run.begin >= end) {
            break;
        }
        output += text.substr(next, run.begin - next);
        output += "{" + std::to_string(run.pattern) + "}";
        next = run.end;
    }
    return next < end ? output + std::string(text.substr(next, end - next)) : output;
}

// Where a blocking policy with every holding pattern ends the text.
std::optional<std::size_t> blockCut(const std::vector<RandomPattern>& patterns,
                                    const std::vector<Match>& matches)
{
    std::optional<std::size_t> byte;
    std::optional<std::size_t> cut;
    for (const auto& match : matches) {
        if (!patterns[match.pattern].spec.holds || match.confirmedAt > byte.value_or(SIZE_MAX)) {
            continue;
        }
        byte = match.confirmedAt;
        cut = std::min({cut.value_or(SIZE_MAX), match.start, match.settled});
    }
    return cut;
}

struct Expected {
    std::vector<ScanOracle::Interval> matches;
    std::string redacted;
    std::vector<std::optional<std::size_t>> settled;
};

// One text against one set; the first thing that is wrong, or empty.
class Check {
public:
    Check(const std::vector<RandomPattern>& patterns,
          const ScanOracle& oracle,
          std::string_view text)
        : m_patterns(patterns)
        , m_text(text)
        , m_expected{oracle.leastMatches(text), oracle.redacted(text), oracle.settled(text)}
    {
    }

    std::string run(const std::shared_ptr<const PatternSet>& set, Dice& dice)
    {
        const auto whole = scanWhole(set, m_text);
        if (auto wrong = compareMatches(whole); !wrong.empty()) {
            return wrong;
        }
        for (const std::size_t stepMax : {std::size_t{1}, std::size_t{3}, m_text.size() + 1}) {
            Scanner scanner(set);
            if (auto wrong = stream(scanner, dice, stepMax); !wrong.empty()) {
                return wrong;
            }
            if (m_matches != whole) {
                return "matches depend on the split";
            }
            if (blockCut(m_patterns, m_matches) != blockCut(m_patterns, whole)) {
                return "the block cut depends on the split";
            }
        }
        return {};
    }

private:
    std::string compareMatches(const std::vector<Match>& matches) const
    {
        std::vector<ScanOracle::Interval> found;
        for (const auto& match : matches) {
            found.push_back({match.pattern, match.start, match.end});
        }
        // An end may be confirmed twice: at once, and with another start when its edge is known.
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return std::tie(a.pattern, a.end, a.start) < std::tie(b.pattern, b.end, b.start);
        });
        const auto sameEnd
            = [](const auto& a, const auto& b) { return a.pattern == b.pattern && a.end == b.end; };
        found.erase(std::unique(found.begin(), found.end(), sameEnd), found.end());
        std::sort(found.begin(), found.end());
        return found == m_expected.matches ? std::string() : "matches are not the oracle's";
    }

    // Feeds deltas of 1 to `stepMax` bytes.
    std::string stream(Scanner& scanner, Dice& dice, std::size_t stepMax)
    {
        m_matches.clear();
        std::size_t settledBefore = 0;
        for (std::size_t next = 0; next < m_text.size();) {
            const auto length = std::min(1 + dice.below(stepMax), m_text.size() - next);
            scanner.feed(m_text.substr(next, length), m_matches);
            next += length;
            const auto settled = scanner.settled();
            if (settled < settledBefore) {
                return "h runs backwards";
            }
            settledBefore = settled;
            if (m_expected.settled[next] && settled != *m_expected.settled[next]) {
                return "h is not the oracle's at " + std::to_string(next);
            }
            const auto output = released(m_patterns, m_matches, m_text, settled);
            if (!m_expected.redacted.starts_with(output)) {
                return "what was released is no prefix of the redacted whole: " + output;
            }
        }
        scanner.finish(m_matches);
        const auto output = released(m_patterns, m_matches, m_text, m_text.size());
        return output == m_expected.redacted ? std::string() : "the redacted whole is " + output;
    }

    const std::vector<RandomPattern>& m_patterns;
    std::string_view m_text;
    Expected m_expected;
    std::vector<Match> m_matches;
};

std::vector<RandomPattern> randomSet(Dice& dice)
{
    std::vector<RandomPattern> patterns;
    const auto count = 1 + dice.below(4);
    while (patterns.size() < count) {
        auto pattern = randomPattern(dice);
        // The oracle is slow on long ones.
        const auto parsed = parsePattern(pattern.spec.pattern);
        const bool small = parsed && parsed->positions <= 80;
        if (small && PatternSet::compile(std::span(&pattern.spec, 1))) {
            patterns.push_back(std::move(pattern));
        }
    }
    return patterns;
}

std::string describe(const std::vector<RandomPattern>& patterns, std::string_view text)
{
    std::string description = "\ntext: " + std::string(text);
    for (const auto& [spec, longest, samples] : patterns) {
        description += "\npattern: " + spec.pattern + " width "
            + (spec.maxWidth ? std::to_string(*spec.maxWidth) : "-") + " validator "
            + std::to_string(static_cast<int>(spec.validator))
            + (spec.holds ? "" : " reports only");
    }
    return description;
}

/// Looks through every delta with the prefilter, however little that pays.
void filterAlways(Automaton& automaton, const std::vector<RandomPattern>& patterns)
{
    std::vector<Window> all;
    for (const auto& pattern : patterns) {
        const auto windows = requiredWindows(parsePattern(pattern.spec.pattern).value());
        if (windows.empty()) {
            return;
        }
        all.insert(all.end(), windows.begin(), windows.end());
    }
    automaton.prefilter = Prefilter::build(std::move(all), 1e9);
    automaton.prefilterBytesMin = 0;
}

// The first thing that is wrong in so many rounds, or empty.
std::string firstWrong(std::size_t count, const Fault& change, bool filtered = false)
{
    for (std::size_t round = 0; round < count; ++round) {
        Dice dice(round + 1);
        const auto patterns = randomSet(dice);
        std::vector<ScanOracle::Pattern> forOracle;
        for (const auto& pattern : patterns) {
            forOracle.push_back({pattern.spec, pattern.longest});
        }
        const ScanOracle oracle(std::move(forOracle));
        const auto set = compileWith(patterns, [&](Automaton& automaton) {
            change(automaton);
            if (filtered) {
                filterAlways(automaton, patterns);
            }
        });
        for (int textIndex = 0; textIndex < 3; ++textIndex) {
            auto text = randomText(dice, patterns);
            if (filtered) {
                text = randomText(dice, patterns) + std::string(dice.below(40), '~') + text;
            }
            const auto problem = Check(patterns, oracle, text).run(set, dice);
            if (!problem.empty()) {
                return "round " + std::to_string(round) + ": " + problem + describe(patterns, text);
            }
        }
    }
    return {};
}

const Fault kNoFault = [](Automaton&) {};

TEST(ScannerProperty, agreesWithTheOracleHoweverTheTextIsSplit)
{
    EXPECT_EQ(firstWrong(rounds(), kNoFault), "");
}

TEST(ScannerProperty, agreesWithTheOracleWhileItsCacheIsRenewedAtEveryStep)
{
    const Fault tinyCache = [](Automaton& automaton) { automaton.cacheBytesMax = 1; };
    EXPECT_EQ(firstWrong(rounds() / 4, tinyCache), "");
}

TEST(ScannerProperty, agreesWithTheOracleBehindThePrefilter)
{
    EXPECT_EQ(firstWrong(rounds() / 4, kNoFault, true), "");
}

TEST(ScannerProperty, agreesWithTheOracleBehindThePrefilterWhileItsCacheIsRenewed)
{
    const Fault tinyCache = [](Automaton& automaton) { automaton.cacheBytesMax = 1; };
    EXPECT_EQ(firstWrong(rounds() / 20, tinyCache, true), "");
}

TEST(ScannerPropertyFaults, aWindowTooNearToTheStartIsNoticed)
{
    const auto wrong = [] {
        for (std::size_t round = 0; round < 200; ++round) {
            Dice dice(round + 1);
            const auto patterns = randomSet(dice);
            const auto honest = compileWith(patterns, kNoFault);
            const auto hasty = compileWith(patterns, [&](Automaton& automaton) {
                filterAlways(automaton, patterns);
                if (automaton.prefilter) {
                    std::vector<Window> windows;
                    for (const auto& pattern : patterns) {
                        for (auto window :
                             requiredWindows(parsePattern(pattern.spec.pattern).value())) {
                            window.before = 0;
                            windows.push_back(window);
                        }
                    }
                    automaton.prefilter = Prefilter::build(std::move(windows), 1e9);
                }
            });
            const auto text = std::string(100, '~') + randomText(dice, patterns);
            if (scanWhole(honest, text) != scanWhole(hasty, text)) {
                return true;
            }
        }
        return false;
    };
    EXPECT_TRUE(wrong());
}

TEST(ScannerProperty, knowsTheWidthTheGeneratorWorkedOut)
{
    for (std::uint64_t seed = 1; seed < 150; ++seed) {
        Dice dice(seed);
        const auto patterns = randomSet(dice);
        const ScanOracle oracle({{patterns[0].spec, patterns[0].longest}});
        const auto set = compileWith(patterns, kNoFault);
        EXPECT_EQ(set->width(0), oracle.width(0)) << patterns[0].spec.pattern;
    }
}

// Each changes the automaton of every round a little; the check above has to notice.
void expectNoticed(const Fault& fault)
{
    EXPECT_NE(firstWrong(200, fault), "");
}

TEST(ScannerPropertyFaults, aWidthOneTooSmallIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        for (auto& pattern : automaton.patterns) {
            pattern.width = std::max(pattern.width - 1, 1U);
        }
    });
}

TEST(ScannerPropertyFaults, aWidthOneTooLargeIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        for (auto& pattern : automaton.patterns) {
            ++pattern.width;
        }
    });
}

TEST(ScannerPropertyFaults, anEdgeNotAwaitedIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        for (std::size_t index = 0; index + 1 < automaton.positions.size(); ++index) {
            auto& position = automaton.positions[index];
            const auto& next = automaton.positions[index + 1];
            if (position.firstRightEdge < next.firstRightEdge) {
                position.ends = true;
            }
        }
    });
}

TEST(ScannerPropertyFaults, anEdgeThatDoesNotHoldIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        for (std::size_t index = 0; index + 1 < automaton.positions.size(); ++index) {
            auto& position = automaton.positions[index];
            position.lives = position.firstLink < automaton.positions[index + 1].firstLink;
        }
    });
}

TEST(ScannerPropertyFaults, aLeftEdgeNotTestedIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        for (auto& edge : automaton.leftEdges) {
            edge.notAfter = 0;
            edge.words = kEveryEdge;
        }
    });
}

TEST(ScannerPropertyFaults, anOutsideThatCountsAsAWordIsNoticed)
{
    expectNoticed([](Automaton& automaton) { automaton.wordKind[automaton.outsideKind] = true; });
}

TEST(ScannerPropertyFaults, aPatternThatForgetsToHoldIsNoticed)
{
    expectNoticed([](Automaton& automaton) { automaton.patterns.front().holds = false; });
}

TEST(ScannerPropertyFaults, aLostLinkIsNoticed)
{
    expectNoticed([](Automaton& automaton) {
        if (!automaton.links.empty()) {
            automaton.links.back().words = 0;
        }
    });
}

} // namespace
} // namespace exhibit::scan
