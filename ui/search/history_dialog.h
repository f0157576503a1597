// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QDialog>

class QLineEdit;
class QListWidget;
class QPushButton;

namespace exhibit::ui {

/// Every query that is kept (SearchMemory), newest first, with a filter; Enter searches again.
class HistoryDialog : public QDialog {
    Q_OBJECT

public:
    /// The one of that window, made where there is none; filled anew.
    static void open(SearchController& search, QWidget* window);

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    HistoryDialog(SearchController& search, QWidget* parent);
    void fill();
    void choose();
    void clearOrRestore();

    SearchController& m_search;
    QLineEdit* m_filter;
    QListWidget* m_list;
    QPushButton* m_clear; ///< Until the dialog closes, it brings back what it took away.
    QVariant m_cleared;
};

} // namespace exhibit::ui
