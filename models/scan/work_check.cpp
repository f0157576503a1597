// SPDX-License-Identifier: Apache-2.0
#include "models/scan/work_check.h"

#include "models/scan/automaton.h"
#include "models/scan/scanner.h"

#include <algorithm>
#include <array>
#include <set>

namespace exhibit::scan {
namespace {

using Automaton = PatternSet::Automaton;

/// Twice what the longest counted repeat needs to be alive in all its rounds.
constexpr std::size_t kTextBytes = 2 * std::size_t{limits::kPatternRepeatMax};
/// Of a pattern's own beginning, from which its text is made.
constexpr std::size_t kBeginningBytesMax = 24;
/// A position that takes more bytes than this stands in what repeats, not in a word.
constexpr std::size_t kNarrowBytesMax = 4;

/// Bytes of the alphabet in an order that repeats nothing for long; the same everywhere.
std::string shuffled(std::string_view alphabet)
{
    std::string text;
    std::uint64_t state = 1;
    while (text.size() < kTextBytes) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        text += alphabet[(state >> 33) % alphabet.size()];
    }
    return text;
}

std::string repeated(std::string_view part)
{
    std::string text;
    while (text.size() < kTextBytes) {
        text += part;
    }
    return text;
}

/// What keeps usual patterns alive: words, numbers, codes, and all of them.
std::vector<std::string> usualTexts()
{
    constexpr std::array<std::string_view, 6> kAlphabets{
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789",
        "0123456789 -.",
        "a1b2.c3-d4@e5_f6:7/8 9+0",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "the of \"and\" {to}, (in) a=is;\n"};
    std::vector<std::string> texts;
    std::transform(kAlphabets.begin(), kAlphabets.end(), std::back_inserter(texts), shuffled);
    return texts;
}

/// A byte the position takes, a letter or digit if it takes one; `count`: how many it takes.
char byteOf(const Automaton& automaton, std::uint32_t position, std::size_t& count)
{
    const auto& label = automaton.labelClasses[automaton.positions[position].label];
    count = 0;
    char found = 0;
    bool usual = false;
    for (int byte = 255; byte >= 0; --byte) {
        if (label[automaton.classOfByte[static_cast<std::size_t>(byte)]]) {
            ++count;
            const bool alphanumeric = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
            if (alphanumeric || !usual) {
                found = static_cast<char>(byte);
                usual = usual || alphanumeric;
            }
        }
    }
    return found;
}

/// How matches from this edge begin, up to the first position that takes many bytes.
std::string beginning(const Automaton& automaton, std::uint32_t position)
{
    std::string text;
    while (text.size() < kBeginningBytesMax) {
        std::size_t count = 0;
        const char byte = byteOf(automaton, position, count);
        if (count > kNarrowBytesMax && !text.empty()) {
            break;
        }
        text += byte;
        const auto link = automaton.positions[position].firstLink;
        if (count > kNarrowBytesMax || link == automaton.positions[position + 1].firstLink) {
            break;
        }
        position = automaton.links[link].to;
    }
    return text;
}

/// Texts in which a match of some pattern begins as often as can be.
std::set<std::string> beginnings(const Automaton& automaton)
{
    std::set<std::string> found;
    for (const auto& edge : automaton.leftEdges) {
        found.insert(beginning(automaton, edge.position));
    }
    return found;
}

/// Of the first `named` patterns the dearest where the text exhausts the budget.
std::optional<std::size_t> dearestIn(const std::shared_ptr<const PatternSet>& patterns,
                                     std::size_t named,
                                     std::string_view text)
{
    Scanner scanner(patterns, WorkBudget::limited());
    std::vector<Match> matches;
    scanner.feed(text, matches);
    scanner.finish(matches);
    if (!scanner.exhausted()) {
        return std::nullopt;
    }
    const auto shares = std::span(scanner.shares()).first(named);
    return static_cast<std::size_t>(std::max_element(shares.begin(), shares.end())
                                    - shares.begin());
}

} // namespace

Result<std::optional<std::size_t>> dearestBeyondBudget(std::span<const PatternSpec> patterns,
                                                       std::size_t named)
{
    EXHIBIT_TRY(auto automaton, buildAutomaton(patterns));
    automaton->prefilter.reset(); // So that everything is counted.
    auto texts = usualTexts();
    for (const auto& begin : beginnings(*automaton)) {
        texts.push_back(repeated(begin));
    }
    const auto set = Automaton::intoSet(std::move(automaton));
    for (const auto& text : texts) {
        if (const auto dearest = dearestIn(set, named, text)) {
            return dearest;
        }
    }
    return std::optional<std::size_t>{};
}

} // namespace exhibit::scan
