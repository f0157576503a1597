// SPDX-License-Identifier: Apache-2.0
// Pages that stand where the panes would be: welcome, and workspaces without docks.
#include "ui/windows/collapsing_sides.h"
#include "ui/windows/layouts_dialog.h"
#include "ui/windows/main_window.h"

#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMimeData>
#include <QStackedWidget>
#include <QToolBar>

#include <utility>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QStringList localFiles(const QMimeData* data)
{
    QStringList files;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) {
            files << url.toLocalFile();
        }
    }
    return files;
}

} // namespace

void MainWindow::buildPages()
{
    for (const auto& workspace : m_registry.workspaces()) {
        if (workspace.page != nullptr) {
            QWidget* page = workspace.page(m_services, m_home);
            m_home->addWidget(page);
            m_pages.insert(QString::fromLatin1(workspace.id), page);
        }
    }
}

void MainWindow::setHome(QWidget* home)
{
    m_home->insertWidget(0, home);
    showHome(true);
}

void MainWindow::showHome(bool show)
{
    show ? showPage(m_home->widget(0)) : showPanes();
}

bool MainWindow::leadToPanes()
{
    if (m_isHome && m_services.sources->source() != nullptr) {
        showPanes();
    }
    return !m_isHome;
}

void MainWindow::showWorkspace(const QString& id)
{
    if (QWidget* page = m_pages.value(id)) {
        showPage(page);
    } else {
        showHome(m_services.sources->source() == nullptr);
    }
}

void MainWindow::showPage(QWidget* page)
{
    if (!m_isHome && m_sides != nullptr && isVisible()) {
        m_panesState = saveState(kLayoutVersion);
    }
    m_isHome = true;
    m_panesStand = false;
    setCentralWidget(m_home);
    m_home->setCurrentWidget(page);
    m_home->show();
    for (QDockWidget* dock : m_docks) {
        dock->setVisible(false);
    }
    for (qsizetype i = 1; i < m_bars.size(); ++i) {
        m_bars.at(i)->setVisible(false);
    }
    page->setFocus();
    markWorkspace();
}

void MainWindow::showPanes()
{
    if (std::exchange(m_panesStand, true)) {
        return; // As somebody arranged them.
    }
    m_isHome = false;
    if (centralWidget() != nullptr) {
        takeCentralWidget()->setParent(this); // A middle, even hidden, would take room.
        m_home->hide();
    }
    for (QDockWidget* dock : m_docks) {
        const auto* pane = m_registry.find(dock->objectName().section(QLatin1Char('.'), 1));
        dock->setVisible(pane != nullptr && pane->defaultVisible);
    }
    for (qsizetype i = 1; i < m_bars.size(); ++i) {
        m_bars.at(i)->setVisible(true);
    }
    if (!m_panesState.isEmpty()) {
        restoreState(m_panesState, kLayoutVersion);
    } else {
        applyDefaultExtents();
        m_layouts.captureDefault();
    }
    firstDock(Placement::Top)->widget()->setFocus();
    markWorkspace();
}

QByteArray MainWindow::dockLayout() const
{
    return m_isHome ? m_panesState : saveState(kLayoutVersion);
}

void MainWindow::markWorkspace()
{
    for (const auto& workspace : m_registry.workspaces()) {
        const QString id = QString::fromLatin1(workspace.id);
        QWidget* page = m_pages.value(id);
        const bool shown = page != nullptr
            ? m_isHome && m_home->currentWidget() == page
            : !m_isHome || m_home->currentWidget() == m_home->widget(0);
        const QString action = u"workspace."_s + id;
        m_services.actions->action(action)->setChecked(shown);
    }
    // A page has no docks: what is arranged there would be kept without any.
    for (const auto* id : {"window.float",
                           "window.dock",
                           "window.save_layout",
                           "window.layouts",
                           "window.reset_layout"}) {
        m_services.actions->action(QString::fromLatin1(id))->setEnabled(!m_isHome);
    }
    for (QDockWidget* dock : m_docks) {
        dock->toggleViewAction()->setEnabled(!m_isHome);
    }
    if (auto* dialog = findChild<LayoutsDialog*>()) { // It stays open meanwhile.
        dialog->setPanesShown(!m_isHome);
    }
    Q_EMIT pageShown();
}

void MainWindow::openFiles(const QStringList& files)
{
    for (const auto& workspace : m_registry.workspaces()) {
        const QString id = QString::fromLatin1(workspace.id);
        if (workspace.open != nullptr && !files.isEmpty()) {
            showWorkspace(id);
            workspace.open(m_pages.value(id), files);
            return;
        }
    }
}

QString MainWindow::shownPage() const
{
    return m_isHome ? m_pages.key(m_home->currentWidget()) : QString();
}

QStringList MainWindow::openedFiles() const
{
    QStringList files;
    for (const auto& workspace : m_registry.workspaces()) {
        if (workspace.opened != nullptr) {
            files << workspace.opened(*m_pages.value(QString::fromLatin1(workspace.id)));
        }
    }
    return files;
}

void MainWindow::restorePage(const QString& workspace, const QStringList& files)
{
    QStringList there = files;
    there.removeIf([](const QString& file) { return !QFileInfo::exists(file); });
    for (const auto& one : m_registry.workspaces()) {
        if (one.open != nullptr && !there.isEmpty()) {
            one.open(m_pages.value(QString::fromLatin1(one.id)), there);
        }
    }
    if (m_pages.contains(workspace)) {
        showWorkspace(workspace);
    }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (!localFiles(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    openFiles(localFiles(event->mimeData()));
}

} // namespace exhibit::ui
