// SPDX-License-Identifier: Apache-2.0
#include "models/scan/transition_cache.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace exhibit::scan {
namespace {

/// What a step costs to build when nothing is live: its state is made and forgotten one day.
constexpr std::uint64_t kStepWork = 64;

std::uint64_t nextGeneration()
{
    // Shared by all threads, so that a stream that moved to another thread never takes that
    // thread's state for its own.
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

class ThreadCaches {
public:
    TransitionCache& find(const PatternSet::Automaton& automaton)
    {
        if (m_caches.empty() || !serves(*m_caches.front(), automaton)) {
            bringToFront(automaton);
        }
        while (m_caches.size() > 1
               && m_bytesBehind + m_caches.front()->bytes() > limits::kScanCacheBytesMax) {
            m_bytesBehind -= m_caches.back()->bytes();
            m_caches.pop_back();
        }
        return *m_caches.front();
    }

private:
    // A new automaton may stand where one that is gone stood.
    static bool serves(const TransitionCache& cache, const PatternSet::Automaton& automaton)
    {
        return cache.automaton() == &automaton && cache.current();
    }

    void bringToFront(const PatternSet::Automaton& automaton)
    {
        std::erase_if(m_caches, [](const auto& cache) { return !cache->current(); });
        const auto found = std::find_if(m_caches.begin(), m_caches.end(), [&](const auto& cache) {
            return serves(*cache, automaton);
        });
        if (found == m_caches.end()) {
            m_caches.insert(m_caches.begin(), std::make_unique<TransitionCache>(automaton));
        } else {
            std::rotate(m_caches.begin(), found, found + 1);
        }
        m_bytesBehind = 0;
        for (std::size_t index = 1; index < m_caches.size(); ++index) {
            m_bytesBehind += m_caches[index]->bytes();
        }
    }

    std::vector<std::unique_ptr<TransitionCache>> m_caches; ///< Most recently used first.
    std::size_t m_bytesBehind = 0; ///< Of all but the first.
};

} // namespace

TransitionCache::TransitionCache(const PatternSet::Automaton& automaton)
    : m_automaton(&automaton)
    , m_alive(automaton.alive)
    , m_generation(nextGeneration())
    , m_candidates(automaton)
    , m_positionMarks(automaton.positions.size())
    , m_patternMarks(automaton.patterns.size())
{
    m_bytes = (m_positionMarks.size() + m_patternMarks.size()) * sizeof(std::uint32_t);
}

std::size_t TransitionCache::Hash::operator()(const LiveGroups* groups) const
{
    std::uint64_t hash = groups->lastKind;
    const auto mix = [&](std::uint64_t value) {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 29;
    };
    for (const auto position : groups->positions) {
        mix(position);
    }
    for (const auto& group : groups->groups) {
        mix(group.end);
    }
    return static_cast<std::size_t>(hash);
}

// Widths follow from the positions.
bool TransitionCache::Equal::operator()(const LiveGroups* a, const LiveGroups* b) const
{
    return a->lastKind == b->lastKind && a->positions == b->positions
        && std::equal(a->groups.begin(),
                      a->groups.end(),
                      b->groups.begin(),
                      b->groups.end(),
                      [](const auto& x, const auto& y) { return x.end == y.end; });
}

TransitionCache::State* TransitionCache::quiet(PatternSet::Automaton::Kind kind)
{
    auto groups = std::make_shared<LiveGroups>();
    groups->lastKind = kind;
    return enter(groups);
}

TransitionCache::State* TransitionCache::enter(const std::shared_ptr<const LiveGroups>& groups)
{
    if (!groups) {
        return quiet(m_automaton->outsideKind);
    }
    const auto found = m_states.find(groups.get());
    if (found != m_states.end()) {
        return found->second.get();
    }
    auto state = std::make_unique<State>();
    state->groups = groups;
    state->steps.resize(m_automaton->classCount);
    state->quiet = groups->groups.empty();
    for (const auto position : groups->positions) {
        state->work += m_automaton->work[position];
    }
    m_bytes += sizeof(State) + sizeof(LiveGroups) + 4 * sizeof(void*)
        + m_automaton->classCount * sizeof(Step)
        + groups->positions.capacity() * sizeof(std::uint32_t)
        + groups->groups.capacity() * sizeof(LiveGroups::Group);
    return m_states.emplace(groups.get(), std::move(state)).first->second.get();
}

void TransitionCache::renew()
{
    m_states.clear();
    m_effects.clear();
    m_bytes = (m_positionMarks.size() + m_patternMarks.size()) * sizeof(std::uint32_t);
    m_generation = nextGeneration();
}

TransitionCache::Step TransitionCache::build(State* from, std::size_t byteClass)
{
    if (m_bytes > m_automaton->cacheBytesMax) {
        const auto groups = from->groups;
        renew();
        from = enter(groups);
    }
    m_work += kStepWork;
    for (const auto position : from->groups->positions) {
        m_work += m_automaton->unitsOf(position);
    }
    auto to = std::make_shared<LiveGroups>();
    Effect effect;
    advance(*from->groups, byteClass, *to, effect);
    to->positions.shrink_to_fit();
    to->groups.shrink_to_fit();
    Step step;
    step.next = enter(std::move(to));
    step.effect = keep(std::move(effect), from->groups->groups.size());
    from->steps[byteClass] = step;
    return step;
}

std::uint64_t TransitionCache::takeWork()
{
    return std::exchange(m_work, 0) + m_candidates.takeWork();
}

void TransitionCache::newMark()
{
    if (++m_mark == 0) {
        std::fill(m_positionMarks.begin(), m_positionMarks.end(), 0);
        std::fill(m_patternMarks.begin(), m_patternMarks.end(), 0);
        m_mark = 1;
    }
}

bool TransitionCache::firstSight(std::vector<std::uint32_t>& marks, std::uint32_t index) const
{
    if (marks[index] == m_mark) {
        return false;
    }
    marks[index] = m_mark;
    return true;
}

// Groups come oldest first, so the first sight of a pattern is its least start.
void TransitionCache::confirmAwaited(const LiveGroups& groups,
                                     PatternSet::Automaton::Kind after,
                                     std::vector<Confirmation>& confirmations)
{
    newMark();
    const auto& automaton = *m_automaton;
    for (std::uint32_t group = 0; group < groups.groups.size(); ++group) {
        for (const auto position : groups.group(group)) {
            const auto pattern = automaton.positions[position].pattern;
            const auto end = automaton.positions[position + 1].firstRightEdge;
            for (auto edge = automaton.positions[position].firstRightEdge; edge < end; ++edge) {
                if (automaton.allows(automaton.rightEdges[edge], groups.lastKind, after)
                    && firstSight(m_patternMarks, pattern)) {
                    confirmations.push_back({pattern, group, true});
                }
            }
        }
    }
    std::sort(confirmations.begin(), confirmations.end(), [](const auto& a, const auto& b) {
        return a.pattern < b.pattern;
    });
}

void TransitionCache::enterPosition(std::uint32_t position,
                                    std::uint32_t group,
                                    LiveGroups& to,
                                    Effect& effect)
{
    if (!firstSight(m_positionMarks, position)) {
        return;
    }
    const auto& entered = m_automaton->positions[position];
    if (entered.ends && firstSight(m_patternMarks, entered.pattern)) {
        effect.confirmations.push_back({entered.pattern, group, false});
    }
    if (entered.lives) {
        to.positions.push_back(position);
    }
}

// Ends the group that the positions entered since the last one make up; false: there are none.
bool TransitionCache::closeGroup(LiveGroups& to) const
{
    const std::size_t begin = to.groups.empty() ? 0 : to.groups.back().end;
    if (begin == to.positions.size()) {
        return false;
    }
    std::sort(to.positions.begin() + static_cast<std::ptrdiff_t>(begin), to.positions.end());
    LiveGroups::Group group;
    group.end = static_cast<std::uint32_t>(to.positions.size());
    for (auto index = begin; index < to.positions.size(); ++index) {
        const auto& position = m_automaton->positions[to.positions[index]];
        const auto& pattern = m_automaton->patterns[position.pattern];
        group.width = std::max(group.width, pattern.width);
        group.holdWidth = std::max(group.holdWidth, pattern.holds ? pattern.width : 0);
    }
    to.groups.push_back(group);
    return true;
}

void TransitionCache::advance(const LiveGroups& from,
                              std::size_t byteClass,
                              LiveGroups& to,
                              Effect& effect)
{
    const auto& automaton = *m_automaton;
    const auto before = from.lastKind;
    const auto after = automaton.kindOfClass[byteClass];
    to.lastKind = after;
    confirmAwaited(from, after, effect.confirmations);
    const auto awaited = static_cast<std::ptrdiff_t>(effect.confirmations.size());
    newMark();
    for (std::uint32_t group = 0; group < from.groups.size(); ++group) {
        for (const auto position : from.group(group)) {
            const auto end = automaton.positions[position + 1].firstLink;
            for (auto link = automaton.positions[position].firstLink; link < end; ++link) {
                const auto [next, words] = automaton.links[link];
                if (automaton.labelClasses[automaton.positions[next].label][byteClass]
                    && automaton.wordsAllow(words, before, after)) {
                    enterPosition(next, group, to, effect);
                }
            }
        }
        if (closeGroup(to)) {
            effect.kept.push_back(group);
        }
    }
    for (const auto index : automaton.leftEdgesOfClass[byteClass]) {
        const auto& edge = automaton.leftEdges[index];
        if (automaton.allows(edge, before, after)) {
            enterPosition(edge.position, Confirmation::kNewStart, to, effect);
        }
    }
    effect.starts = closeGroup(to);
    std::sort(effect.confirmations.begin() + awaited,
              effect.confirmations.end(),
              [](const auto& a, const auto& b) { return a.pattern < b.pattern; });
}

const Effect* TransitionCache::keep(Effect effect, std::size_t registersBefore)
{
    if (effect.confirmations.empty() && !effect.starts && effect.kept.size() == registersBefore) {
        return nullptr;
    }
    effect.kept.shrink_to_fit();
    effect.confirmations.shrink_to_fit();
    m_bytes += sizeof(Effect) + sizeof(void*) + effect.kept.capacity() * sizeof(std::uint32_t)
        + effect.confirmations.capacity() * sizeof(Confirmation);
    m_effects.push_back(std::make_unique<const Effect>(std::move(effect)));
    return m_effects.back().get();
}

std::vector<Confirmation> TransitionCache::atEnd(const LiveGroups& groups)
{
    std::vector<Confirmation> confirmations;
    confirmAwaited(groups, m_automaton->outsideKind, confirmations);
    return confirmations;
}

TransitionCache& threadCache(const PatternSet::Automaton& automaton)
{
    thread_local ThreadCaches caches;
    return caches.find(automaton);
}

} // namespace exhibit::scan
