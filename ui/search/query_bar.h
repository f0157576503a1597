// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/search/search_controller.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace exhibit::ui {

class BusyLine;
class ChipRow;
class KnownValues;
class QueryField;

/// The search at the top of the window: query, history, saved searches, chips, counts, "42 new".
class QueryBar : public QWidget {
    Q_OBJECT

public:
    QueryBar(SearchController& search, QWidget* parent);
    [[nodiscard]] QString countText() const;
    [[nodiscard]] QueryField& field() { return *m_field; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QWidget* fieldRow();
    QWidget* chipRow();
    void connectSearch();
    void showState();
    [[nodiscard]] QString workingText() const;
    void showCounts();
    void fillHistory(QMenu* menu);
    void completeValues();

    SearchController& m_search;
    KnownValues* m_known;
    QueryField* m_field = nullptr;
    ChipRow* m_chips = nullptr;
    QLabel* m_error = nullptr;
    QLabel* m_counts = nullptr;
    QLabel* m_new = nullptr;
    QToolButton* m_show = nullptr;
    BusyLine* m_busy = nullptr;
    QToolButton* m_cancel = nullptr;
    QTimer m_long; ///< A search that is soon done offers nothing for the moment.
    QTimer m_tick; ///< While one works: how long it has.
    QElapsedTimer m_since;
};

} // namespace exhibit::ui
