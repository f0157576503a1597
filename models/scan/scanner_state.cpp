// SPDX-License-Identifier: Apache-2.0
// What is known of the matches that are alive: where they began, and what they need of the text.
#include "models/scan/scanner_state.h"

#include <algorithm>

namespace exhibit::scan {
namespace {

// Text kept before the earliest byte that may matter: the rest of its character (3 bytes) or the
// byte that a left edge looks at.
constexpr std::size_t kTextMargin = 4;
// How much room a text may keep once little of it is needed.
constexpr std::size_t kIdleBytes = 8 * 1024;

bool isContinuation(char byte)
{
    return (static_cast<std::uint8_t>(byte) & 0xC0U) == 0x80U;
}

std::size_t clipped(std::size_t start, std::size_t position, std::uint32_t width)
{
    return position > width ? std::max(start, position - width) : start;
}

} // namespace

void Scanner::State::confirm(TransitionCache& cache,
                             std::span<const Confirmation> confirmations,
                             std::optional<PatternSet::Automaton::Kind> after,
                             std::vector<Match>& confirmed)
{
    for (const auto& confirmation : confirmations) {
        const auto& pattern = automaton().patterns[confirmation.pattern];
        const auto end = confirmation.awaited ? position : position + 1;
        auto start = confirmation.group == Confirmation::kNewStart ? position
                                                                   : registers[confirmation.group];
        if (pattern.validator != Validator::None) {
            const CandidateEnd candidate{
                confirmation.pattern, end, confirmation.awaited ? after : std::nullopt};
            const auto found = cache.candidates().leastAcceptedStart(window(), candidate, start);
            if (!budget.charge(found.work, position + 1)) {
                shares.resize(automaton().patterns.size());
                shares[confirmation.pattern] = found.work;
                return;
            }
            if (!found.start) {
                continue;
            }
            start = *found.start;
        }
        Match match;
        match.pattern = confirmation.pattern;
        match.begin = characterStart(clipped(start, end, pattern.width));
        match.end = end;
        match.start = start;
        match.confirmedAt = position + 1;
        confirmed.push_back(match);
    }
}

std::size_t Scanner::State::settledAt(const LiveGroups& live, std::size_t at) const
{
    auto least = at;
    for (std::size_t index = 0; index < live.groups.size(); ++index) {
        const auto width = live.groups[index].holdWidth;
        if (width != 0) {
            least = std::min(least, clipped(registers[index], at, width));
        }
    }
    return least == at ? at : characterStart(least);
}

void Scanner::State::end(std::vector<Match>& confirmed)
{
    ended = true;
    if (groups) {
        const auto before = confirmed.size();
        auto& cache = threadCache(automaton());
        confirm(cache, cache.atEnd(*groups), automaton().outsideKind, confirmed);
        for (auto index = before; index < confirmed.size(); ++index) {
            confirmed[index].settled = position;
        }
    }
    silence();
}

void Scanner::State::silence()
{
    closed = true;
    groups = nullptr;
    cached = nullptr;
    registers = {};
    text = {};
    textBegin = position;
}

std::vector<std::uint64_t> Scanner::State::sharesOf(const LiveGroups& live) const
{
    std::vector<std::uint64_t> works(automaton().patterns.size());
    for (const auto at : live.positions) {
        works[automaton().positions[at].pattern] += automaton().work[at];
    }
    return works;
}

void Scanner::State::dropText()
{
    auto needed = position;
    for (std::size_t index = 0; index < groups->groups.size(); ++index) {
        needed = std::min(needed, clipped(registers[index], position, groups->groups[index].width));
    }
    needed = needed > kTextMargin ? needed - kTextMargin : 0;
    if (needed > textBegin) {
        text.erase(0, needed - textBegin);
        textBegin = needed;
    }
    if (text.capacity() > kIdleBytes && text.size() < kIdleBytes / 4) {
        text.shrink_to_fit();
    }
}

std::size_t Scanner::State::characterStart(std::size_t offset) const
{
    for (int steps = 0; steps < 3 && offset > textBegin; ++steps, --offset) {
        if (!isContinuation(text[offset - textBegin])) {
            break;
        }
    }
    return offset;
}

} // namespace exhibit::scan
