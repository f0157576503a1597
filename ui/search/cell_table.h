// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

namespace exhibit::ui {

/// What tables of incidents and of calls have in common: rows of one height, columns that move, and
/// Ctrl+C, which copies the whole value of the current cell (kCopyRole).
class CellTable : public QTableView {
    Q_OBJECT

public:
    CellTable(QAbstractItemModel& model, const QString& name, QWidget* parent);

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace exhibit::ui
