// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/record_window.h"

#include "ui/text.h"
#include "ui/theme/icons.h"
#include "ui/theme/style.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/close_question.h"
#include "ui/windows/incident_changes.h"
#include "ui/windows/job_bar.h"
#include "ui/windows/jobs_panel.h"
#include "ui/windows/status_bar.h"
#include "ui/windows/window_actions.h"

#include <QCloseEvent>
#include <QMenu>
#include <QMenuBar>
#include <QSplitter>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kWidth = 1180;
constexpr int kHeight = 720;

} // namespace

RecordWindow::RecordWindow(const Shown& shown,
                           SourceHub& sources,
                           std::shared_ptr<const domain::SearchHit> hit)
    : m_registry(shown.registry)
    , m_bar(new MessageBar(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowIcon(icon(Icon::Exhibit));
    m_services.window = this;
    m_services.actions = new ActionRegistry(this, !shown.safeMode);
    m_services.sources = &sources;
    m_services.selection = new Selection(this);
    m_services.jobs = new JobList(this);
    m_services.undo = new QUndoStack(this);
    m_services.safeMode = shown.safeMode;
    m_services.openFiles = shown.openFiles;
    m_services.addPaletteProvider
        = [this](PaletteProvider provider) { m_providers << std::move(provider); };
    m_services.actions->fillMenuBar(menuBar());
    auto* all = new QSplitter(Qt::Horizontal, this);
    for (const QString& id : shown.panes) {
        QWidget* pane = shown.registry.find(id)->factory(m_services, all);
        all->addWidget(pane);
        m_panes.insert(id, pane);
        m_stops << pane;
    }
    all->setStretchFactor(0, 1);
    all->setSizes({scaled(kWidth - 420), scaled(420)});
    all->setChildrenCollapsible(false);
    auto* jobs = new JobsPanel(*m_services.jobs, this);
    jobs->hide();
    m_stops << jobs;
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_bar);
    column->addWidget(new JobBar(m_services, content));
    column->addWidget(all, 1);
    column->addWidget(jobs);
    setCentralWidget(content);
    m_services.actions->handleToggle(
        u"tools.jobs", this, [jobs](bool on) { jobs->setVisible(on); });
    setStatusBar(new ConsoleStatusBar(m_services, this));
    buildBar();
    handleActions();
    handleChanges();
    hideForeignActions();
    followChanges();
    resize(scaled(kWidth), scaled(kHeight));
    m_services.selection->setIncident(std::move(hit));
    showTitle();
}

RecordWindow::~RecordWindow()
{
    delete m_services.undo; // Its steps go first: they know what sends them.
}

void RecordWindow::closeEvent(QCloseEvent* event)
{
    if (!CloseQuestion::mayClose(*this, {m_services.jobs})) {
        event->ignore();
    }
}

std::string RecordWindow::incidentId() const
{
    return m_services.selection->hit()->incident.incidentId.text();
}

void RecordWindow::showTitle()
{
    const auto& incident = m_services.selection->hit()->incident;
    setWindowTitle(isolatedText(toQt(incident.title)) + u" · "_s
                   + isolated(shortId(toQt(incident.incidentId.text()))));
}

void RecordWindow::buildBar()
{
    auto* bar = addToolBar(tr("Navigation"));
    bar->setMovable(false);
    bar->toggleViewAction()->setVisible(false);
    bar->setFixedHeight(scaled(36));
    for (const auto* id : {"search.back", "search.forward"}) {
        auto* action = m_services.actions->action(QString::fromLatin1(id));
        bar->addAction(action);
        bar->widgetForAction(action)->setFocusPolicy(Qt::TabFocus);
    }
}

void RecordWindow::handleActions()
{
    auto& actions = *m_services.actions;
    handleWindowActions(m_services, m_providers);
    actions.handle(u"file.quit", this, [this] { Q_EMIT quitAsked(); });
    const auto cycle = [this](int step) {
        QList<QWidget*> shown = m_stops;
        shown.removeIf([](const QWidget* stop) { return !stop->isVisible(); });
        cycleFocus(shown, step);
    };
    actions.handle(u"window.next_pane", this, [cycle] { cycle(1); });
    actions.handle(u"window.previous_pane", this, [cycle] { cycle(-1); });
    followSteps();
}

void RecordWindow::followSteps()
{
    auto& actions = *m_services.actions;
    auto& selection = *m_services.selection;
    m_trail.push({}); // Where the run begins to be shown; what that is it says when it is left.
    const auto enable = [this] {
        m_services.actions->action(u"search.back")->setEnabled(m_trail.canGoBack());
        m_services.actions->action(u"search.forward")->setEnabled(m_trail.canGoForward());
    };
    const auto show = [this, enable](const RunPlace& run) {
        m_services.selection->goTo({m_services.selection->shared(), run});
        enable();
    };
    actions.handle(u"search.back", this, [this, &selection, show] {
        show(m_trail.back(selection.place().run));
    });
    actions.handle(u"search.forward", this, [this, &selection, show] {
        show(m_trail.forward(selection.place().run));
    });
    connect(&selection, &Selection::stepBegins, this, [this, enable](StepKind kind) {
        m_trail.begin(m_services.selection->place().run, kind, Trail<RunPlace>::Clock::now());
        enable();
    });
    enable();
}

void RecordWindow::handleChanges()
{
    auto* changes = new IncidentChanges(m_services, this); // This owns it.
    auto& actions = *m_services.actions;
    actions.handle(u"case.tag", this, [changes] { changes->askTag(); });
    actions.handle(u"case.untag", this, [changes] { changes->openUntagMenu(QCursor::pos()); });
    actions.handle(u"case.bookmark", this, [changes] { changes->bookmark(); });
    actions.handle(u"case.status", this, [changes] { changes->openStatusMenu(QCursor::pos()); });
    actions.handle(u"case.assign", this, [changes] { changes->askAssignee(); });
    actions.handle(u"case.note", this, [changes] { changes->askNote(); });
    for (const QStringView id : {u"case.tag",
                                 u"case.untag",
                                 u"case.bookmark",
                                 u"case.status",
                                 u"case.assign",
                                 u"case.note"}) {
        addAction(actions.action(id)); // Elsewhere the list of results has their keys.
    }
    connect(changes, &IncidentChanges::changed, this, &RecordWindow::showChanged);
    changes->reportTo(*m_bar);
    handleUndo(m_services);
}

/// What only windows with a search do is not offered here.
void RecordWindow::hideForeignActions()
{
    for (QAction* action : m_services.actions->all()) {
        action->setVisible(m_services.actions->isHandled(action->objectName()));
    }
    for (auto* button : findChildren<QToolButton*>()) {
        const QAction* action = button->defaultAction();
        if (action != nullptr && !action->isVisible()) {
            button->hide();
        }
    }
    for (QAction* menu : menuBar()->actions()) {
        const auto items = menu->menu()->actions();
        menu->setVisible(std::any_of(items.begin(), items.end(), [](const QAction* item) {
            return item->isVisible() && !item->isSeparator();
        }));
    }
}

void RecordWindow::followChanges()
{
    connect(m_services.sources, &SourceHub::sourceChanged, this, [this] { m_question.reset(); });
    connect(m_services.sources, &SourceHub::live, this, [this](const domain::LiveEvent& event) {
        auto* source = m_services.sources->source();
        const bool changed = event.type == "incident.changed" && event.incidentId
            && event.incidentId->text() == incidentId();
        const auto* hit = m_services.selection->hit();
        const bool stopped
            = event.type == "run.stopped" && hit != nullptr && event.runId == hit->incident.runId;
        if (source == nullptr || (!changed && !stopped && event.type != "resync")) {
            return;
        }
        m_question
            = source->incident(incidentId(), [this](domain::SourceResult<domain::Incident> reply) {
                  const auto done = std::exchange(m_question, nullptr);
                  if (reply) {
                      showChanged(*reply);
                  }
              });
    });
}

void RecordWindow::showChanged(const domain::Incident& incident)
{
    auto changed = std::make_shared<domain::SearchHit>(*m_services.selection->hit());
    changed->incident = incident;
    m_services.selection->setIncident(std::move(changed));
}

} // namespace exhibit::ui
