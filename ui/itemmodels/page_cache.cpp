// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/page_cache.h"

namespace exhibit::ui {

PageCache::Row PageCache::row(qint64 number)
{
    const auto page = m_pages.find(number / kPageRows);
    if (page == m_pages.end()) {
        return nullptr;
    }
    m_order.splice(m_order.begin(), m_order, page->place);
    const auto at = static_cast<std::size_t>(number % kPageRows);
    return at < page->rows.size() ? page->rows[at] : nullptr;
}

void PageCache::insert(qint64 page, std::vector<domain::SearchHit> rows)
{
    if (const auto old = m_pages.find(page); old != m_pages.end()) {
        m_order.erase(old->place);
        m_pages.erase(old);
    }
    while (m_order.size() >= kPagesMax) {
        m_pages.remove(m_order.back());
        m_order.pop_back();
    }
    m_order.push_front(page);
    Page fresh;
    fresh.place = m_order.begin();
    fresh.rows.reserve(rows.size());
    for (auto& row : rows) {
        fresh.rows.push_back(std::make_shared<const domain::SearchHit>(std::move(row)));
    }
    m_pages.insert(page, std::move(fresh));
}

qint64 PageCache::find(const IncidentId& incident) const
{
    for (auto page = m_pages.begin(); page != m_pages.end(); ++page) {
        for (std::size_t i = 0; i < page->rows.size(); ++i) {
            if (page->rows[i]->incident.incidentId == incident) {
                return page.key() * kPageRows + static_cast<qint64>(i);
            }
        }
    }
    return -1;
}

void PageCache::replace(const domain::Incident& incident)
{
    const qint64 number = find(incident.incidentId);
    if (number >= 0) {
        auto& row = m_pages[number / kPageRows].rows[static_cast<std::size_t>(number % kPageRows)];
        auto changed = std::make_shared<domain::SearchHit>(*row);
        changed->incident = incident;
        row = std::move(changed);
    }
}

void PageCache::keepOnly(const QSet<qint64>& pages)
{
    for (auto page = m_order.begin(); page != m_order.end();) {
        if (pages.contains(*page)) {
            ++page;
        } else {
            m_pages.remove(*page);
            page = m_order.erase(page);
        }
    }
}

void PageCache::clear()
{
    m_pages.clear();
    m_order.clear();
}

} // namespace exhibit::ui
