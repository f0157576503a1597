// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/head_joins.h"

#include <algorithm>

namespace exhibit::evidence {

void HeadJoins::add(std::uint64_t size)
{
    m_parents.emplace(size, size);
}

void HeadJoins::join(std::uint64_t first, std::uint64_t second)
{
    add(first);
    add(second);
    // The smaller size leads, so that every walk ends.
    const auto [low, high] = std::minmax({rootOf(first), rootOf(second)});
    m_parents[high] = low;
}

bool HeadJoins::joined(std::uint64_t first, std::uint64_t second) const
{
    return m_parents.contains(first) && m_parents.contains(second)
        && rootOf(first) == rootOf(second);
}

bool HeadJoins::allJoined() const
{
    return std::all_of(m_parents.begin(), m_parents.end(), [this](const auto& head) {
        return rootOf(head.first) == rootOf(m_parents.begin()->first);
    });
}

std::uint64_t HeadJoins::rootOf(std::uint64_t size) const
{
    while (m_parents.at(size) != size) {
        size = m_parents.at(size);
    }
    return size;
}

} // namespace exhibit::evidence
