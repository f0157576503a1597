// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QtGlobal>

#include <optional>

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
    void setBars(const domain::HistogramReply& bars) { m_bars = bars; }
    /// Nothing when the page is out of reach, perhaps until the bars are known.
    [[nodiscard]] std::optional<domain::SearchRequest> requestFor(qint64 page, int pageRows) const;
    /// How many of `total` rows can be reached.
    [[nodiscard]] qint64 reach(qint64 total, int pageRows) const;
    [[nodiscard]] const domain::SearchRequest& base() const { return m_base; }

private:
    [[nodiscard]] bool isByTime() const;
    [[nodiscard]] bool isOldestFirst() const;
    [[nodiscard]] qint64 rowsOf(qint64 bar) const;
    [[nodiscard]] std::optional<qint64> skipBars(qint64 skip, domain::SearchRequest& request) const;

    domain::SearchRequest m_base;
    std::optional<UtcTime> m_first;
    std::optional<UtcTime> m_until; ///< Exclusive.
    domain::HistogramReply m_bars;
};

} // namespace exhibit::ui
