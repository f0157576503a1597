// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/windows/gateway_help.h"
#include "ui/windows/incident_changes.h"
#include "ui/windows/layouts_dialog.h"
#include "ui/windows/main_window.h"
#include "ui/windows/window_actions.h"

#include <QDockWidget>
#include <QMenu>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kJobsLeast = 240; ///< Narrower, every title is of three lines.

} // namespace

void MainWindow::handleActions()
{
    auto& actions = *m_services.actions;
    actions.handle(u"file.connect", this, [this] { Q_EMIT connectAsked(); });
    actions.handle(u"file.disconnect", this, [this] { Q_EMIT disconnectAsked(); });
    actions.handle(u"file.sample", this, [this] { Q_EMIT sampleAsked(); });
    actions.handle(u"help.gateway", this, [this] {
        (new GatewayHelp(m_services.sources->baseUrl(), this))->show(); // Deletes itself.
    });
    actions.handle(u"file.new_window", this, [this] { Q_EMIT newWindowAsked(); });
    actions.handle(u"file.quit", this, [this] { Q_EMIT quitAsked(); });
    actions.handleToggle(u"tools.jobs", this, [this](bool on) {
        m_jobsDock->setVisible(on);
        if (on && !m_jobsDock->isFloating() && m_jobsDock->width() < scaled(kJobsLeast)) {
            resizeDocks({m_jobsDock}, {scaled(kJobsLeast)}, Qt::Horizontal);
        }
    });
    connect(m_jobsDock,
            &QDockWidget::visibilityChanged,
            actions.action(u"tools.jobs"),
            &QAction::setChecked);
    connect(m_services.jobs, &JobList::changed, this, [this] {
        const int running = m_services.jobs->running();
        m_services.actions->action(u"tools.jobs")
            ->setText(running > 0 ? tr("&Jobs (%n running)", nullptr, running) : tr("&Jobs"));
    });
    handleUndo(m_services);
    ui::handleWindowActions(m_services, m_providers);
    handleLayoutActions();
    const auto move = [this] { setAnimated(!Theme::instance().reducedMotion()); };
    connect(&Theme::instance(), &Theme::changed, this, move);
    move();
}

void MainWindow::handleLayoutActions()
{
    auto& actions = *m_services.actions;
    actions.handle(u"window.next_pane", this, [this] { cyclePane(1); });
    actions.handle(u"window.previous_pane", this, [this] { cyclePane(-1); });
    actions.handle(u"window.float", this, [this] {
        if (auto* dock = focusedDock()) {
            dock->setFloating(true);
        }
    });
    actions.handle(u"window.dock", this, [this] {
        for (QDockWidget* dock : m_docks) {
            dock->setFloating(false);
        }
    });
    actions.handle(u"window.reset_layout", this, [this] { m_layouts.reset(); });
    actions.handle(u"window.save_layout", this, [this] { manageLayouts(); });
    actions.handle(u"window.layouts", this, [this] { manageLayouts(); });
    // Other windows may have changed them.
    connect(actions.menu(MenuId::Window), &QMenu::aboutToShow, this, &MainWindow::fillLayoutMenu);
    m_services.addPaletteProvider([this](const QString&) {
        QList<PaletteEntry> entries;
        for (const QString& name : m_isHome ? QStringList{} : m_layouts.names()) {
            entries << PaletteEntry{
                tr("Layouts"), name, {}, Icon::Layout, {}, [this, name] { showLayout(name); }};
        }
        return entries;
    });
}

void MainWindow::manageLayouts()
{
    auto* dialog = findChild<LayoutsDialog*>();
    if (dialog == nullptr || !dialog->isVisible()) { // One that was closed is still about to go.
        dialog = new LayoutsDialog( // Deletes itself.
            m_layouts,
            [this](const QString& name) { showLayout(name); },
            this);
        connect(dialog, &LayoutsDialog::changed, this, &MainWindow::fillLayoutMenu);
        dialog->show();
    }
    dialog->raise();
    dialog->activateWindow();
}

void MainWindow::showLayout(const QString& name)
{
    if (!m_isHome) { // Docks have no place beside a page.
        m_layouts.restore(name);
    }
}

void MainWindow::fillLayoutMenu()
{
    auto* menu = m_services.actions->menu(MenuId::Window);
    for (QAction* action : menu->actions()) {
        if (action->property("layout").toBool()) {
            menu->removeAction(action);
            action->deleteLater();
        }
    }
    for (const QString& name : m_layouts.names()) {
        auto* action = menu->addAction(tr("Layout: %1").arg(QString(name).replace(u'&', u"&&"_s)));
        action->setProperty("layout", true);
        action->setEnabled(!m_isHome);
        connect(action, &QAction::triggered, this, [this, name] { showLayout(name); });
    }
}

} // namespace exhibit::ui
