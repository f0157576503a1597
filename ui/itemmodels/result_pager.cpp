// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/result_pager.h"

#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::ui {

ResultPager::ResultPager(domain::SearchRequest request,
                         std::optional<UtcTime> first,
                         std::optional<UtcTime> until)
    : m_base(std::move(request))
    , m_first(first)
    , m_until(until)
{
    if (m_until && m_base.timeTo) {
        m_until = std::min(*m_until, *m_base.timeTo);
    }
}

bool ResultPager::isByTime() const
{
    return m_base.sort.value_or(domain::SearchSort::Time) == domain::SearchSort::Time;
}

bool ResultPager::isOldestFirst() const
{
    return m_base.order == domain::SearchOrder::Ascending;
}

qint64 ResultPager::reach(qint64 total, int pageRows) const
{
    return isByTime() ? total : std::min<qint64>(total, limits::kPageOffsetMax + pageRows);
}

/// Of the bar in the order of the rows, the first one first.
qint64 ResultPager::rowsOf(qint64 bar) const
{
    const auto count = static_cast<qint64>(m_bars.counts.size());
    const qint64 place = isOldestFirst() ? bar : count - 1 - bar;
    const UtcTime begin = m_bars.from + std::chrono::seconds(m_bars.barSeconds * place);
    const UtcTime end = begin + std::chrono::seconds(m_bars.barSeconds);
    if (m_first && (isOldestFirst() ? end <= *m_first : begin > *m_first)) {
        return 0;
    }
    return m_bars.counts[static_cast<std::size_t>(place)];
}

/// Leaves out whole bars before the row, as a bound of time; what is still to be skipped.
std::optional<qint64> ResultPager::skipBars(qint64 skip, domain::SearchRequest& request) const
{
    const auto count = static_cast<qint64>(m_bars.counts.size());
    qint64 bars = 0;
    while (bars < count && rowsOf(bars) <= skip) {
        skip -= rowsOf(bars);
        ++bars;
    }
    if (count == 0 || skip > limits::kPageOffsetMax) {
        return std::nullopt;
    }
    const std::chrono::seconds width(m_bars.barSeconds);
    if (isOldestFirst()) {
        const UtcTime begin = m_bars.from + width * bars;
        request.timeFrom = request.timeFrom ? std::max(*request.timeFrom, begin) : begin;
    } else {
        const UtcTime end = m_bars.from + width * (count - bars);
        request.timeTo = request.timeTo ? std::min(*request.timeTo, end) : end;
    }
    return skip;
}

std::optional<domain::SearchRequest> ResultPager::requestFor(qint64 page, int pageRows) const
{
    domain::SearchRequest request = m_base;
    request.limit = static_cast<std::uint32_t>(pageRows);
    if (m_until) {
        request.timeTo = m_until;
    }
    qint64 skip = page * pageRows;
    if (skip > limits::kPageOffsetMax) {
        const auto rest = isByTime() ? skipBars(skip, request) : std::nullopt;
        if (!rest) {
            return std::nullopt;
        }
        skip = *rest;
    }
    if (skip > 0) {
        request.offset = static_cast<std::uint32_t>(skip);
    }
    return request;
}

} // namespace exhibit::ui
