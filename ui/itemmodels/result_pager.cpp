// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/result_pager.h"

#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::ui {

void ResultPager::reset(domain::SearchRequest request, std::optional<UtcTime> newest)
{
    m_base = std::move(request);
    m_until.reset();
    m_bars = {};
    if (newest) {
        m_until
            = std::chrono::floor<std::chrono::microseconds>(*newest) + std::chrono::microseconds(1);
        if (m_base.timeTo) {
            m_until = std::min(*m_until, *m_base.timeTo);
        }
    }
}

void ResultPager::setBars(const domain::HistogramReply& bars)
{
    m_bars = bars;
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
        // From the newest bar back, as long as whole bars lie before the page.
        auto bar = static_cast<qint64>(m_bars.counts.size());
        qint64 before = 0;
        while (bar > 0 && before + m_bars.counts[static_cast<std::size_t>(bar - 1)] <= skip) {
            --bar;
            before += m_bars.counts[static_cast<std::size_t>(bar)];
        }
        const UtcTime end = m_bars.from + std::chrono::seconds(m_bars.barSeconds * bar);
        skip -= before;
        if (m_bars.counts.empty() || skip > limits::kPageOffsetMax) {
            return std::nullopt;
        }
        request.timeTo = request.timeTo ? std::min(*request.timeTo, end) : end;
    }
    if (skip > 0) {
        request.offset = static_cast<std::uint32_t>(skip);
    }
    return request;
}

} // namespace exhibit::ui
