// SPDX-License-Identifier: Apache-2.0
#include "models/scan/automaton.h"

#include <algorithm>
#include <map>
#include <utility>

namespace exhibit::scan {
namespace {

// Divides the bytes into classes that none of the sets added so far tells apart.
class Partition {
public:
    void refine(const ByteSet& set)
    {
        std::array<std::int16_t, 512> parts{};
        parts.fill(-1);
        std::int16_t count = 0;
        for (std::size_t byte = 0; byte < 256; ++byte) {
            auto& part = parts[2U * m_class[byte] + (set[byte] ? 1U : 0U)];
            if (part < 0) {
                part = count++;
            }
            m_class[byte] = static_cast<std::uint8_t>(part);
        }
        m_count = static_cast<std::size_t>(count);
    }

    [[nodiscard]] const std::array<std::uint8_t, 256>& classes() const { return m_class; }
    [[nodiscard]] std::size_t count() const { return m_count; }

private:
    std::array<std::uint8_t, 256> m_class{};
    std::size_t m_count = 1;
};

} // namespace

AutomatonBuilder::AutomatonBuilder()
    : m_automaton(std::make_unique<PatternSet::Automaton>())
    , m_lookarounds(1)
{
}

void AutomatonBuilder::add(const PatternSet::Automaton::Pattern& pattern,
                           const PositionAutomaton& positions,
                           Folds folds)
{
    auto& automaton = *m_automaton;
    automaton.folds.push_back(folds);
    const auto base = static_cast<std::uint32_t>(automaton.positions.size());
    const auto index = static_cast<std::uint32_t>(automaton.patterns.size());
    const auto count = static_cast<std::uint32_t>(positions.labels.size());
    auto& added = automaton.patterns.emplace_back(pattern);
    added.firstPosition = base;
    added.endPosition = base + count;
    for (const auto& first : positions.firsts) {
        const auto& condition = first.condition;
        automaton.leftEdges.push_back(
            {base + first.position, lookaround(positions, condition.notAfter), condition.words});
        m_wordsMatter = m_wordsMatter || condition.words != kEveryEdge;
    }
    auto link = positions.links.begin();
    auto last = positions.lasts.begin();
    for (std::uint32_t position = 0; position < count; ++position) {
        auto& entry = automaton.positions.emplace_back();
        entry.pattern = index;
        entry.label = label(positions.labels[position]);
        entry.firstLink = static_cast<std::uint32_t>(automaton.links.size());
        entry.firstRightEdge = static_cast<std::uint32_t>(automaton.rightEdges.size());
        for (; link != positions.links.end() && link->from == position; ++link) {
            automaton.links.push_back({base + link->to, link->words});
            m_wordsMatter = m_wordsMatter || link->words != kEveryEdge;
        }
        const auto lastsEnd = std::find_if(last, positions.lasts.end(), [&](const auto& border) {
            return border.position != position;
        });
        entry.ends = std::any_of(
            last, lastsEnd, [](const auto& border) { return border.condition.always(); });
        for (; last != lastsEnd; ++last) {
            if (entry.ends) {
                continue; // Nothing to wait for: it ends here whatever follows.
            }
            const auto& condition = last->condition;
            automaton.rightEdges.push_back(
                {lookaround(positions, condition.notBefore), condition.words});
            m_wordsMatter = m_wordsMatter || condition.words != kEveryEdge;
        }
        entry.lives = entry.firstLink < automaton.links.size()
            || entry.firstRightEdge < automaton.rightEdges.size();
    }
}

std::unique_ptr<PatternSet::Automaton> AutomatonBuilder::finish()
{
    auto& sentinel = m_automaton->positions.emplace_back();
    sentinel.firstLink = static_cast<std::uint32_t>(m_automaton->links.size());
    sentinel.firstRightEdge = static_cast<std::uint32_t>(m_automaton->rightEdges.size());
    describeKinds();
    divideBytes();
    return std::move(m_automaton);
}

std::uint32_t AutomatonBuilder::lookaround(const PositionAutomaton& pattern, std::uint16_t index)
{
    if (index == 0) {
        return 0;
    }
    const auto& bytes = pattern.lookarounds[index - 1U];
    const auto known = std::find(m_lookarounds.begin(), m_lookarounds.end(), bytes);
    const auto found = static_cast<std::uint32_t>(known - m_lookarounds.begin());
    if (known == m_lookarounds.end()) {
        m_lookarounds.push_back(bytes);
    }
    return found;
}

std::uint32_t AutomatonBuilder::label(const ByteSet& bytes)
{
    const auto [entry, added]
        = m_labelIndex.try_emplace(bytes, static_cast<std::uint32_t>(m_labels.size()));
    if (added) {
        m_labels.push_back(bytes);
    }
    return entry->second;
}

void AutomatonBuilder::describeKinds()
{
    Partition kinds;
    if (m_wordsMatter) {
        kinds.refine(wordBytes());
    }
    for (const auto& bytes : m_lookarounds) {
        kinds.refine(bytes);
    }
    m_kindOfByte = kinds.classes();
    auto& automaton = *m_automaton;
    automaton.outsideKind = static_cast<PatternSet::Automaton::Kind>(kinds.count());
    automaton.wordKind.assign(kinds.count() + 1, false);
    automaton.lookaroundKinds.resize(m_lookarounds.size());
    const auto words = wordBytes();
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const auto kind = m_kindOfByte[byte];
        if (m_wordsMatter) {
            automaton.wordKind[kind] = words[byte];
        }
        for (std::size_t index = 0; index < m_lookarounds.size(); ++index) {
            automaton.lookaroundKinds[index][kind] = m_lookarounds[index][byte];
        }
    }
}

void AutomatonBuilder::divideBytes()
{
    Partition classes;
    if (m_wordsMatter) {
        classes.refine(wordBytes());
    }
    for (const auto& bytes : m_lookarounds) {
        classes.refine(bytes);
    }
    for (const auto& bytes : m_labels) {
        classes.refine(bytes);
    }
    auto& automaton = *m_automaton;
    automaton.classOfByte = classes.classes();
    automaton.classCount = classes.count();
    automaton.kindOfClass.resize(classes.count());
    automaton.labelClasses.resize(m_labels.size());
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const auto byteClass = automaton.classOfByte[byte];
        automaton.kindOfClass[byteClass] = m_kindOfByte[byte];
        for (std::size_t index = 0; index < m_labels.size(); ++index) {
            automaton.labelClasses[index][byteClass] = m_labels[index][byte];
        }
    }
    automaton.leftEdgesOfClass.resize(classes.count());
    for (std::size_t byteClass = 0; byteClass < classes.count(); ++byteClass) {
        for (std::uint32_t index = 0; index < automaton.leftEdges.size(); ++index) {
            const auto& position = automaton.positions[automaton.leftEdges[index].position];
            if (automaton.labelClasses[position.label][byteClass]) {
                automaton.leftEdgesOfClass[byteClass].push_back(index);
            }
        }
    }
}

void PatternSet::Automaton::weigh()
{
    const auto count = static_cast<std::uint32_t>(positions.size() - 1);
    work.assign(count, 0);
    // Bytes behind the start of a match up to which its window may still come (Scanner::skip()).
    std::size_t near = prefilter ? prefilter->beforeMax() + Window::kBytes : 0;
    std::vector<bool> isNear(count, false);
    std::vector<std::uint32_t> reached;
    const auto reach = [&](std::uint32_t position) {
        if (!isNear[position]) {
            isNear[position] = true;
            reached.push_back(position);
        }
    };
    for (std::size_t index = 0; near > 0 && index < leftEdges.size(); ++index) {
        reach(leftEdges[index].position);
    }
    for (; near > 1 && !reached.empty(); --near) {
        for (const auto position : std::exchange(reached, {})) {
            const auto end = positions[position + 1].firstLink;
            for (auto link = positions[position].firstLink; link < end; ++link) {
                reach(links[link].to);
            }
        }
    }
    for (std::uint32_t position = 0; position < count; ++position) {
        work[position] = isNear[position] ? 0 : unitsOf(position);
    }
}

std::shared_ptr<const PatternSet> PatternSet::Automaton::intoSet(
    std::unique_ptr<Automaton> automaton)
{
    automaton->weigh();
    return std::shared_ptr<const PatternSet>(new PatternSet(std::move(automaton)));
}

} // namespace exhibit::scan
