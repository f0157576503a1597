// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/main_window.h"

#include "ui/theme/style.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/close_question.h"
#include "ui/windows/collapsing_sides.h"
#include "ui/windows/jobs_panel.h"
#include "ui/windows/status_bar.h"

#include <QActionGroup>
#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenuBar>
#include <QStackedWidget>
#include <QToolBar>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kBarsHeight = 148; ///< Menus, tool bar, query bar and status bar together, about.

QString paneTitle(const char* title)
{
    return QCoreApplication::translate("Panes", title);
}

} // namespace

MainWindow::MainWindow(const PaneRegistry& registry, SourceHub& sources, bool safeMode)
    : m_registry(registry)
    , m_layouts(this)
    , m_home(new QStackedWidget(this))
{
    setWindowTitle(u"Exhibit"_s);
    setWindowIcon(icon(Icon::Exhibit));
    setMinimumSize(1024, 640);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    m_services.window = this;
    m_services.actions = new ActionRegistry(this, !safeMode);
    m_services.sources = &sources;
    m_services.selection = new Selection(this);
    m_services.jobs = new JobList(this);
    m_services.undo = new QUndoStack(this);
    m_services.safeMode = safeMode;
    m_services.openFiles = [this](const QStringList& files) { openFiles(files); };
    m_services.openRecord = [this](const std::shared_ptr<const domain::SearchHit>& hit) {
        Q_EMIT recordWindowAsked(hit);
    };
    m_services.showPanes = [this] { return leadToPanes(); };
    m_services.actions->setGate([this](const ActionSpec& spec) {
        const bool isOfPanes = spec.menu == MenuId::Search || spec.menu == MenuId::Timeline
            || spec.menu == MenuId::Case;
        return !isOfPanes || !m_isHome || leadToPanes(); // Nothing of theirs is done unseen.
    });
    m_services.addPaletteProvider
        = [this](PaletteProvider provider) { m_providers << std::move(provider); };
    m_services.actions->fillMenuBar(menuBar());
    menuBar()->setNativeMenuBar(true);
    m_home->hide();
    m_status = new ConsoleStatusBar(m_services, this);
    setStatusBar(m_status);
    buildToolBar();
    buildPanes();
    buildPages();
    handleActions();
    resize(1600, 1000);
    applyDefaultExtents();
    m_layouts.captureDefault();
    fillLayoutMenu();
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        for (QDockWidget* dock : m_docks) {
            if (now != nullptr && dock->isAncestorOf(now)) {
                m_lastDock = dock;
            }
        }
    });
}

MainWindow::~MainWindow()
{
    qApp->disconnect(this); // The focus leaves once more while the docks go.
    delete m_services.undo; // Its steps go first: they name actions and know the search.
}

void MainWindow::buildToolBar()
{
    auto* bar = addToolBar(tr("Navigation"));
    bar->setObjectName(u"bar.navigation"_s);
    bar->setMovable(false);
    bar->setFixedHeight(scaled(36));
    bar->setContentsMargins(scaled(6), 0, scaled(8), 0);
    bar->toggleViewAction()->setVisible(false);
    auto& actions = *m_services.actions;
    for (const auto* id : {"search.back", "search.forward"}) {
        auto* action = actions.action(QString::fromLatin1(id));
        bar->addAction(action);
        auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action));
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(ActionRegistry::plainText(action));
    }
    bar->addSeparator();
    auto* group = new QActionGroup(this); // This owns it.
    for (const auto& workspace : m_registry.workspaces()) {
        const QString id = QString::fromLatin1(workspace.id);
        const QString actionId = u"workspace."_s + id;
        auto* action = actions.action(actionId);
        group->addAction(action);
        actions.handle(actionId, this, [this, id] { showWorkspace(id); });
        auto* button = actionButton(action, bar, false, paneTitle(workspace.title));
        button->setFont(font());
        bar->addWidget(button);
    }
    auto* space = new QWidget(bar);
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    bar->addWidget(
        paletteField(actions.action(u"tools.everything"), tr("Go to record, case, action"), bar));
    bar->addSeparator();
    bar->addWidget(actionButton(actions.action(u"tools.jobs"), bar));
    m_bars << bar;
}

void MainWindow::buildPanes()
{
    for (const auto& pane : m_registry.panes()) {
        pane.placement == Placement::Bar ? addBar(pane) : addDock(pane);
    }
    arrangeDocks();
    m_sides = new CollapsingSides(this,
                                  {firstDock(Placement::Left),
                                   firstDock(Placement::Top),
                                   firstDock(Placement::Bottom),
                                   firstDock(Placement::Right)});
    m_jobsDock = new QDockWidget(tr("Jobs"), this);
    m_jobsDock->setObjectName(u"pane.jobs"_s);
    m_jobsDock->setTitleBarWidget(new DockTitle(m_jobsDock));
    m_jobsDock->setWidget(new JobsPanel(*m_services.jobs, m_jobsDock));
    addDockWidget(Qt::RightDockWidgetArea, m_jobsDock);
    m_jobsDock->installEventFilter(this);
    m_jobsDock->hide();
    auto* menu = m_services.actions->menu(MenuId::View);
    menu->addSeparator();
    for (QDockWidget* dock : m_docks) {
        menu->addAction(dock->toggleViewAction());
    }
}

void MainWindow::addBar(const Pane& pane)
{
    addToolBarBreak();
    auto* bar = addToolBar(paneTitle(pane.title));
    bar->setObjectName(u"pane."_s + QLatin1StringView(pane.id));
    bar->setMovable(false);
    bar->setContentsMargins(0, 0, 0, 0);
    QWidget* content = pane.factory(m_services, bar);
    content->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(content);
    m_panes.insert(QString::fromLatin1(pane.id), content);
    m_bars << bar;
}

void MainWindow::addDock(const Pane& pane)
{
    auto* dock = new QDockWidget(paneTitle(pane.title), this); // This owns it.
    dock->setObjectName(u"pane."_s + QLatin1StringView(pane.id));
    dock->setTitleBarWidget(new DockTitle(dock));
    dock->setWidget(pane.factory(m_services, dock));
    dock->setAccessibleName(dock->windowTitle());
    dock->hide();
    dock->installEventFilter(this);
    m_docks << dock;
    m_panes.insert(QString::fromLatin1(pane.id), dock);
}

QDockWidget* MainWindow::firstDock(Placement placement) const
{
    for (const auto& pane : m_registry.panes()) {
        if (pane.placement == placement) {
            return qobject_cast<QDockWidget*>(m_panes.value(QString::fromLatin1(pane.id)));
        }
    }
    return nullptr;
}

void MainWindow::arrangeDocks()
{
    // All share one area, so that nothing is left over for a middle that is not there: left and top
    // stand above bottom, right beside them. Further panes of a place become tabs of its first.
    QDockWidget* const left = firstDock(Placement::Left);
    QDockWidget* const top = firstDock(Placement::Top);
    QDockWidget* const bottom = firstDock(Placement::Bottom);
    QDockWidget* const right = firstDock(Placement::Right);
    if (layoutDirection() == Qt::RightToLeft) { // Qt mirrors what docks hold, not the docks.
        addDockWidget(Qt::LeftDockWidgetArea, right);
        splitDockWidget(right, top, Qt::Horizontal);
        splitDockWidget(top, bottom, Qt::Vertical);
        splitDockWidget(top, left, Qt::Horizontal);
    } else {
        addDockWidget(Qt::LeftDockWidgetArea, left);
        splitDockWidget(left, right, Qt::Horizontal);
        splitDockWidget(left, bottom, Qt::Vertical);
        splitDockWidget(left, top, Qt::Horizontal);
    }
    for (const auto& pane : m_registry.panes()) {
        auto* dock = qobject_cast<QDockWidget*>(m_panes.value(QString::fromLatin1(pane.id)));
        if (dock != nullptr && dock != firstDock(pane.placement)) {
            tabifyDockWidget(firstDock(pane.placement), dock);
        }
    }
}

void MainWindow::applyDefaultExtents()
{
    const auto extent = [this](Placement placement) {
        const QString id = firstDock(placement)->objectName().section(QLatin1Char('.'), 1);
        return scaled(m_registry.find(id)->defaultExtent);
    };
    const int top = extent(Placement::Top);
    m_sides->apply({extent(Placement::Left),
                    extent(Placement::Right),
                    top,
                    std::max(1, height() - scaled(kBarsHeight) - top)});
}

QDockWidget* MainWindow::focusedDock() const
{
    return m_lastDock != nullptr ? m_lastDock : m_docks.value(0);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    const auto ending = m_endingJobs ? m_endingJobs() : QList<JobList*>{m_services.jobs};
    if (isVisible() && !CloseQuestion::mayClose(*this, ending)) {
        event->ignore();
        return;
    }
    Q_EMIT closing();
    event->accept();
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QMainWindow::resizeEvent(event);
    m_sides->follow(!isHome());
}

} // namespace exhibit::ui
