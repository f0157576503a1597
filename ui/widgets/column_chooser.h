// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include <functional>

class QHeaderView;
class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QPushButton;

namespace exhibit::ui {

/// Which columns of a table are shown, and in which order. Stays open; what is changed is seen at
/// once in the table. Space shows or hides, Alt+Up and Alt+Down or the mouse move; one column
/// always stays. Whoever owns the table keeps its arrangement.
class ColumnChooser : public QDialog {
    Q_OBJECT

public:
    struct Table {
        QHeaderView& header; ///< Outlives this.
        /// Shows or hides a section, with whatever that asks of the table.
        std::function<void(int section, bool shown)> show;
        std::function<void()> reset; ///< To the columns of the program.
    };

    /// `title`: of the window, as "Columns of incidents".
    ColumnChooser(Table table, const QString& title, QWidget* parent);
    /// Opens the one of the table, or a new one; keys go to it.
    static void open(Table table, const QString& title, QWidget* parent);

    [[nodiscard]] QListWidget& list() { return *m_list; }

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    void build();
    QWidget* moves();
    void fill();
    void filter();
    void changed(QListWidgetItem* item);
    void takeOrder();
    void move(int step);
    void note();

    Table m_table;
    QLineEdit* m_search;
    QListWidget* m_list;
    QLabel* m_note;
    QPushButton* m_up = nullptr;
    QPushButton* m_down = nullptr;
    bool m_filling = false;
};

} // namespace exhibit::ui
