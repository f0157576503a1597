// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/result_layout.h"

#include <algorithm>
#include <limits>

namespace exhibit::ui {

void ResultLayout::setFlat(qint64 rows)
{
    m_isGrouped = false;
    m_groups = {ResultGroup{std::nullopt, rows, false, true}};
    place();
}

void ResultLayout::setGroups(std::vector<ResultGroup> groups)
{
    m_isGrouped = true;
    m_groups = std::move(groups);
    place();
}

void ResultLayout::setOpen(int group, bool open)
{
    m_groups[static_cast<std::size_t>(group)].isOpen = open;
    place();
}

void ResultLayout::setCount(int group, qint64 count, bool isEstimate)
{
    m_groups[static_cast<std::size_t>(group)].count = count;
    m_groups[static_cast<std::size_t>(group)].isEstimate = isEstimate;
    place();
}

int ResultLayout::rowsOf(const ResultGroup& group) const
{
    return (m_isGrouped ? 1 : 0) + (group.isOpen ? static_cast<int>(group.count) : 0);
}

void ResultLayout::place()
{
    m_first.clear();
    m_rows = 0;
    for (auto& group : m_groups) {
        // Rows of a view are ints.
        group.count = std::min<qint64>(group.count, std::numeric_limits<int>::max() - m_rows - 1);
        m_first.push_back(m_rows);
        m_rows += rowsOf(group);
    }
}

ResultLayout::Place ResultLayout::at(int row) const
{
    const auto next = std::upper_bound(m_first.begin(), m_first.end(), row);
    const auto group = std::max<std::ptrdiff_t>(next - m_first.begin() - 1, 0);
    const int first = m_first.empty() ? 0 : m_first[static_cast<std::size_t>(group)];
    return {static_cast<int>(group), row - first - (m_isGrouped ? 1 : 0)};
}

ResultLayout::Place ResultLayout::placeOf(qint64 address)
{
    return {static_cast<int>(address / kStride), address % kStride};
}

int ResultLayout::rowOf(const Place& place) const
{
    const auto group = static_cast<std::size_t>(place.group);
    const int first = m_first[group];
    return m_groups[group].isOpen ? first + static_cast<int>(place.row) + (m_isGrouped ? 1 : 0)
                                  : first;
}

} // namespace exhibit::ui
