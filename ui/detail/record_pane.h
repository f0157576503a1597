// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTabWidget;
class QVBoxLayout;

namespace exhibit::ui {

class AnswerBox;
class EmptyState;
class ExplainSection;
class FactList;
class FigureStrip;
class JsonPage;
class IncidentExport;
class Section;

/// The selected incident as a record: what it is, the instant explained, answer, facts, and the raw
/// request, response, events and decisions.
class RecordPane : public QWidget {
    Q_OBJECT

public:
    RecordPane(const Services& services, QWidget* parent);
    [[nodiscard]] ExplainSection& explain() { return *m_explain; }
    [[nodiscard]] IncidentExport& exports() { return *m_export; }
    [[nodiscard]] QString titleText() const;
    [[nodiscard]] QTabWidget& tabs() { return *m_tabs; }

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    QWidget* head();
    QWidget* summary();
    void handleActions();
    void showIncident();
    void showRun();
    void showEvent();
    void showRaw();
    void askRun();
    void openExport(bool certify);
    /// Puts there what `make` says; the newest wins. `make` runs in another thread.
    void copy(std::function<QString()> make);
    [[nodiscard]] const domain::TimelineEvent* firstOf(domain::StepType type) const;

    Services m_services;
    IncidentExport* m_export;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QWidget* m_marks = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_id = nullptr;
    FigureStrip* m_figures = nullptr;
    QTabWidget* m_tabs = nullptr;
    Section* m_explainPart = nullptr;
    ExplainSection* m_explain = nullptr;
    Section* m_answerPart = nullptr;
    AnswerBox* m_answer = nullptr;
    Section* m_factsPart = nullptr;
    FactList* m_facts = nullptr;
    JsonPage* m_request = nullptr;
    JsonPage* m_response = nullptr;
    JsonPage* m_events = nullptr;
    JsonPage* m_decisions = nullptr;
    std::optional<domain::Run> m_run;
    domain::Question m_runQuestion;
    int m_copies = 0;
};

} // namespace exhibit::ui
