// SPDX-License-Identifier: Apache-2.0
#include "models/scan/candidates.h"

#include "models/scan/validators.h"

#include <algorithm>

namespace exhibit::scan {
namespace {

/// Walking back over what is cached, and validating, are so much faster than building steps.
constexpr std::uint64_t kCachedShare = 8;

} // namespace

CandidateFinder::CandidateFinder(const PatternSet::Automaton& automaton)
    : m_automaton(automaton)
{
}

CandidateFinder::Found CandidateFinder::leastAcceptedStart(const TextWindow& text,
                                                           const CandidateEnd& candidate,
                                                           std::size_t lowest)
{
    Found found;
    const auto& pattern = m_automaton.patterns[candidate.pattern];
    if (candidate.end > pattern.width) {
        lowest = std::max(lowest, candidate.end - pattern.width);
    }
    auto offset = candidate.end - 1;
    std::vector<std::size_t> starts;
    auto* state = enter(candidate, classAt(text, offset));
    while (!std::get<Positions>(*state->key).empty()) {
        found.work += 1 + std::get<Positions>(*state->key).size();
        const auto classBefore = offset == 0 ? m_automaton.classCount : classAt(text, offset - 1);
        const auto back = step(state, classBefore);
        if (back.starts) {
            starts.push_back(offset);
        }
        if (offset == lowest) {
            break;
        }
        state = back.next;
        --offset;
    }
    const auto accepted = std::find_if(starts.rbegin(), starts.rend(), [&](std::size_t start) {
        const auto bytes = text.bytes.substr(start - text.begin, candidate.end - start);
        found.work += bytes.size();
        return accepts(pattern.validator, bytes);
    });
    if (accepted != starts.rend()) {
        found.start = *accepted;
    }
    m_work += found.work / kCachedShare;
    return found;
}

CandidateFinder::State* CandidateFinder::enter(const CandidateEnd& candidate, std::size_t lastClass)
{
    State* none = nullptr;
    forgetWhenFull(none);
    const EntryKey entryKey{
        candidate.pattern, lastClass, candidate.after ? *candidate.after : UINT32_MAX};
    auto& entry = m_entries[entryKey];
    if (entry == nullptr) {
        const auto& pattern = m_automaton.patterns[candidate.pattern];
        const auto last = m_automaton.kindOfClass[lastClass];
        Positions matched;
        for (auto position = pattern.firstPosition; position < pattern.endPosition; ++position) {
            const auto label = m_automaton.positions[position].label;
            if (m_automaton.labelClasses[label][lastClass]
                && mayEnd(position, last, candidate.after)) {
                matched.push_back(position);
            }
        }
        m_bytes += sizeof(EntryKey) + 6 * sizeof(void*);
        entry = find({candidate.pattern, last, std::move(matched)});
    }
    return entry;
}

CandidateFinder::State* CandidateFinder::find(Key key)
{
    const auto [entry, added] = m_states.try_emplace(std::move(key));
    if (added) {
        entry->second.key = &entry->first;
        entry->second.steps.resize(m_automaton.classCount + 1);
        m_bytes += sizeof(Key) + sizeof(State) + 6 * sizeof(void*)
            + std::get<Positions>(entry->first).capacity() * sizeof(std::uint32_t)
            + entry->second.steps.size() * sizeof(Step);
    }
    return &entry->second;
}

// `from` changes place when everything is forgotten on the way.
CandidateFinder::Step CandidateFinder::step(State*& from, std::size_t classBefore)
{
    if (from->steps[classBefore].next == nullptr) {
        forgetWhenFull(from);
        const auto& key = *from->key;
        const bool outside = classBefore == m_automaton.classCount;
        const auto kind = outside ? m_automaton.outsideKind : m_automaton.kindOfClass[classBefore];
        const auto& pattern = m_automaton.patterns[std::get<std::uint32_t>(key)];
        m_work += pattern.endPosition - pattern.firstPosition;
        Step built;
        built.starts = mayStart(key, kind);
        built.next = find(
            {std::get<std::uint32_t>(key), kind, outside ? Positions{} : before(key, classBefore)});
        from->steps[classBefore] = built;
    }
    return from->steps[classBefore];
}

void CandidateFinder::forgetWhenFull(State*& current)
{
    if (m_bytes <= m_automaton.cacheBytesMax / 4) {
        return;
    }
    auto key = current == nullptr ? Key{} : *current->key;
    m_entries.clear();
    m_states.clear();
    m_bytes = 0;
    if (current != nullptr) {
        current = find(std::move(key));
    }
}

bool CandidateFinder::mayEnd(std::uint32_t position, Kind last, std::optional<Kind> after) const
{
    if (!after) {
        return m_automaton.positions[position].ends;
    }
    const auto end = m_automaton.positions[position + 1].firstRightEdge;
    for (auto edge = m_automaton.positions[position].firstRightEdge; edge < end; ++edge) {
        if (m_automaton.allows(m_automaton.rightEdges[edge], last, *after)) {
            return true;
        }
    }
    return false;
}

bool CandidateFinder::mayStart(const Key& key, Kind before) const
{
    const auto& [pattern, kind, matched] = key;
    const auto& edges = m_automaton.leftEdges;
    for (const auto position : matched) {
        auto edge = std::lower_bound(edges.begin(),
                                     edges.end(),
                                     position,
                                     [](const auto& a, std::uint32_t b) { return a.position < b; });
        for (; edge != edges.end() && edge->position == position; ++edge) {
            if (m_automaton.allows(*edge, before, kind)) {
                return true;
            }
        }
    }
    return false;
}

// The positions that match a byte of this class and lead to one of the key's.
CandidateFinder::Positions CandidateFinder::before(const Key& key, std::size_t classBefore) const
{
    const auto& [index, kind, matched] = key;
    const auto& pattern = m_automaton.patterns[index];
    const auto kindBefore = m_automaton.kindOfClass[classBefore];
    Positions found;
    for (auto position = pattern.firstPosition; position < pattern.endPosition; ++position) {
        const auto& entry = m_automaton.positions[position];
        if (!m_automaton.labelClasses[entry.label][classBefore]) {
            continue;
        }
        const auto end = m_automaton.positions[position + 1].firstLink;
        for (auto link = entry.firstLink; link < end; ++link) {
            const auto [to, words] = m_automaton.links[link];
            if (std::binary_search(matched.begin(), matched.end(), to)
                && m_automaton.wordsAllow(words, kindBefore, kind)) {
                found.push_back(position);
                break;
            }
        }
    }
    return found;
}

std::size_t CandidateFinder::classAt(const TextWindow& text, std::size_t offset) const
{
    return m_automaton.classOfByte[static_cast<std::uint8_t>(text.at(offset))];
}

} // namespace exhibit::scan
