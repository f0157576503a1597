// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/incident_columns.h"
#include "ui/itemmodels/page_cache.h"
#include "ui/itemmodels/result_pager.h"

#include <QAbstractTableModel>
#include <QTimer>

namespace exhibit::ui {

enum ResultsRole : int {
    kMarkRole = Qt::UserRole + 1, ///< Mark of the cell.
    kPendingRole, ///< True while the row's page is on its way.
    kStaleRole, ///< True while the rows belong to an older query.
    kCellKindRole,
};

/// Results as a table of which only the pages looked at exist. data() does no input or output: a
/// row that is missing asks for its page and shows a placeholder.
class ResultsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit ResultsModel(QObject* parent);

    /// Asks for pages; nullptr when offline. Kept questions are dropped.
    void setSource(domain::IncidentSource* source);
    /// The answer to a new query: its first page, and how many rows there are.
    void showResult(domain::SearchRequest request, domain::SearchReply reply);
    void setBars(const domain::HistogramReply& bars) { m_pager.setBars(bars); }
    void setStale(bool stale);
    void showChanged(const domain::Incident& incident);
    void clear();

    [[nodiscard]] PageCache::Row hit(int row) const { return m_cache.row(row); }
    [[nodiscard]] bool isEstimate() const { return m_isEstimate; }
    [[nodiscard]] const ResultPager& pager() const { return m_pager; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// A page could not be fetched; the row shows a placeholder until it is looked at again.
    void pageFailed(const QString& why);

private:
    void want(qint64 page) const;
    void fetchWanted();
    void showPage(qint64 page, domain::SearchReply reply);

    domain::IncidentSource* m_source = nullptr;
    mutable PageCache m_cache;
    ResultPager m_pager;
    int m_rows = 0;
    bool m_isEstimate = false;
    bool m_stale = false;
    mutable QList<qint64> m_wanted; ///< The last looked at first.
    mutable QTimer m_fetch; ///< Gathers what one paint asks for.
    QHash<qint64, domain::Question> m_questions;
};

} // namespace exhibit::ui
