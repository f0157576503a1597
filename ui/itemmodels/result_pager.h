// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QtGlobal>

#include <optional>

namespace exhibit::ui {

/// Where in the results a page stands, as a request. The server skips at most
/// limits::kPageOffsetMax rows, so far pages are reached through the histogram: the bar that holds
/// the row gives an upper bound of time, the rest is skipped from there.
class ResultPager {
public:
    /// A new search: `request` as typed; `newest` the first row's time, later arrivals stay out.
    void reset(domain::SearchRequest request, std::optional<UtcTime> newest);
    void setBars(const domain::HistogramReply& bars);
    /// Nothing when the page is out of reach until the bars are known.
    [[nodiscard]] std::optional<domain::SearchRequest> requestFor(qint64 page, int pageRows) const;
    [[nodiscard]] const domain::SearchRequest& base() const { return m_base; }

private:
    domain::SearchRequest m_base;
    std::optional<UtcTime> m_until; ///< Exclusive.
    domain::HistogramReply m_bars;
};

} // namespace exhibit::ui
