// SPDX-License-Identifier: Apache-2.0
// Which pages of a result are asked for, and asked for again.
#include "ui/itemmodels/results_model.h"
#include "ui/text.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kPagesAtOnce = 3;
constexpr qsizetype kWantedMax = 8; ///< What scrolled by longer ago is not fetched any more.
constexpr qint64 kPagesOfAGroup = ResultLayout::kStride / PageCache::kPageRows;

static_assert(ResultLayout::kStride % PageCache::kPageRows == 0);

} // namespace

void ResultsModel::want(qint64 page) const
{
    if (m_source == nullptr || m_stale || m_questions.contains(page)) {
        return;
    }
    m_wanted.removeAll(page);
    m_wanted.prepend(page);
    while (m_wanted.size() > kWantedMax) {
        m_wanted.removeLast();
    }
    if (!m_fetch.isActive()) {
        m_fetch.start();
    }
}

std::optional<domain::SearchRequest> ResultsModel::requestFor(qint64 page) const
{
    const auto group = static_cast<std::size_t>(page / kPagesOfAGroup);
    return group < m_pagers.size()
        ? m_pagers[group].requestFor(page % kPagesOfAGroup, PageCache::kPageRows)
        : std::nullopt;
}

void ResultsModel::fetchWanted()
{
    while (!m_wanted.isEmpty() && m_questions.size() < kPagesAtOnce && m_source != nullptr) {
        const qint64 page = m_wanted.takeFirst();
        const auto request = requestFor(page);
        if (!request || (m_cache.contains(page) && !m_again.remove(page))) {
            continue;
        }
        auto answer = [this, page](domain::SourceResult<domain::SearchReply> reply) {
            const auto keep = m_questions.take(page);
            if (reply) {
                showPage(page, *std::move(reply));
            } else {
                Q_EMIT pageFailed(toQt(reply.error().error.message));
            }
            fetchWanted();
        };
        m_questions.insert(page, m_source->search(*request, std::move(answer)));
    }
}

void ResultsModel::readAgain(int first, int last)
{
    m_again.clear();
    for (int row = std::max(0, first); row <= last && row < rowCount(); ++row) {
        if (const auto place = m_layout.at(row); !place.isHeader()) {
            m_again << place.address() / PageCache::kPageRows;
        }
    }
    m_cache.keepOnly(m_again);
    for (const qint64 page : std::as_const(m_again)) {
        want(page);
    }
}

int ResultsModel::rowOf(const IncidentId& incident) const
{
    const qint64 address = m_cache.find(incident);
    if (address < 0) {
        return -1;
    }
    const int row = m_layout.rowOf(ResultLayout::placeOf(address));
    return m_layout.at(row).address() == address ? row : -1; // Else its group is closed.
}

void ResultsModel::showChanged(const domain::Incident& incident)
{
    m_cache.replace(incident);
    if (const int row = rowOf(incident.incidentId); row >= 0) {
        Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    }
}

} // namespace exhibit::ui
