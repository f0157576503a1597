// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/timeline/timeline_model.h"
#include "ui/windows/pane_registry.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QStackedWidget;

namespace exhibit::ui {

class BusyLine;
class EmptyState;
class EventCards;
class MessageBar;
class TimelineHeadline;
class TimelineWidget;

/// The run of the selected incident: headline, tools, timeline, cards.
class TimelinePane : public QWidget {
    Q_OBJECT

public:
    TimelinePane(const Services& services, QWidget* parent);
    [[nodiscard]] TimelineWidget& timeline() { return *m_timeline; }
    [[nodiscard]] TimelineModel& model() { return *m_model; }
    [[nodiscard]] TimelineHeadline& headline() { return *m_headline; }
    [[nodiscard]] EventCards& cards() { return *m_cards; }
    /// The event and the stretch of the run that are shown; empty while there is none.
    [[nodiscard]] QJsonObject state() const;
    /// Once the run of that incident is here; forgotten when another one is shown first.
    void restore(const QJsonObject& state);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* toolRow();
    void handleActions();
    void followPerson();
    void openCardMenu(const QModelIndex& card, const QPoint& at);
    void follow();
    void followStop(const domain::LiveEvent& event);
    void load();
    void show(std::shared_ptr<const domain::TimelineReply> reply);
    void awaitCall();
    void showUnread();
    void showSelection();
    /// What the picture shows, for those who do not see it.
    void describe();
    void showKept();
    [[nodiscard]] RunPlace place() const;
    void goTo(const RunPlace& place);
    void step(int direction);
    /// What a run is shown at first: its inflection point, else what the incident is of.
    [[nodiscard]] std::optional<std::size_t> inflection() const;
    void goToRootCause();

    Services m_services;
    TimelineModel* m_model;
    MessageBar* m_bar;
    BusyLine* m_busy;
    TimelineHeadline* m_headline;
    TimelineWidget* m_timeline;
    EventCards* m_cards;
    EmptyState* m_empty;
    EmptyState* m_unread;
    QStackedWidget* m_stack;
    QLabel* m_step = nullptr;
    QTimer m_delay; ///< Walking through the results does not load every run.
    domain::Question m_question;
    QTimer m_again; ///< While the call of the incident runs, which has no steps before its end.
    std::optional<UtcTime> m_stoppedAt; ///< Of the run, until the step that tells of it is here.
    bool m_keepsPlace = false; ///< The next answers are of the same run, which was stopped.
    bool m_showsCause = false;
    int m_tries = 0; ///< Since the incident was chosen, without its call.
    struct Kept {
        std::string incident;
        RunPlace place;
    };
    std::optional<Kept> m_kept; ///< Where to stand in a run that is on its way.
    std::string m_wanted; ///< The incident whose timeline is shown, asked for, or about to be.
};

} // namespace exhibit::ui
