// SPDX-License-Identifier: Apache-2.0
#include "ui/search/wanted_row.h"

#include <algorithm>

namespace exhibit::ui {

WantedRow::WantedRow(SearchController& search)
    : QObject(&search)
    , m_search(search)
{
    connect(&search.results(), &QAbstractItemModel::dataChanged, this, &WantedRow::check);
    connect(&search.results(), &ResultsModel::pageFailed, this, [this] { end(-1); });
    connect(search.services().sources, &SourceHub::sourceChanged, this, &WantedRow::stop);
}

void WantedRow::seek(const std::string& incident, int near)
{
    auto* source = m_search.services().sources->source();
    if (source == nullptr) {
        return;
    }
    m_incident = incident;
    m_near = near;
    m_looked = -1;
    m_question = source->incident(incident, [this](domain::SourceResult<domain::Incident> reply) {
        const auto done = std::exchange(m_question, nullptr);
        if (!reply) { // It may be gone, or this key may not see it.
            return end(-1);
        }
        m_id = reply->incidentId;
        m_search.services().selection->setIncident(
            std::make_shared<domain::SearchHit>(domain::SearchHit{*reply, {}, {}}));
        askPlace(*reply);
    });
}

void WantedRow::stop()
{
    m_incident.clear();
    m_question.reset();
}

void WantedRow::askPlace(const domain::Incident& incident)
{
    auto* source = m_search.services().sources->source();
    const auto& order = m_search.shownOrder();
    if (m_search.results().layout().isGrouped() || source == nullptr) {
        return end(m_search.results().rowOf(m_id));
    }
    if (order.sort != domain::SearchSort::Time) {
        return look(m_near);
    }
    const bool newestFirst = order.order == domain::SearchOrder::Descending;
    auto before = m_search.shownRequest();
    before.limit = 1;
    (newestFirst ? before.timeFrom : before.timeTo) = incident.createdAt;
    m_question = source->search(
        before, [this, newestFirst](domain::SourceResult<domain::SearchReply> reply) {
            const auto done = std::exchange(m_question, nullptr);
            // Where the server only estimates, what it was is the better guess.
            const bool isExact = reply && !reply->totalIsEstimate;
            // The first bound is inclusive: it counts the incident itself.
            look(isExact ? static_cast<int>(reply->total - (newestFirst ? 1 : 0)) : m_near);
        });
}

void WantedRow::look(int row)
{
    m_looked = row;
    row < 0 ? end(-1) : check();
}

/// Has the pages around the row fetched; those that are out of reach until the histogram is here
/// are asked for again then.
void WantedRow::check()
{
    auto& results = m_search.results();
    const int last = results.rowCount() - 1;
    if (!isSeeking() || m_looked < 0 || last < 0) {
        return;
    }
    if (const int row = results.rowOf(m_id); row >= 0) {
        return end(row);
    }
    bool all = true;
    for (const int pages : {-1, 0, 1}) {
        const int row = std::clamp(m_looked + pages * PageCache::kPageRows, 0, last);
        all = all && results.hit(row) != nullptr;
        (void)results.index(row, 0).data();
    }
    if (all) {
        end(-1);
    }
}

void WantedRow::end(int row)
{
    if (isSeeking()) {
        stop();
        Q_EMIT found(row);
    }
}

} // namespace exhibit::ui
