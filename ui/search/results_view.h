// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/itemmodels/results_model.h"

#include <QTableView>

namespace exhibit::ui {

/// The table of results: fixed rows, columns as the person arranged them, always a current row.
class ResultsView : public QTableView {
    Q_OBJECT

public:
    ResultsView(ResultsModel& model, QWidget* parent);
    /// Which columns are shown and how wide; kept in the settings.
    void chooseColumns();
    void resetColumns();
    [[nodiscard]] QStringList visibleColumns() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void restoreColumns();
    void saveColumns() const;
    void fitStretched();

    bool m_fitting = false;
};

} // namespace exhibit::ui
