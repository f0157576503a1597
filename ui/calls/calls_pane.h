// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/calls/calls_model.h"
#include "ui/search/result_export.h"
#include "ui/search/search_controller.h"

#include <QLabel>
#include <QTimer>

class QComboBox;
class QMenu;
class QStackedWidget;
class QTextEdit;
class QToolButton;

namespace exhibit::ui {

class BusyLine;
class CallsView;
class EmptyState;
class MessageBar;

/// All calls that fit the query of the window, also those without an incident: the same text and
/// the same chips, asked only while this pane is seen. Under the table, what was asked and
/// answered; Enter opens the call's incident, or the call itself where it has none.
class CallsPane : public QWidget {
    Q_OBJECT

public:
    CallsPane(SearchController& search, QWidget* parent);
    [[nodiscard]] CallsModel& model() { return *m_model; }
    [[nodiscard]] CallsView& view() { return *m_view; }
    [[nodiscard]] MessageBar& bar() { return *m_bar; }
    [[nodiscard]] QString detailText() const;
    [[nodiscard]] QString countText() const { return m_counts->text(); }
    /// The calls that are shown, to be taken out; nothing before the first answer, nor while they
    /// are of another query than the window's.
    [[nodiscard]] std::optional<FoundRows> found() const;

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QWidget* filterRow();
    void fillOutcomes();
    void followView();
    void followSearch();
    void await();
    void askIfSeen();
    void ask();
    void askAll();
    void showState();
    void showProblem();
    void showCounts();
    void enableActions();
    void showCall();
    void open();
    void openIncident(const IncidentId& incident);
    void openCall();
    [[nodiscard]] const domain::FoundCall* current() const;
    void openMenu(const QPoint& at);
    void offerValues(QMenu& menu, const QModelIndex& index);
    void handleActions();
    void exportCalls(ExportFormat format);

    SearchController& m_search;
    CallsModel* m_model;
    MessageBar* m_bar;
    BusyLine* m_busy;
    QComboBox* m_outcome;
    QLabel* m_counts;
    QToolButton* m_export;
    QToolButton* m_cancel = nullptr;
    QStackedWidget* m_stack;
    CallsView* m_view;
    EmptyState* m_empty;
    QTextEdit* m_detail;
    bool m_isDue = true; ///< The query changed since the calls were asked for.
    std::optional<Total> m_all; ///< Calls, whatever the query is.
    QTimer m_long; ///< A search that is soon done offers nothing for the moment.
    domain::Question m_question;
    domain::Question m_allQuestion;
};

} // namespace exhibit::ui
