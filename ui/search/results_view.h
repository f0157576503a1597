// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/result_order.h"
#include "ui/itemmodels/results_model.h"
#include "ui/search/cell_table.h"

namespace exhibit::ui {

/// The table of results: fixed rows, columns as the person arranged them, always a current row;
/// headers of groups across all columns.
class ResultsView : public CellTable {
    Q_OBJECT

public:
    /// `keepsColumns`: from one start to the next; not in safe mode.
    ResultsView(ResultsModel& model, bool keepsColumns, QWidget* parent);
    /// Which columns are shown, in which order and how wide; kept in the settings.
    void chooseColumns();
    void resetColumns();
    void showColumnOf(int section, bool shown);
    /// Where the current cell of a row stands when nobody chose one: always a column that is shown.
    [[nodiscard]] int homeColumn() const;
    [[nodiscard]] QStringList visibleColumns() const;
    /// Those, in their order, as long as nobody changes them: no arrangement of the person's own.
    /// Ids that this version does not know are left out.
    void showColumns(const QStringList& ids);
    /// Marks the column that the results are sorted by.
    void showOrder(const ResultOrder& order);

Q_SIGNALS:
    /// Of a column of incidentColumns(), sortable or not; `none`: back to the newest first.
    void sortAsked(int section, bool none);
    void columnsChanged(); ///< Which there are, or their order.

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restoreColumns();
    void saveColumns() const;
    void fitStretched();
    /// Keys go to a cell that is seen.
    void leaveHiddenColumn();
    void toggle(const QModelIndex& header);
    void paintGroup(QPainter& painter, const QModelIndex& header, const QRect& rect) const;

    ResultsModel& m_results;
    bool m_keepsColumns;
    bool m_fitting = false;
    bool m_areOfSearch = false; ///< The columns: of a saved one, and not this person's own.
};

} // namespace exhibit::ui
