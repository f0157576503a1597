// SPDX-License-Identifier: Apache-2.0
#include "models/scan/scanner.h"

#include "models/base/assert.h"
#include "models/scan/scanner_state.h"

#include <algorithm>

namespace exhibit::scan {
namespace {

// How much is scanned before text that cannot matter any more is dropped.
constexpr std::size_t kChunkBytes = 16 * 1024;
// How many registers are moved in the time of one unit of work.
constexpr std::size_t kRegistersPerUnit = 16;

} // namespace

std::size_t Scanner::State::scan(std::string_view chunk, std::vector<Match>& confirmed, Pace& pace)
{
    auto& cache = threadCache(automaton());
    if (generation != cache.generation()) {
        cached = cache.enter(groups);
    }
    text.append(chunk);
    const bool skips
        = automaton().prefilter.has_value() && chunk.size() >= automaton().prefilterBytesMin;
    Reading reading{0, skips ? 0 : chunk.size()};
    Output output{confirmed, pace};
    do {
        if (skips && cached->quiet && position >= readUntil) {
            reading = skip(cache, chunk, reading.at, pace);
        }
        read(cache, chunk, reading, output);
    } while (reading.at < chunk.size() && !pace.over() && !budget.exhausted());
    text.resize(text.size() - (chunk.size() - reading.at));
    generation = cache.generation();
    if (groups != cached->groups) {
        groups = cached->groups;
    }
    dropText();
    return reading.at;
}

void Scanner::State::read(TransitionCache& cache,
                          std::string_view chunk,
                          Reading& reading,
                          Output& output)
{
    auto* state = cached;
    const auto& classOfByte = automaton().classOfByte;
    auto at = reading.at;
    while (at < chunk.size()) {
        const auto byteClass = classOfByte[static_cast<std::uint8_t>(chunk[at])];
        auto step = state->steps[byteClass];
        if (step.next == nullptr) [[unlikely]] {
            step = cache.build(state, byteClass);
            output.pace.spend(cache.takeWork());
        }
        if (step.effect != nullptr) {
            consume(cache, step, output);
        }
        ++position;
        ++at;
        state = step.next;
        if (state->work > limits::kScanWorkFree) [[unlikely]] {
            if (!budget.charge(state->work, position)) {
                shares = sharesOf(*state->groups);
            }
        }
        if ((at >= reading.until && state->quiet) || output.pace.over() || budget.exhausted()) {
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
                                             std::size_t at,
                                             Pace& pace)
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
        const auto silent = probe(cache, chunk, {begin, from}, kind, pace);
        if (!silent) {
            reading = {backFrom(hit->offset), from};
            readUntil = pace.over() ? position + (from - at) : readUntil;
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
/// confirmed, work is to be charged, the chunk ends or the pace is over before.
std::optional<std::size_t> Scanner::State::probe(TransitionCache& cache,
                                                 std::string_view chunk,
                                                 Reading reading,
                                                 PatternSet::Automaton::Kind kind,
                                                 Pace& pace)
{
    auto* state = cache.quiet(kind);
    const auto& classOfByte = automaton().classOfByte;
    for (auto at = reading.at; at < chunk.size(); ++at) {
        const auto byteClass = classOfByte[static_cast<std::uint8_t>(chunk[at])];
        auto step = state->steps[byteClass];
        if (step.next == nullptr) [[unlikely]] {
            step = cache.build(state, byteClass);
            pace.spend(cache.takeWork());
        }
        if (step.effect != nullptr && !step.effect->confirmations.empty()) {
            return std::nullopt;
        }
        state = step.next;
        if (state->work > 0 || pace.over()) {
            return std::nullopt;
        }
        if (at + 1 >= reading.until && state->quiet) {
            return at + 1;
        }
    }
    return std::nullopt;
}

// Reads the byte at `position`.
void Scanner::State::consume(TransitionCache& cache,
                             const TransitionCache::Step& step,
                             Output& output)
{
    const auto& effect = *step.effect;
    output.pace.spend(effect.kept.size() / kRegistersPerUnit);
    if (effect.confirmations.empty()) [[likely]] {
        moveRegisters(effect);
        return;
    }
    auto& confirmed = output.confirmed;
    const auto before = confirmed.size();
    const auto kind = automaton().kindOf(text[position - textBegin]);
    confirm(cache, effect.confirmations, kind, confirmed);
    output.pace.spend(effect.confirmations.size() + cache.takeWork());
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

Scanner::Scanner(std::shared_ptr<const PatternSet> patterns, WorkBudget budget)
    : m_state(std::make_unique<State>(std::move(patterns), budget))
{
}

Scanner::~Scanner() = default;
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;

Scanner Scanner::copy() const
{
    Scanner other(m_state->patterns, m_state->budget);
    *other.m_state = *m_state;
    return other;
}

void Scanner::feed(std::string_view delta, std::vector<Match>& confirmed)
{
    Pace endless;
    feedAll(delta, confirmed, endless);
}

void Scanner::feedAll(std::string_view delta, std::vector<Match>& confirmed, Pace& pace)
{
    while (!delta.empty()) {
        delta.remove_prefix(feed(delta, confirmed, pace));
    }
}

std::size_t Scanner::feed(std::string_view delta, std::vector<Match>& confirmed, Pace& pace)
{
    EXHIBIT_ASSERT(!m_state->ended);
    std::size_t consumed = 0;
    while (consumed < delta.size() && !m_state->closed) {
        consumed += m_state->scan(delta.substr(consumed, kChunkBytes), confirmed, pace);
        if (m_state->budget.exhausted()) {
            m_state->silence();
        } else if (pace.over()) {
            return consumed;
        }
    }
    m_state->position += delta.size() - consumed;
    return delta.size();
}

void Scanner::finish(std::vector<Match>& confirmed)
{
    EXHIBIT_ASSERT(!m_state->ended);
    m_state->end(confirmed);
}

bool Scanner::exhausted() const
{
    return m_state->budget.exhausted();
}

const std::vector<std::uint64_t>& Scanner::shares() const
{
    return m_state->shares;
}

void Scanner::silence()
{
    m_state->silence();
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
