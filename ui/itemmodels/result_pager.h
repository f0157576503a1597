// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QtGlobal>

#include <optional>
#include <utility>

namespace exhibit::ui {

/// Where in the results a page stands, as a request. The server skips at most
/// limits::kPageOffsetMax rows. By time, far pages are reached through the histogram: the bar that
/// holds the row bounds the time, the rest is skipped from there. Other orders end there.
class ResultPager {
public:
    ResultPager() = default;
    /// A new search: `request` as typed; `first` the time of its first row: bars that lie before it
    /// in the order hold no rows of it (the histogram ignores bounds of time). What was opened from
    /// `until` on stays out.
    ResultPager(domain::SearchRequest request,
                std::optional<UtcTime> first,
                std::optional<UtcTime> until);
    void setBars(const domain::HistogramReply& bars);
    /// Counts the rows of the bar that holds the first row: a bound of time, or what was opened
    /// since, may lie inside that bar. Nothing when no bar does.
    [[nodiscard]] std::optional<domain::SearchRequest> firstBarRequest() const;
    /// Its answer. An estimate counts the bar as a whole where no time bounds the search, else
    /// nothing: far pages stay out of reach.
    void setFirstBar(const domain::SearchReply& counted);
    /// Nothing when the page is out of reach, perhaps until bars and first bar are known.
    [[nodiscard]] std::optional<domain::SearchRequest> requestFor(qint64 page, int pageRows) const;
    /// How many of `total` rows can be reached.
    [[nodiscard]] qint64 reach(qint64 total, int pageRows) const;
    [[nodiscard]] const domain::SearchRequest& base() const { return m_base; }

private:
    [[nodiscard]] bool isByTime() const;
    [[nodiscard]] bool isOldestFirst() const;
    [[nodiscard]] bool boundsTime() const;
    [[nodiscard]] std::pair<UtcTime, UtcTime> spanOf(qint64 bar) const;
    [[nodiscard]] qint64 placeOf(qint64 bar) const;
    [[nodiscard]] qint64 countOf(qint64 bar) const;
    [[nodiscard]] bool holdsFirst(qint64 bar) const;
    [[nodiscard]] std::optional<qint64> rowsOf(qint64 bar) const;
    [[nodiscard]] std::optional<qint64> skipBars(qint64 skip, domain::SearchRequest& request) const;

    domain::SearchRequest m_base;
    std::optional<UtcTime> m_first;
    std::optional<UtcTime> m_until; ///< Exclusive.
    domain::HistogramReply m_bars;
    std::optional<qint64> m_firstBarRows;
};

} // namespace exhibit::ui
