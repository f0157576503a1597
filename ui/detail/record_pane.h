// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QLabel>

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
class NoteList;
class PinnedSelection;
class IncidentExport;
class InstantRecord;
class Section;
class TagLine;

/// The selected incident, or the one that was when it was pinned, as a record: what it is, the
/// instant explained, answer, facts, the call as it stood on the wire and the decisions.
class RecordPane : public QWidget {
    Q_OBJECT

public:
    RecordPane(const Services& services, QWidget* parent);
    [[nodiscard]] ExplainSection& explain() { return *m_explain; }
    [[nodiscard]] IncidentExport& exports() { return *m_export; }
    [[nodiscard]] QString titleText() const { return m_title->text(); }
    [[nodiscard]] QTabWidget& tabs() const { return *m_tabs; }

protected:
    bool eventFilter(QObject* object, QEvent* event) override;

private:
    QWidget* head();
    void openMenu(QWidget& part, const QPoint& at);
    QWidget* summary();
    void handleActions();
    void showIncident();
    void showRun();
    void showAnswer(const domain::TimelineEvent& output);
    void showEvent();
    void showDecisions();
    void askRun();
    void openExport(bool certify);
    [[nodiscard]] const domain::TimelineEvent* eventOf(domain::StepType type) const;

    Services m_services;
    PinnedSelection* m_shown; ///< What the pane is of; actions are of the window's selection.
    IncidentExport* m_export;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QWidget* m_marks = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_id = nullptr;
    TagLine* m_tags = nullptr;
    FigureStrip* m_figures = nullptr;
    QTabWidget* m_tabs = nullptr;
    Section* m_explainPart = nullptr;
    ExplainSection* m_explain = nullptr;
    InstantRecord* m_record = nullptr;
    Section* m_answerPart = nullptr;
    AnswerBox* m_answer = nullptr;
    Section* m_factsPart = nullptr;
    FactList* m_facts = nullptr;
    NoteList* m_notes = nullptr;
    JsonPage* m_decisions = nullptr;
    std::optional<domain::Run> m_run;
    domain::Question m_runQuestion;
};

} // namespace exhibit::ui
