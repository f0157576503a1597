// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident_source.h"

#include <QHash>
#include <QSet>

#include <list>
#include <memory>
#include <vector>

namespace exhibit::ui {

/// Pages of rows that were fetched, the last used ones kept: memory stays the same however far one
/// scrolls. Rows are shared, so that a selection outlives its page.
class PageCache {
public:
    static constexpr int kPageRows = 100;
    static constexpr std::size_t kPagesMax = 60;

    using Row = std::shared_ptr<const domain::SearchHit>;

    /// nullptr when the row's page is not here. Makes the page the last used one.
    [[nodiscard]] Row row(qint64 number);
    [[nodiscard]] bool contains(qint64 page) const { return m_pages.contains(page); }
    void insert(qint64 page, std::vector<domain::SearchHit> rows);
    /// The same incident changed: its row shows it.
    void replace(const domain::Incident& incident);
    /// The number of its row; -1 when it is not here.
    [[nodiscard]] qint64 find(const IncidentId& incident) const;
    void keepOnly(const QSet<qint64>& pages);
    void clear();
    [[nodiscard]] std::size_t pages() const { return m_order.size(); }

private:
    struct Page {
        std::vector<Row> rows;
        std::list<qint64>::iterator place;
    };

    QHash<qint64, Page> m_pages;
    std::list<qint64> m_order; ///< The last used first.
};

} // namespace exhibit::ui
