// SPDX-License-Identifier: Apache-2.0
#include "models/scan/scanner.h"

#include "models/base/assert.h"
#include "models/scan/candidates.h"
#include "models/scan/transition_cache.h"

#include <algorithm>

namespace exhibit::scan {
namespace {

// Text kept before the earliest byte that may matter: the rest of its character (3 bytes) or the
// byte that a left edge looks at.
constexpr std::size_t kTextMargin = 4;
// How much is scanned before text that cannot matter any more is dropped.
constexpr std::size_t kChunkBytes = 16 * 1024;
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

struct Scanner::State {
    explicit State(std::shared_ptr<const PatternSet> set)
        : patterns(std::move(set))
    {
    }

    [[nodiscard]] const PatternSet::Automaton& automaton() const { return patterns->automaton(); }

    void scan(std::string_view chunk, std::vector<Match>& confirmed);
    void end(std::vector<Match>& confirmed);
    [[nodiscard]] std::size_t settledAt(const LiveGroups& live, std::size_t at) const;

    std::shared_ptr<const PatternSet> patterns;
    std::shared_ptr<const LiveGroups> groups; ///< Null before the first byte.
    std::vector<std::size_t> registers; ///< The start of each group.
    TransitionCache::State* cached = nullptr; ///< Of `groups`, in the cache of this generation.
    std::uint64_t generation = 0;
    std::size_t position = 0;
    std::string text; ///< What the matches still alive may need of the text, up to `position`.
    std::size_t textBegin = 0;
    bool ended = false;

private:
    /// Where the automaton reads on in a chunk, and from where on it may stop when nothing is live.
    struct Reading {
        std::size_t at = 0;
        std::size_t until = 0;
    };
    void read(TransitionCache& cache,
              std::string_view chunk,
              Reading& reading,
              std::vector<Match>& confirmed);
    Reading skip(TransitionCache& cache, std::string_view chunk, std::size_t at);
    [[nodiscard]] std::optional<std::size_t> probe(TransitionCache& cache,
                                                   std::string_view chunk,
                                                   Reading reading,
                                                   PatternSet::Automaton::Kind kind) const;
    void consume(TransitionCache& cache,
                 const TransitionCache::Step& step,
                 std::vector<Match>& confirmed);
    void moveRegisters(const Effect& effect);
    void confirm(TransitionCache& cache,
                 std::span<const Confirmation> confirmations,
                 std::optional<PatternSet::Automaton::Kind> after,
                 std::vector<Match>& confirmed) const;
    void dropText();
    [[nodiscard]] TextWindow window() const { return {text, textBegin}; }
    [[nodiscard]] std::size_t characterStart(std::size_t offset) const;
};

void Scanner::State::scan(std::string_view chunk, std::vector<Match>& confirmed)
{
    auto& cache = threadCache(automaton());
    if (generation != cache.generation()) {
        cached = cache.enter(groups);
    }
    text.append(chunk);
    const bool skips
        = automaton().prefilter.has_value() && chunk.size() >= automaton().prefilterBytesMin;
    Reading reading{0, skips ? 0 : chunk.size()};
    while (reading.at < chunk.size()) {
        if (skips && cached->quiet) {
            reading = skip(cache, chunk, reading.at);
        }
        read(cache, chunk, reading, confirmed);
    }
    generation = cache.generation();
    if (groups != cached->groups) {
        groups = cached->groups;
    }
    dropText();
}

void Scanner::State::read(TransitionCache& cache,
                          std::string_view chunk,
                          Reading& reading,
                          std::vector<Match>& confirmed)
{
    auto* state = cached;
    const auto& classOfByte = automaton().classOfByte;
    auto at = reading.at;
    while (at < chunk.size()) {
        const auto byteClass = classOfByte[static_cast<std::uint8_t>(chunk[at])];
        auto step = state->steps[byteClass];
        if (step.next == nullptr) [[unlikely]] {
            step = cache.build(state, byteClass);
        }
        if (step.effect != nullptr) {
            consume(cache, step, confirmed);
        }
        ++position;
        ++at;
        state = step.next;
        if (at >= reading.until && state->quiet) {
            break;
        }
    }
    reading.at = at;
    cached = state;
}

/// Nothing is live: passes over what begins no match that is confirmed in the chunk, and whose
/// starts are dead at its end. Matches, their order and h at their bytes are as if all was read:
/// a start that is live somewhere has its window at most `before` bytes behind it, or still to
/// come; so reading begins as far before a confirmation, or the end, as any window allows.
Scanner::State::Reading Scanner::State::skip(TransitionCache& cache,
                                             std::string_view chunk,
                                             std::size_t at)
{
    const auto& filter = *automaton().prefilter;
    const auto reach = filter.beforeMax() + Window::kBytes - 1;
    const auto backFrom
        = [at, reach](std::size_t offset) { return offset > at + reach ? offset - reach : at; };
    groups = cached->groups;
    const auto builtIn = cache.generation();
    Reading reading{backFrom(chunk.size()), chunk.size()};
    Reading probed{at, at}; // No start in it is live at its end.
    for (auto from = at;;) {
        const auto hit = filter.find(chunk, from);
        if (!hit) {
            break;
        }
        // Starts before what was probed may have their window within or behind it.
        from = hit->offset + 1;
        const auto first = hit->offset > at + hit->before ? hit->offset - hit->before : at;
        if (first >= probed.at && from <= probed.until) {
            continue;
        }
        if (first < probed.at || first > probed.until) {
            probed = {first, first};
        }
        const auto begin = probed.until;
        const auto kind = begin == at ? groups->lastKind : automaton().kindOf(chunk[begin - 1]);
        const auto silent = probe(cache, chunk, {begin, from}, kind);
        if (!silent) {
            reading = {backFrom(hit->offset), from};
            break;
        }
        probed.until = *silent;
    }
    if (reading.at > at) {
        cached = cache.quiet(automaton().kindOf(chunk[reading.at - 1]));
        position += reading.at - at;
    } else if (builtIn != cache.generation()) {
        cached = cache.enter(groups);
    }
    return reading;
}

/// Reads ahead as read() does; returns where nothing is live any more, or nothing when a match is
/// confirmed or the chunk ends before.
std::optional<std::size_t> Scanner::State::probe(TransitionCache& cache,
                                                 std::string_view chunk,
                                                 Reading reading,
                                                 PatternSet::Automaton::Kind kind) const
{
    auto* state = cache.quiet(kind);
    const auto& classOfByte = automaton().classOfByte;
    for (auto at = reading.at; at < chunk.size(); ++at) {
        const auto byteClass = classOfByte[static_cast<std::uint8_t>(chunk[at])];
        auto step = state->steps[byteClass];
        if (step.next == nullptr) [[unlikely]] {
            step = cache.build(state, byteClass);
        }
        if (step.effect != nullptr && !step.effect->confirmations.empty()) {
            return std::nullopt;
        }
        state = step.next;
        if (at + 1 >= reading.until && state->quiet) {
            return at + 1;
        }
    }
    return std::nullopt;
}

// Reads the byte at `position`.
void Scanner::State::consume(TransitionCache& cache,
                             const TransitionCache::Step& step,
                             std::vector<Match>& confirmed)
{
    const auto& effect = *step.effect;
    if (effect.confirmations.empty()) [[likely]] {
        moveRegisters(effect);
        return;
    }
    const auto before = confirmed.size();
    const auto kind = automaton().kindOf(text[position - textBegin]);
    confirm(cache, effect.confirmations, kind, confirmed);
    moveRegisters(effect);
    const auto settled = settledAt(*step.next->groups, position + 1);
    for (auto index = before; index < confirmed.size(); ++index) {
        confirmed[index].settled = settled;
    }
}

void Scanner::State::moveRegisters(const Effect& effect)
{
    // Ascending, so that nothing is overwritten before it has moved.
    for (std::size_t index = 0; index < effect.kept.size(); ++index) {
        registers[index] = registers[effect.kept[index]];
    }
    registers.resize(effect.kept.size());
    if (effect.starts) {
        registers.push_back(position);
    }
}

void Scanner::State::confirm(TransitionCache& cache,
                             std::span<const Confirmation> confirmations,
                             std::optional<PatternSet::Automaton::Kind> after,
                             std::vector<Match>& confirmed) const
{
    for (const auto& confirmation : confirmations) {
        const auto& pattern = automaton().patterns[confirmation.pattern];
        const auto end = confirmation.awaited ? position : position + 1;
        auto start = confirmation.group == Confirmation::kNewStart ? position
                                                                   : registers[confirmation.group];
        if (pattern.validator != Validator::None) {
            const CandidateEnd candidate{
                confirmation.pattern, end, confirmation.awaited ? after : std::nullopt};
            const auto accepted = cache.candidates().leastAcceptedStart(window(), candidate, start);
            if (!accepted) {
                continue;
            }
            start = *accepted;
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
    groups = nullptr;
    cached = nullptr;
    registers = {};
    text = {};
    textBegin = position;
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

Scanner::Scanner(std::shared_ptr<const PatternSet> patterns)
    : m_state(std::make_unique<State>(std::move(patterns)))
{
}

Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;

Scanner Scanner::copy() const
{
    Scanner other(m_state->patterns);
    *other.m_state = *m_state;
    return other;
}

void Scanner::feed(std::string_view delta, std::vector<Match>& confirmed)
{
    EXHIBIT_ASSERT(!m_state->ended);
    while (!delta.empty()) {
        m_state->scan(delta.substr(0, kChunkBytes), confirmed);
        delta.remove_prefix(std::min(delta.size(), kChunkBytes));
    }
}

void Scanner::finish(std::vector<Match>& confirmed)
{
    EXHIBIT_ASSERT(!m_state->ended);
    m_state->end(confirmed);
}

std::size_t Scanner::position() const
{
    return m_state->position;
}

std::size_t Scanner::settled() const
{
    return m_state->groups ? m_state->settledAt(*m_state->groups, m_state->position)
                           : m_state->position;
}

} // namespace exhibit::scan
