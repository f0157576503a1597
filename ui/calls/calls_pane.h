// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/calls/calls_model.h"
#include "ui/search/result_export.h"
#include "ui/search/search_controller.h"

#include <QWidget>

class QComboBox;
class QLabel;
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
/// answered; Enter opens the call's incident.
class CallsPane : public QWidget {
    Q_OBJECT

public:
    CallsPane(SearchController& search, QWidget* parent);
    [[nodiscard]] CallsModel& model() { return *m_model; }
    [[nodiscard]] CallsView& view() { return *m_view; }
    [[nodiscard]] MessageBar& bar() { return *m_bar; }
    [[nodiscard]] QString detailText() const;
    /// Of the wire; empty: any.
    void chooseOutcome(const QString& outcome);
    /// The calls that are shown, to be taken out; nothing before the first answer, nor while they
    /// are of another query than the window's.
    [[nodiscard]] std::optional<FoundRows> found() const;

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* filterRow();
    void followView();
    void follow();
    void ask();
    void showState();
    void enableExport();
    void showCall();
    void openIncident();
    void openMenu(const QPoint& at);
    void handleActions();
    void exportCalls(ExportFormat format);

    SearchController& m_search;
    CallsModel* m_model;
    MessageBar* m_bar;
    BusyLine* m_busy;
    QComboBox* m_outcome;
    QLabel* m_counts;
    QToolButton* m_export;
    QStackedWidget* m_stack;
    CallsView* m_view;
    EmptyState* m_empty;
    QTextEdit* m_detail;
    bool m_stale = true; ///< The query changed while nobody looked.
    domain::Question m_question;
};

} // namespace exhibit::ui
