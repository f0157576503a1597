// SPDX-License-Identifier: Apache-2.0
#include "ui/detail/record_pane.h"

#include "models/domain/incident_source_json.h"
#include "ui/detail/answer_box.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/fact_list.h"
#include "ui/detail/figure_strip.h"
#include "ui/detail/incident_call_pages.h"
#include "ui/detail/incident_export.h"
#include "ui/detail/instant_record.h"
#include "ui/detail/json_page.h"
#include "ui/detail/note_list.h"
#include "ui/detail/pinned_selection.h"
#include "ui/detail/record_copy.h"
#include "ui/detail/tag_line.h"
#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/section.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace exhibit::ui {

RecordPane::RecordPane(const Services& services, QWidget* parent)
    : QWidget(parent)
    , m_services(services)
    , m_shown(new PinnedSelection(services, this))
    , m_export(new IncidentExport(services, this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(m_stack))
{
    auto* content = new QWidget(m_stack);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* top = head();
    column->addWidget(top);
    column->addWidget(m_figures = new FigureStrip(content));
    for (QWidget* part : {top, static_cast<QWidget*>(m_figures), static_cast<QWidget*>(m_tags)}) {
        part->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(part, &QWidget::customContextMenuRequested, this, [this, part](const QPoint& at) {
            openMenu(*part, at);
        });
    }
    m_tabs = new QTabWidget(content);
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setFont(typeFont(TypeRole::Small));
    m_tabs->addTab(summary(), tr("Summary"));
    Services ofShown = services;
    ofShown.selection = m_shown;
    auto* call = new IncidentCallPages(ofShown, *m_tabs, this);
    m_tabs->addTab(&call->request(), tr("Request"));
    m_tabs->addTab(&call->response(), tr("Response"));
    m_tabs->addTab(&call->headers(), tr("Headers"));
    m_tabs->addTab(m_decisions = new JsonPage(m_tabs), tr("Decisions"));
    m_tabs->addTab(&call->bytes(), tr("Bytes"));
    column->addWidget(m_tabs, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(content);
    m_empty->setTexts(tr("No record"), tr("Select an incident to see what is recorded about it."));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_stack);
    setFocusProxy(m_tabs);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    connect(m_shown, &Selection::incidentChanged, this, &RecordPane::showIncident);
    connect(m_shown, &Selection::timelineChanged, this, &RecordPane::showRun);
    connect(m_shown, &Selection::eventChanged, this, &RecordPane::showEvent);
    connect(m_shown, &Selection::explainAsked, this, [this] {
        m_tabs->setCurrentIndex(0);
        m_explainPart->setExpanded(true);
    });
    connect(m_tabs, &QTabWidget::currentChanged, this, &RecordPane::showDecisions);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, &RecordPane::showEvent);
    handleActions();
}

QWidget* RecordPane::head()
{
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
    column->setSpacing(scaled(4));
    auto* first = new QHBoxLayout;
    m_marks = new QWidget(part);
    m_marks->setMinimumHeight(scaled(22));
    m_marks->installEventFilter(this);
    first->addWidget(m_marks, 1);
    auto& actions = *m_services.actions;
    auto* status
        = actionButton(actions.action(QStringLiteral("case.status")), part, true, tr("Status"));
    auto* tag = actionButton(actions.action(QStringLiteral("case.tag")), part, true, tr("Tag"));
    first->addWidget(status);
    first->addWidget(tag);
    column->addLayout(first);
    m_title = new QLabel(part);
    m_title->setFont(typeFont(TypeRole::Heading));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(m_title);
    auto* last = new QHBoxLayout;
    last->setSpacing(scaled(2));
    m_id = new QLabel(part);
    m_id->setFont(typeFont(TypeRole::Mono));
    m_id->setTextInteractionFlags(Qt::TextSelectableByMouse);
    makeSecondary(m_id);
    auto* copyId = iconButton(Icon::Copy, tr("Copy incident id"), part);
    connect(copyId,
            &QToolButton::clicked,
            actions.action(QStringLiteral("edit.copy_id")),
            &QAction::trigger);
    last->addWidget(m_id);
    last->addWidget(copyId);
    // What they do is done to the window's selection, which a pinned record is not.
    for (QWidget* button : {static_cast<QWidget*>(status),
                            static_cast<QWidget*>(tag),
                            static_cast<QWidget*>(copyId)}) {
        connect(m_shown, &PinnedSelection::pinnedChanged, button, &QWidget::setHidden);
    }
    last->addStretch(1);
    column->addLayout(last);
    column->addWidget(m_tags = new TagLine(part));
    return part;
}

QWidget* RecordPane::summary()
{
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setAccessibleName(tr("Summary"));
    auto* content = new QWidget(area);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_explainPart = new Section(tr("Explain"), content);
    m_explainPart->setContent(m_explain = new ExplainSection(m_explainPart));
    Services ofShown = m_services;
    ofShown.selection = m_shown;
    m_record = new InstantRecord(ofShown, *m_explain, this);
    m_answerPart = new Section(tr("Answer"), content);
    auto* box = new QWidget(m_answerPart);
    auto* inner = new QVBoxLayout(box);
    inner->setContentsMargins(scaled(8), 0, scaled(12), 0);
    inner->addWidget(m_answer = new AnswerBox(box));
    m_answerPart->setContent(box);
    m_factsPart = new Section(tr("Context facts"), content);
    auto* facts = new QWidget(m_factsPart);
    auto* factsLayout = new QVBoxLayout(facts);
    factsLayout->setContentsMargins(scaled(8), 0, scaled(12), 0);
    factsLayout->addWidget(m_facts = new FactList(facts));
    m_factsPart->setContent(facts);
    m_factsPart->setNote(tr("from metadata.context"));
    column->addWidget(m_notes = new NoteList(content));
    for (auto* section : {m_explainPart, m_answerPart, m_factsPart}) {
        column->addWidget(section);
        column->addWidget(horizontalRule(content));
    }
    column->addStretch(1);
    area->setWidget(content);
    return area;
}

void RecordPane::handleActions()
{
    auto& actions = *m_services.actions;
    new RecordCopy(m_services, this); // This owns it.
    actions.handle(u"evidence.export", this, [this] { openExport(false); });
    actions.handle(u"evidence.certify", this, [this] { openExport(true); });
}

void RecordPane::openExport(bool certify)
{
    if (const auto* hit = m_services.selection->hit()) {
        m_export->ask(hit->incident, certify);
    }
}

const domain::TimelineEvent* RecordPane::eventOf(domain::StepType type) const
{
    const auto timeline = m_shown->timeline();
    const auto* hit = m_shown->hit();
    return timeline && hit != nullptr ? firstOf(*timeline, hit->incident.callId, type) : nullptr;
}

void RecordPane::showIncident()
{
    const auto* hit = m_shown->hit();
    m_stack->setCurrentIndex(hit != nullptr ? 1 : 0);
    if (hit == nullptr) {
        return;
    }
    const auto& incident = hit->incident;
    m_title->setText(toQt(incident.title));
    m_id->setText(toQt(incident.incidentId.text()));
    m_marks->setAccessibleName(wordOf(markOf(incident.severity)) + QStringLiteral(", ")
                               + wordOf(incident.status));
    m_marks->update();
    m_tags->show(incident.tags, incident.assignee);
    m_figures->setFigures({{tr("Cost"), costText(incident.costMicrocents, incident.currency)},
                           {tr("Latency"), durationText(incident.latencyUs)},
                           {tr("Model"), toQt(incident.model)}});
    showRun(); // Where the run is here already: somebody changed the incident that is open.
    askRun();
    m_notes->follow(incident, m_services.sources->source());
}

void RecordPane::askRun()
{
    m_run.reset();
    auto* source = m_services.sources->source();
    const auto* hit = m_shown->hit();
    if (source == nullptr || hit == nullptr) {
        return;
    }
    m_runQuestion
        = source->run(hit->incident.runId.text(), [this](domain::SourceResult<domain::Run> reply) {
              const auto done = std::exchange(m_runQuestion, nullptr);
              if (reply) {
                  m_run = *std::move(reply);
                  showEvent();
              }
          });
}

void RecordPane::showRun()
{
    const auto* hit = m_shown->hit();
    if (hit == nullptr) {
        return;
    }
    const bool known = m_shown->timeline() != nullptr;
    m_factsPart->setVisible(known);
    if (!known) { // Nothing of another run stands under this incident's title.
        m_answerPart->setVisible(false);
        showDecisions();
        return;
    }
    const auto* output = eventOf(domain::StepType::Output);
    const auto* call = eventOf(domain::StepType::LlmCall);
    QList<QPair<QString, QString>> figures{
        {tr("Tokens"), call != nullptr ? grouped(call->tokens) : QString(QChar(0x2013))},
        {tr("Cost"), costText(hit->incident.costMicrocents, hit->incident.currency)},
        {tr("Latency"), durationText(hit->incident.latencyUs)}};
    m_answerPart->setVisible(output != nullptr);
    if (output != nullptr) {
        figures << releasedFigures(answerBytesOf(*output));
        showAnswer(*output);
    }
    m_figures->setFigures(figures);
    const auto* context = eventOf(domain::StepType::Context);
    m_facts->setFacts(context != nullptr ? factsOf(*context) : std::vector<Fact>{},
                      context != nullptr
                          || (!m_shown->timeline()->truncated && !m_shown->awaitsCall()));
    showDecisions();
}

void RecordPane::showAnswer(const domain::TimelineEvent& output)
{
    const auto all = answerBytesOf(output);
    const auto answers = answersOf(output);
    const auto shown = mainAnswerOf(answers);
    if (all.isWire) {
        const auto& call = m_shown->hit()->incident.callId;
        m_answer->showWithoutText(all, toolsOf(*m_shown->timeline(), call));
        m_answerPart->setHeading(tr("Answer, no text recorded"));
    } else {
        m_answer->show(shown);
        const auto bytes = all.released + all.withheld;
        const auto one
            = tr("Answer, %1 bytes of text", nullptr, forPlural(bytes)).arg(grouped(bytes));
        const auto many = tr("Answer: %1 of %2 texts, the others are under Response");
        m_answerPart->setHeading(answers.size() < 2 ? one
                                                    : many.arg(shown.channel).arg(answers.size()));
    }
    const auto wire
        = integerOf(output.data, "released_bytes") + integerOf(output.data, "withheld_bytes");
    const auto events = integerOf(output.data, "event_count");
    m_answerPart->setNote(tr("%1 events, %2 B on the wire", nullptr, forPlural(events))
                              .arg(grouped(events))
                              .arg(grouped(wire)));
}

void RecordPane::showEvent()
{
    const auto timeline = m_shown->timeline();
    const auto event = m_shown->event();
    m_explainPart->setVisible(timeline && event);
    if (!timeline || !event) {
        m_record->stop();
        m_explain->clear();
        return;
    }
    const auto& shown = timeline->events.at(*event);
    const auto instant = m_shown->instant();
    const UtcTime at = instant.value_or(shown.time);
    m_explainPart->setHeading(tr("Explain %1").arg(offsetText(offsetOf(*timeline, at))));
    m_explainPart->setNote(TimeDisplay::instance().clock(at) + QLatin1Char(' ')
                           + TimeDisplay::instance().offsetText(at));
    if (instant) {
        m_explain->showInstant();
    } else {
        m_explain->show(shown, m_run, timeline->currency);
    }
    m_record->follow(timeline->runId, at);
}

void RecordPane::showDecisions()
{
    const auto timeline = m_shown->timeline();
    if (m_tabs->currentWidget() != m_decisions) {
        return;
    }
    if (!timeline) {
        m_decisions->showNothing(tr("The record is being fetched."));
        return;
    }
    m_decisions->show([timeline] {
        JsonArray decisions;
        for (const auto& event : timeline->events) {
            if (event.type == domain::StepType::Policy) {
                decisions.push_back(event.data);
            }
        }
        return Json(std::move(decisions));
    });
}

bool RecordPane::eventFilter(QObject* object, QEvent* event)
{
    const auto* hit = m_shown->hit();
    if (object == m_marks && event->type() == QEvent::Paint && hit != nullptr) {
        QPainter painter(m_marks);
        painter.setLayoutDirection(Qt::LeftToRight);
        const Mark mark = markOf(hit->incident.severity);
        paintMark(painter, mark, QPointF(scaled(8), m_marks->height() / 2.0), scaled(15));
        painter.setFont(boldFont(TypeRole::Body));
        painter.setPen(colour(roleOf(mark)));
        const QRect line = m_marks->rect().adjusted(scaled(22), 0, 0, 0);
        painter.drawText(line, Qt::AlignVCenter, wordOf(mark));
        const int x = painter.fontMetrics().horizontalAdvance(wordOf(mark)) + scaled(10);
        painter.setFont(typeFont(TypeRole::Body));
        painter.setPen(colour(Role::Text2));
        painter.drawText(line.adjusted(x, 0, 0, 0),
                         Qt::AlignVCenter,
                         QChar(0x00b7) + QStringLiteral("  ") + wordOf(hit->incident.status));
    }
    return QWidget::eventFilter(object, event);
}

} // namespace exhibit::ui
