// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/calls/calls_model.h"
#include "ui/search/cell_table.h"

namespace exhibit::ui {

/// The table of calls, its columns as the person arranged them.
class CallsView : public CellTable {
    Q_OBJECT

public:
    /// `keepsColumns`: from one start to the next; not in safe mode.
    CallsView(CallsModel& model, bool keepsColumns, QWidget* parent);
    void chooseColumns();
    /// Those of the program.
    void resetColumns();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void restoreColumns();
    void saveColumns() const;

    bool m_keepsColumns;
    bool m_arranging = false;
};

} // namespace exhibit::ui
