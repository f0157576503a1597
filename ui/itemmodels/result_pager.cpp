// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/result_pager.h"

#include "models/base/limits.h"
#include "models/query/query.h"

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

void ResultPager::setBars(const domain::HistogramReply& bars)
{
    m_bars = bars;
    m_firstBarRows.reset();
}

bool ResultPager::boundsTime() const
{
    if (m_base.timeFrom || m_base.timeTo) {
        return true;
    }
    const auto query = query::parse(m_base.query.value_or(""));
    return !query || std::any_of(query->groups.begin(), query->groups.end(), [](const auto& group) {
        return std::any_of(group.begin(), group.end(), [](const auto& term) {
            return term.field == query::Field::After || term.field == query::Field::Before;
        });
    });
}

/// Where a bar stands in the histogram; in the order of the rows the first one is 0.
qint64 ResultPager::placeOf(qint64 bar) const
{
    return isOldestFirst() ? bar : static_cast<qint64>(m_bars.counts.size()) - 1 - bar;
}

std::pair<UtcTime, UtcTime> ResultPager::spanOf(qint64 bar) const
{
    const qint64 place = placeOf(bar);
    const UtcTime begin = m_bars.from + std::chrono::seconds(m_bars.barSeconds * place);
    return {begin, begin + std::chrono::seconds(m_bars.barSeconds)};
}

/// With all that lies in it, whatever bounds the search.
qint64 ResultPager::countOf(qint64 bar) const
{
    return m_bars.counts[static_cast<std::size_t>(placeOf(bar))];
}

bool ResultPager::holdsFirst(qint64 bar) const
{
    const auto [begin, end] = spanOf(bar);
    return m_first && begin <= *m_first && *m_first < end;
}

std::optional<domain::SearchRequest> ResultPager::firstBarRequest() const
{
    for (qint64 bar = 0; bar < static_cast<qint64>(m_bars.counts.size()); ++bar) {
        if (holdsFirst(bar)) {
            const auto [begin, end] = spanOf(bar);
            domain::SearchRequest request = m_base;
            request.limit = 1;
            request.timeFrom = std::max(begin, m_base.timeFrom.value_or(begin));
            request.timeTo = std::min(end, m_until.value_or(end));
            return request;
        }
    }
    return std::nullopt;
}

void ResultPager::setFirstBar(const domain::SearchReply& counted)
{
    for (qint64 bar = 0; bar < static_cast<qint64>(m_bars.counts.size()); ++bar) {
        if (holdsFirst(bar) && counted.totalIsEstimate) {
            m_firstBarRows = boundsTime() ? std::nullopt : std::optional(countOf(bar));
        } else if (holdsFirst(bar)) {
            m_firstBarRows = counted.total;
        }
    }
}

/// Nothing while the rows of the bar are not known.
std::optional<qint64> ResultPager::rowsOf(qint64 bar) const
{
    const auto [begin, end] = spanOf(bar);
    if (holdsFirst(bar)) {
        return m_firstBarRows;
    }
    if (m_first && (isOldestFirst() ? end <= *m_first : begin > *m_first)) {
        return 0;
    }
    return countOf(bar);
}

/// Leaves out whole bars before the row, as a bound of time; what is still to be skipped.
std::optional<qint64> ResultPager::skipBars(qint64 skip, domain::SearchRequest& request) const
{
    const auto count = static_cast<qint64>(m_bars.counts.size());
    qint64 bars = 0;
    for (; bars < count; ++bars) {
        const auto rows = rowsOf(bars);
        if (!rows) {
            return std::nullopt;
        }
        if (*rows > skip) {
            break;
        }
        skip -= *rows;
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
