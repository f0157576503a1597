// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/incident_columns.h"
#include "ui/itemmodels/page_cache.h"
#include "ui/itemmodels/result_layout.h"
#include "ui/itemmodels/result_pager.h"

#include <QAbstractTableModel>
#include <QSet>
#include <QTimer>

namespace exhibit::ui {

enum ResultsRole : int {
    kMarkRole = Qt::UserRole + 1, ///< Mark of the cell.
    kPendingRole, ///< True while the row's page is on its way.
    kStaleRole, ///< True while the rows belong to an older query.
    kCellKindRole,
    kCopyRole, ///< The whole value as text.
    kGroupRole, ///< Of the header of a group: its number; else not valid.
};

/// Results as a table of which only the pages looked at exist, as one list or in groups. data()
/// does no input or output: a row that is missing asks for its page and shows a placeholder.
class ResultsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    explicit ResultsModel(QObject* parent);

    /// Asks for pages; nullptr when offline. Kept questions are dropped.
    void setSource(domain::IncidentSource* source);
    /// The answer to a new query: its first page, and how many rows there are.
    void showResult(domain::SearchRequest request, domain::SearchReply reply);
    /// The same in groups; `requests` find the rows of each. `isEstimate`: of the total.
    void showGroups(std::vector<ResultGroup> groups,
                    std::vector<domain::SearchRequest> requests,
                    bool isEstimate);
    void setGroupOpen(int group, bool open);
    void setAllOpen(bool open);
    void setBars(const domain::HistogramReply& bars);
    void setStale(bool stale);
    /// Asks again for the pages of these rows, which stay until the answer is here, and forgets the
    /// others: something may have changed that nobody told.
    void readAgain(int first, int last);
    void showChanged(const domain::Incident& incident);
    void clear();

    /// nullptr for headers, and while the row's page is on its way.
    [[nodiscard]] PageCache::Row hit(int row) const;
    /// -1 for one that is not here, or in a closed group.
    [[nodiscard]] int rowOf(const IncidentId& incident) const;
    /// Also of a closed group, and where it is not looked at.
    [[nodiscard]] bool holds(const IncidentId& incident) const
    {
        return m_cache.find(incident) >= 0;
    }
    [[nodiscard]] bool isEstimate() const { return m_isEstimate; }
    /// There are more matches than rows: the server reaches no further in this order.
    [[nodiscard]] bool isCut() const { return m_isCut; }
    [[nodiscard]] const ResultLayout& layout() const { return m_layout; }
    [[nodiscard]] QString groupTitle(int group) const;
    /// What the values of the groups are of; only with groups.
    void setGroupField(query::Field field) { m_groupField = field; }

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
    void resize(int group, qint64 count, bool isEstimate);
    void forget();
    [[nodiscard]] std::optional<domain::SearchRequest> requestFor(qint64 page) const;
    [[nodiscard]] QVariant headerOfGroup(int group, int column, int role) const;

    domain::IncidentSource* m_source = nullptr;
    mutable PageCache m_cache;
    ResultLayout m_layout;
    std::vector<ResultPager> m_pagers; ///< One for each group.
    query::Field m_groupField = query::Field::Policy;
    bool m_isEstimate = false;
    bool m_isCut = false;
    bool m_stale = false;
    mutable QList<qint64> m_wanted; ///< The last looked at first.
    QSet<qint64> m_again; ///< Pages to ask for although they are here.
    mutable QTimer m_fetch; ///< Gathers what one paint asks for.
    QHash<qint64, domain::Question> m_questions;
    domain::Question m_firstBar; ///< Counts what far pages are reckoned from.
};

} // namespace exhibit::ui
