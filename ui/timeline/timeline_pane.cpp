// SPDX-License-Identifier: Apache-2.0
#include "ui/timeline/timeline_pane.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/timeline/event_cards.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_headline.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/busy_line.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QLabel>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kLoadDelayMs = 60;
constexpr int kAfterStopMs = 1500;
constexpr int kAgainMs = 2000;
constexpr int kTriesMax = 12; ///< Each waits twice as long as the one before, up to a minute.
constexpr int kCardsLeast = 72;
constexpr int kEndTriesMax = 4; ///< One that is stopped between two calls has no such step.
constexpr double kZoomKey = 0.7;

} // namespace

TimelinePane::TimelinePane(const Services& services, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_model(new TimelineModel(this))
    , m_bar(new MessageBar(this))
    , m_busy(new BusyLine(this))
    , m_headline(new TimelineHeadline(this))
    , m_timeline(new TimelineWidget(this))
    , m_cards(new EventCards(*m_model, this))
    , m_empty(new EmptyState(this))
    , m_unread(new EmptyState(this))
    , m_stack(new QStackedWidget(this))
{
    auto* content = new QWidget(m_stack);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_headline);
    column->addWidget(toolRow());
    column->addWidget(m_timeline);
    column->addWidget(horizontalRule(content));
    column->addWidget(m_cards, 1);
    column->addStretch(0); // What neither can use.
    m_stack->addWidget(m_empty);
    m_stack->addWidget(content);
    m_stack->addWidget(m_unread);
    m_unread->setTexts(tr("The run could not be read"), tr("Nothing is known of its events."));
    m_empty->setTexts(tr("No incident selected"),
                      tr("Its run appears here, event by event, when you select one."));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_busy);
    layout->addWidget(m_bar);
    layout->addWidget(m_stack, 1);
    setFocusProxy(m_timeline);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_delay.setSingleShot(true);
    m_delay.setInterval(kLoadDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &TimelinePane::load);
    m_again.setObjectName(QStringLiteral("timeline.again"));
    m_again.setSingleShot(true);
    m_again.setParent(this);
    connect(&m_again, &QTimer::timeout, this, &TimelinePane::load);
    connect(services.selection, &Selection::incidentChanged, this, &TimelinePane::follow);
    connect(services.selection, &Selection::eventChanged, this, &TimelinePane::showSelection);
    connect(services.sources, &SourceHub::sourceChanged, this, [this] {
        m_question.reset();
        m_again.stop();
    });
    connect(services.sources, &SourceHub::live, this, &TimelinePane::followStop);
    followPerson();
    m_cards->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_cards, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        openCardMenu(m_cards->indexAt(at), m_cards->viewport()->mapToGlobal(at));
    });
    // Of the event that is chosen: the right button has chosen the one under it by then.
    m_timeline->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_timeline, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        openCardMenu(m_cards->currentIndex(), m_timeline->mapToGlobal(at));
    });
    handleActions();
}

void TimelinePane::followPerson()
{
    m_services.selection->setGuide([this] { return place(); });
    connect(m_services.selection, &Selection::placeAsked, this, &TimelinePane::goTo);
    const auto choose = [this](quint32 event) { m_services.selection->chooseEvent(event); };
    connect(m_timeline, &TimelineWidget::eventChosen, this, choose);
    connect(m_cards, &EventCards::eventChosen, this, choose);
    connect(m_timeline, &TimelineWidget::moving, this, [this] {
        m_services.selection->beginStep(StepKind::Stretch);
    });
    connect(m_timeline, &TimelineWidget::moved, this, &TimelinePane::describe);
    connect(m_timeline, &TimelineWidget::instantChosen, this, [this](qint64 us) {
        if (const auto* reply = m_model->reply(); reply != nullptr && !reply->events.empty()) {
            m_services.selection->chooseInstant(reply->events.front().time
                                                + std::chrono::microseconds(us));
        }
    });
}

void TimelinePane::openCardMenu(const QModelIndex& card, const QPoint& at)
{
    if (!card.isValid()) {
        return;
    }
    const auto& event = m_model->reply()->events.at(card.data(kEventRole).toUInt());
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("timeline.menu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto& selection = *m_services.selection;
    if (!selection.instant()) { // Between two events nothing is pointed at but the run.
        selection.offerFilter(*menu, query::Field::Policy, event.policy.value_or(""));
        selection.offerFilter(*menu, query::Field::Model, fromQt(textOf(event.data, "model")));
    }
    selection.offerFilter(*menu, query::Field::Run, m_model->reply()->runId.text());
    if (!menu->isEmpty()) {
        menu->addSeparator();
    }
    menu->addAction(m_services.actions->action(u"timeline.explain"));
    menu->popup(at);
}

void TimelinePane::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const int others
        = m_headline->sizeHint().height() + scaled(32) + m_timeline->sizeHint().height();
    const bool isShort = height() - others < scaled(kCardsLeast);
    if (isShort && m_cards->hasFocus()) {
        m_timeline->setFocus();
    }
    m_cards->setShort(isShort); // No shreds of cards.
}

QWidget* TimelinePane::toolRow()
{
    auto* row = new QWidget(this);
    row->setFixedHeight(scaled(32));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(scaled(6), 0, scaled(8), 0);
    layout->setSpacing(scaled(2));
    auto& actions = *m_services.actions;
    const auto add = [&](const char* id, const QString& text, bool framed = false) {
        auto* button = actionButton(actions.action(QString::fromLatin1(id)), row, framed, text);
        if (text.isEmpty()) {
            button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        }
        button->setProperty("keyCap", !text.isEmpty());
        layout->addWidget(button);
    };
    const auto rule = [&] {
        layout->addSpacing(scaled(4));
        auto* line = verticalRule(row);
        line->setFixedHeight(scaled(16));
        layout->addWidget(line);
        layout->addSpacing(scaled(4));
    };
    add("timeline.previous", {});
    add("timeline.next", {});
    add("timeline.inflection", tr("Inflection"));
    rule();
    add("timeline.zoom_out", {});
    add("timeline.zoom_in", {});
    add("timeline.fit", tr("Fit"));
    rule();
    add("timeline.measure", tr("Measure"));
    layout->addStretch(1);
    m_step = new QLabel(row);
    m_step->setFont(typeFont(TypeRole::Small));
    makeSecondary(m_step);
    layout->addWidget(m_step);
    layout->addSpacing(scaled(8));
    add("timeline.explain", tr("Explain this instant"), true);
    row->setAutoFillBackground(true);
    row->setBackgroundRole(QPalette::Window);
    return row;
}

void TimelinePane::handleActions()
{
    auto& actions = *m_services.actions;
    actions.bindContext(Context::Timeline, this);
    actions.handle(u"timeline.previous", this, [this] { step(-1); });
    actions.handle(u"timeline.next", this, [this] { step(1); });
    actions.handle(u"timeline.inflection", this, [this] {
        if (const auto found = inflection()) {
            m_services.selection->chooseEvent(*found);
        }
    });
    actions.handle(u"timeline.root_cause", this, [this] { goToRootCause(); });
    actions.handle(u"timeline.explain", this, [this] { m_services.selection->explain(); });
    actions.handle(u"timeline.zoom_in", this, [this] { m_timeline->zoom(kZoomKey); });
    actions.handle(u"timeline.zoom_out", this, [this] { m_timeline->zoom(1 / kZoomKey); });
    actions.handle(u"timeline.pan_left", this, [this] { m_timeline->pan(-1); });
    actions.handle(u"timeline.pan_right", this, [this] { m_timeline->pan(1); });
    actions.handle(u"timeline.fit", this, [this] { m_timeline->fit(); });
    actions.handleToggle(
        u"timeline.measure", this, [this](bool on) { m_timeline->setMeasuring(on); });
}

void TimelinePane::follow()
{
    const auto* hit = m_services.selection->hit();
    if (hit == nullptr) {
        m_wanted.clear();
        m_delay.stop();
        m_again.stop();
        m_question.reset();
        m_stack->setCurrentWidget(m_empty);
        if (auto* title = titleOf(this)) {
            title->setNote({}, true);
        }
        return;
    }
    const std::string id = hit->incident.incidentId.text();
    if (id == m_wanted && (m_question || m_delay.isActive() || m_services.selection->timeline())) {
        // Something else of the incident changed; its cause is found when its call has ended.
        const auto timeline = m_services.selection->timeline();
        if (timeline && hit->incident.rootCause.has_value() != m_showsCause) {
            show(timeline);
        }
        return;
    }
    m_wanted = id;
    m_tries = 0;
    m_keepsPlace = false;
    m_stoppedAt.reset();
    m_again.stop();
    m_question.reset(); // An answer about the one before must not stand under this one's headline.
    m_delay.start();
}

/// A run that is looked at was stopped: what is shown ends before that. Its last step is written a
/// moment later. After a resync nobody knows whether it was.
void TimelinePane::followStop(const domain::LiveEvent& event)
{
    const auto shown = m_services.selection->timeline();
    const bool isStopped = event.type == "run.stopped" && shown && event.runId == shown->runId
        && event.at && (shown->events.empty() || shown->events.back().time < *event.at);
    if (isStopped || (event.type == "resync" && shown)) {
        m_tries = 1; // Quietly, and only shown when there is more.
        m_keepsPlace = true;
        m_stoppedAt = isStopped ? event.at : m_stoppedAt;
        m_again.start(kAfterStopMs);
    }
}

void TimelinePane::load()
{
    auto* source = m_services.sources->source();
    const auto* hit = m_services.selection->hit();
    if (source == nullptr || hit == nullptr) {
        return;
    }
    const std::string id = hit->incident.incidentId.text();
    m_busy->setBusy(m_tries == 0);
    m_question = source->timeline(id, [this](domain::SourceResult<domain::TimelineReply> reply) {
        const auto done = std::exchange(m_question, nullptr);
        m_busy->setBusy(false);
        if (!reply) {
            showUnread();
            m_bar->showMessage(MessageBar::Kind::Error,
                               tr("The run could not be read."),
                               toQt(reply.error().error.message));
            m_bar->addAction(tr("Retry"), [this] { load(); });
            return;
        }
        const auto shown = m_services.selection->timeline();
        if (m_tries == 0 || !shown || shown->events.size() != reply->events.size()) {
            m_bar->clear();
            show(std::make_shared<const domain::TimelineReply>(*std::move(reply)));
        }
        awaitCall();
    });
}

/// Steps are written when a call has ended, its incident as soon as it is decided; and the end of a
/// call tells nobody.
void TimelinePane::awaitCall()
{
    const auto& selection = *m_services.selection;
    const auto shown = selection.timeline();
    const bool awaitsEnd = m_stoppedAt && shown && m_tries < kEndTriesMax
        && (shown->events.empty() || shown->events.back().time < *m_stoppedAt);
    if (selection.awaitsCall() || awaitsEnd) {
        if (m_tries < kTriesMax) {
            m_again.start(kAgainMs << std::min(m_tries++, 5));
        }
        return;
    }
    m_keepsPlace = false;
    if (std::exchange(m_tries, 0) > 0) { // Costs and root cause came with it.
        domain::LiveEvent changed;
        changed.type = "incident.changed";
        changed.incidentId = selection.hit()->incident.incidentId;
        m_services.sources->tell(changed);
    }
}

/// The run of another incident must not stay under the name of this one.
void TimelinePane::showUnread()
{
    m_model->setReply(nullptr, {});
    m_timeline->setData({}, nullptr, {});
    m_stack->setCurrentWidget(m_unread);
    if (auto* title = titleOf(this)) {
        title->setNote({}, true);
    }
}

void TimelinePane::show(std::shared_ptr<const domain::TimelineReply> reply)
{
    const auto* hit = m_services.selection->hit();
    const auto incident = hit->incident; // The selection's may change with the timeline.
    m_showsCause = incident.rootCause.has_value();
    const auto before = m_services.selection->timeline();
    RunPlace seen = place();
    if (m_timeline->view().isWhole()) {
        seen.fromUs = seen.toUs = 0; // Whatever its length is now.
    }
    m_services.selection->setTimeline(reply);
    const bool awaited = m_services.selection->awaitsCall();
    m_headline->show(awaited && !incident.rootCause
                         ? Headline{false,
                                    tr("The call's record is not here yet"),
                                    tr("It is written when the call has ended; this looks again.")}
                         : headlineOf(incident, reply.get()));
    m_model->setReply(reply, incident.rootCause);
    m_timeline->setData(TimelineData::of(*reply, incident.rootCause), reply, incident.rootCause);
    m_stack->setCurrentIndex(1);
    if (auto* title = titleOf(this)) {
        title->setNote(toQt(reply->runId.text()), true);
    }
    if (reply->truncated && !reply->events.empty()) {
        m_bar->showMessage(MessageBar::Kind::Note,
                           tr("The run is longer than what is shown."),
                           tr("Events %1 to %2 of %3 are here, around the incident.")
                               .arg(grouped(reply->events.front().stepIndex + 1),
                                    grouped(reply->events.back().stepIndex + 1),
                                    grouped(reply->stepCount)));
    }
    const bool grew = m_keepsPlace && before && seen.event && before->runId == reply->runId
        && *seen.event < reply->events.size()
        && before->events.at(*seen.event).stepIndex == reply->events.at(*seen.event).stepIndex;
    if (grew) { // Nobody is taken away from what is looked at.
        goTo(seen);
    } else {
        m_services.selection->setEvent(inflection());
        showKept();
    }
}

void TimelinePane::showSelection()
{
    const auto event = m_services.selection->event();
    if (!event) {
        m_step->clear();
        return;
    }
    const auto instant = m_services.selection->instant();
    if (instant) {
        m_timeline->setInstant(offsetOf(*m_services.selection->timeline(), *instant));
    } else {
        m_timeline->setSelected(static_cast<std::uint32_t>(*event));
    }
    const int row = m_model->rowOf(*event);
    m_cards->choose(row);
    describe();
    m_step->setText((instant ? tr("After event %1 of %2") : tr("Event %1 of %2"))
                        .arg(row + 1)
                        .arg(m_model->rowCount()));
}

} // namespace exhibit::ui
