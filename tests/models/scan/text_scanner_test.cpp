// SPDX-License-Identifier: Apache-2.0
// Texts that hide matches: against the definition, worked out from the whole text, at every split.
#include "models/scan/text_scanner.h"

#include "models/base/rule_limits.h"
#include "models/scan/code_point_set.h"
#include "random_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace exhibit::scan {
namespace {

constexpr Folds kAll = 15;
constexpr Folds kZeroWidth = static_cast<Folds>(Fold::ZeroWidth);

std::shared_ptr<const PatternSet> compiled(const std::vector<PatternSpec>& specs)
{
    return PatternSet::compile(specs).value();
}

PatternSpec pattern(std::string text)
{
    PatternSpec spec;
    spec.pattern = std::move(text);
    return spec;
}

/// Written before a pattern.
std::string flag(Folds folds)
{
    static const std::vector<std::pair<Fold, std::string>> kWays{{Fold::ZeroWidth, "zero_width"},
                                                                 {Fold::FullWidth, "full_width"},
                                                                 {Fold::Combining, "combining"},
                                                                 {Fold::Homoglyphs, "homoglyphs"}};
    std::string list;
    for (const auto& [way, name] : kWays) {
        if ((folds & static_cast<Folds>(way)) != 0) {
            list += (list.empty() ? "" : ",") + name;
        }
    }
    return list.empty() ? list : folds == kEveryFold ? "(?fold)" : "(?fold=" + list + ")";
}

std::vector<Match> matchesOf(const std::shared_ptr<const PatternSet>& set, std::string_view text)
{
    std::vector<Match> matches;
    TextScanner scanner(set);
    scanner.feed(text, matches);
    scanner.finish(matches);
    return matches;
}

/// What is covered, shown in the text.
std::string marked(const std::vector<std::string>& patterns, std::string_view text, Folds kinds)
{
    std::vector<PatternSpec> specs;
    for (const auto& each : patterns) {
        specs.push_back(pattern(flag(kinds) + each));
    }
    std::string out;
    std::size_t at = 0;
    for (const auto& run : coveredRuns(matchesOf(compiled(specs), text))) {
        out += std::string(text.substr(at, run.begin - at)) + "<"
            + std::string(text.substr(run.begin, run.end - run.begin)) + ">";
        at = run.end;
    }
    return out + std::string(text.substr(at));
}

TEST(TextScanner, seesThroughWhatItIsAskedTo)
{
    const std::vector<std::string> word{"secret"};
    EXPECT_EQ(marked(word, "a se\u200Bcr\u2060et b", kAll), "a <se\u200Bcr\u2060et> b");
    EXPECT_EQ(marked(word, "a ｓｅｃｒｅｔ b", kAll), "a <ｓｅｃｒｅｔ> b");
    EXPECT_EQ(marked(word, "s\u0336e\u0336cret\u0336.", kAll), "<s\u0336e\u0336cret>\u0336.");
    EXPECT_EQ(
        marked(word, "ѕесrеt \U0001D42C\U0001D41E\U0001D41C\U0001D42B\U0001D41E\U0001D42D", kAll),
        "<ѕесrеt> <\U0001D42C\U0001D41E\U0001D41C\U0001D42B\U0001D41E\U0001D42D>");
    EXPECT_EQ(marked({"[0-9]{3}-[0-9]{2}"}, "１２３–４５", kAll), "<１２３–４５>");
}

TEST(TextScanner, looksThroughNothingElse)
{
    EXPECT_EQ(marked({"secret"}, "se\u200Bcret", 0), "se\u200Bcret");
    EXPECT_EQ(marked({"secret"}, "ｓecret", kZeroWidth), "ｓecret");
    EXPECT_EQ(marked({"café"}, "café secret", kAll), "<café> secret") << "letters stay letters";
}

TEST(TextScanner, hearsOnlyThePatternsThatAskedForAView)
{
    const auto set = compiled({pattern(flag(kZeroWidth) + "secret"), pattern("secre")});
    const auto matches = matchesOf(set, "se\u200Bcret secret");
    std::set<std::tuple<std::size_t, std::size_t, std::size_t>> found;
    for (const auto& match : matches) {
        found.emplace(match.pattern, match.begin, match.end);
    }
    EXPECT_EQ(found,
              (std::set<std::tuple<std::size_t, std::size_t, std::size_t>>{
                  {0, 0, 9}, {0, 10, 16}, {1, 10, 15}}));
}

TEST(TextScanner, countsWidthsInFoldedBytes)
{
    auto spec = pattern("(?fold=zero_width)abcdef");
    spec.maxWidth = 4;
    const auto matches = matchesOf(compiled({spec}), "ab\u200Bcd\u200Be\u200Bf");
    ASSERT_EQ(matches.size(), 1U);
    EXPECT_EQ(matches[0].begin, 5U) << "of the c: the last four letters";
    EXPECT_EQ(matches[0].end, 15U);
}

TEST(TextScanner, saysWhenDisguisesHoldTooMuch)
{
    const auto set = compiled({pattern("(?fold=zero_width)ab")});
    std::vector<Match> matches;
    TextScanner scanner(set);
    scanner.feed("a", matches);
    const auto drops = limits::kFoldedHeldBytesMax / 3;
    for (std::size_t count = 0; count < drops; ++count) {
        scanner.feed("\u200B", matches);
    }
    EXPECT_EQ(scanner.settled(), 0U);
    EXPECT_FALSE(scanner.holdsTooMuch());
    scanner.feed("\u200B", matches);
    EXPECT_TRUE(scanner.holdsTooMuch());
    scanner.readAsIs();
    EXPECT_EQ(scanner.settled(), scanner.position());
    scanner.feed("ab", matches);
    EXPECT_EQ(matches.size(), 1U) << "as it stands it is still found";
}

/// The definition: each byte of the folded text knows its character in the text.
struct Folded {
    std::string text;
    std::vector<std::size_t> begins; ///< By folded byte; and the end.
    std::vector<std::size_t> ends; ///< Of as many folded bytes.
};

Folded foldedText(std::string_view text, Folds kinds)
{
    Folded result;
    result.ends.push_back(0);
    for (std::size_t at = 0; at < text.size();) {
        const auto decoded = decodeCharacter(text.substr(at));
        const auto length = decoded ? decoded->length : 1;
        const auto read = decoded ? folded(decoded->codePoint, kinds) : std::nullopt;
        if (!read) {
            for (std::size_t byte = 0; byte < length; ++byte) {
                result.text += text[at + byte];
                result.begins.push_back(at + byte);
                result.ends.push_back(at + byte + 1);
            }
        } else if (*read != '\0') {
            result.text += *read;
            result.begins.push_back(at);
            result.ends.push_back(at + length);
        }
        at += length;
    }
    result.begins.push_back(text.size());
    return result;
}

using Intervals = std::set<std::tuple<std::size_t, std::size_t, std::size_t>>;

/// Without any folding.
std::vector<Match> scanRaw(const std::shared_ptr<const PatternSet>& set, std::string_view text)
{
    std::vector<Match> matches;
    Scanner scanner(set);
    scanner.feed(text, matches);
    scanner.finish(matches);
    return matches;
}

Intervals expected(const std::shared_ptr<const PatternSet>& set,
                   const std::vector<Folds>& folds,
                   std::string_view text)
{
    Intervals found;
    for (const auto& match : scanRaw(set, text)) {
        found.emplace(match.pattern, match.begin, match.end);
    }
    for (const auto kind : std::set<Folds>(folds.begin(), folds.end())) {
        const auto read = foldedText(text, kind);
        for (const auto& match : scanRaw(set, read.text)) {
            if (folds[match.pattern] == kind) {
                found.emplace(match.pattern, read.begins[match.begin], read.ends[match.end]);
            }
        }
    }
    return found;
}

Intervals intervals(const std::vector<Match>& matches)
{
    Intervals found;
    for (const auto& match : matches) {
        found.emplace(match.pattern, match.begin, match.end);
    }
    return found;
}

/// Puts disguises between and in place of the characters of a text.
std::string disguised(Dice& dice, std::string_view text)
{
    static const std::vector<std::string> kNothing{
        "\u200B", "\u00AD", "\u0301", "\u2060", "\uFE0F"};
    std::string out;
    for (const char byte : text) {
        if (dice.oneIn(6)) {
            out += kNothing[dice.below(kNothing.size())];
        }
        if (byte > ' ' && byte < 0x7F && dice.oneIn(6)) {
            const auto wide = 0xFF01 + static_cast<std::uint32_t>(byte - '!');
            out += static_cast<char>(0xE0 | (wide >> 12));
            out += static_cast<char>(0x80 | ((wide >> 6) & 0x3F));
            out += static_cast<char>(0x80 | (wide & 0x3F));
        } else {
            out += byte;
        }
        if (dice.oneIn(40)) {
            out += dice.oneIn(2) ? "\xE2" : "é";
        }
    }
    return out;
}

class Splits {
public:
    Splits(std::shared_ptr<const PatternSet> set, std::string text)
        : m_set(std::move(set))
        , m_text(std::move(text))
    {
    }

    /// Byte by byte; what other splits have to agree with.
    void learn()
    {
        TextScanner scanner(m_set);
        m_settled = {0};
        for (const auto& byte : m_text) {
            scanner.feed({&byte, 1}, m_matches);
            EXPECT_GE(scanner.settled(), m_settled.back()) << "h runs backwards";
            m_settled.push_back(scanner.settled());
        }
        scanner.finish(m_matches);
    }
    void compare(const std::vector<std::size_t>& cuts) const
    {
        TextScanner scanner(m_set);
        std::vector<Match> matches;
        std::size_t at = 0;
        for (const auto cut : cuts) {
            scanner.feed(std::string_view(m_text).substr(at, cut - at), matches);
            EXPECT_EQ(scanner.settled(), m_settled[cut]) << "after " << cut << " of: " << m_text;
            at = cut;
        }
        scanner.feed(std::string_view(m_text).substr(at), matches);
        scanner.finish(matches);
        EXPECT_EQ(matches, m_matches) << m_text;
    }
    [[nodiscard]] const std::vector<Match>& matches() const { return m_matches; }
    [[nodiscard]] const std::string& text() const { return m_text; }
    /// No byte of a match was settled before it was confirmed, up to its width.
    void expectNothingLeaked() const
    {
        for (const auto& match : m_matches) {
            const auto seen = std::min(match.confirmedAt, m_settled.size()) - 1;
            EXPECT_LE(m_settled[seen], match.begin) << m_text;
        }
    }

private:
    std::shared_ptr<const PatternSet> m_set;
    std::string m_text;
    std::vector<std::size_t> m_settled;
    std::vector<Match> m_matches;
};

TEST(TextScannerProperty, isTheUnionOfItsViewsAtEverySplit)
{
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Dice dice(seed);
        std::vector<RandomPattern> patterns;
        std::vector<PatternSpec> specs;
        std::vector<Folds> folds;
        while (specs.size() < 1 + seed % 3) {
            auto made = randomPattern(dice);
            if (PatternSet::compile(std::span(&made.spec, 1))) {
                made.spec.holds = true;
                folds.push_back(static_cast<Folds>(dice.below(2) * (1 + dice.below(15))));
                specs.push_back(made.spec);
                specs.back().pattern = flag(folds.back()) + specs.back().pattern;
                patterns.push_back(std::move(made));
            }
        }
        const auto set = compiled(specs);
        const auto text = disguised(dice, randomText(dice, patterns));
        Splits splits(set, text);
        splits.learn();
        EXPECT_EQ(intervals(splits.matches()), expected(set, folds, text)) << seed << ": " << text;
        splits.expectNothingLeaked();
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            splits.compare({cut});
        }
        std::vector<std::size_t> cuts;
        for (std::size_t at = 0; at < text.size(); at += 1 + dice.below(7)) {
            cuts.push_back(at);
        }
        splits.compare(cuts);
        if (HasFailure()) {
            break;
        }
    }
}

} // namespace
} // namespace exhibit::scan
