// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/shortcuts_dialog.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/time_display.h"
#include "ui/windows/context_menu.h"
#include "ui/windows/incident_changes.h"
#include "ui/windows/layouts_dialog.h"
#include "ui/windows/main_window.h"

#include <QActionGroup>
#include <QApplication>
#include <QDockWidget>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr int kJobsLeast = 240; ///< Narrower, every title is of three lines.

constexpr std::pair<const char*, ThemeChoice> kThemes[] = {
    {"view.theme_system", ThemeChoice::System},
    {"view.theme_light", ThemeChoice::Light},
    {"view.theme_dark", ThemeChoice::Dark},
    {"view.theme_contrast", ThemeChoice::Contrast},
};

} // namespace

void MainWindow::handleActions()
{
    auto& actions = *m_services.actions;
    actions.handle(u"file.connect", this, [this] { Q_EMIT connectAsked(); });
    actions.handle(u"file.disconnect", this, [this] { Q_EMIT disconnectAsked(); });
    actions.handle(u"file.new_window", this, [this] { Q_EMIT newWindowAsked(); });
    actions.handle(u"file.close", this, [this] { close(); });
    actions.handle(u"file.quit", this, [this] { Q_EMIT quitAsked(); });
    actions.handle(u"edit.menu", this, [this] { openContextMenu(*this); });
    actions.handle(u"tools.palette", this, [this] { openPalette(CommandPalette::Scope::Actions); });
    actions.handle(
        u"tools.everything", this, [this] { openPalette(CommandPalette::Scope::Everything); });
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
    actions.handle(u"help.keys", this, [this] {
        (new ShortcutsDialog(*m_services.actions, focusedContext(), this))->show();
    });
    actions.handle(u"help.about", this, [this] {
        QMessageBox::about(this,
                           tr("About Exhibit"),
                           tr("Exhibit %1\nAI incident investigation console. Apache-2.0.\n"
                              "Inter and JetBrains Mono are under the SIL Open Font License.")
                               .arg(QLatin1StringView(EXHIBIT_VERSION)));
    });
    handleUndo(m_services);
    handleViewActions();
    handleWindowActions();
}

void MainWindow::handleViewActions()
{
    auto& actions = *m_services.actions;
    auto* themes = new QActionGroup(this); // This owns it.
    for (const auto& [id, choice] : kThemes) {
        auto* action = actions.action(QString::fromLatin1(id));
        themes->addAction(action);
        action->setChecked(Theme::instance().choice() == choice);
        actions.handle(QString::fromLatin1(id), this, [picked = choice] {
            QSettings().setValue(u"view/theme"_s, static_cast<int>(picked));
            Theme::instance().choose(picked);
        });
    }
    auto* zones = new QActionGroup(this); // This owns it.
    zones->addAction(actions.action(u"view.time_local"));
    zones->addAction(actions.action(u"view.time_utc"));
    const auto show = [this] {
        const bool utc = TimeDisplay::instance().isUtc();
        m_services.actions->action(u"view.time_utc")->setChecked(utc);
        m_services.actions->action(u"view.time_local")->setChecked(!utc);
    };
    actions.handle(u"view.time_local", this, [] {
        QSettings().setValue(u"view/utc"_s, false);
        TimeDisplay::instance().setZone(QTimeZone::systemTimeZone());
    });
    actions.handle(u"view.time_utc", this, [] {
        QSettings().setValue(u"view/utc"_s, true);
        TimeDisplay::instance().setZone(QTimeZone::utc());
    });
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, show);
    show();
    auto* motion = actions.action(u"view.reduce_motion");
    motion->setChecked(Theme::instance().reducedMotion());
    actions.handleToggle(u"view.reduce_motion", this, [](bool on) {
        QSettings().setValue(u"view/reduce_motion"_s, on);
        Theme::instance().setReducedMotion(on);
    });
}

void MainWindow::handleWindowActions()
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

Context MainWindow::focusedContext() const
{
    QWidget* at = QApplication::focusWidget();
    for (; at != nullptr; at = at->parentWidget()) {
        for (const QAction* action : at->actions()) {
            const auto* spec = m_services.actions->spec(action);
            if (spec != nullptr && spec->context != Context::Window) {
                return spec->context;
            }
        }
    }
    return Context::Window;
}

} // namespace exhibit::ui
