// SPDX-License-Identifier: Apache-2.0
// Where the keys go: F6 from pane to pane, Escape one step outwards.
#include "ui/windows/main_window.h"
#include "ui/windows/window_actions.h"

#include <QDockWidget>
#include <QKeyEvent>
#include <QStackedWidget>

namespace exhibit::ui {

void MainWindow::cyclePane(int step)
{
    QList<QWidget*> stops;
    if (m_isHome) {
        stops = stopsIn(*m_home->currentWidget());
    }
    for (const auto& pane : m_registry.panes()) {
        QWidget* widget = m_panes.value(QString::fromLatin1(pane.id));
        if (widget != nullptr && widget->isVisible()) {
            stops << widget;
        }
    }
    if (m_jobsDock->isVisible()) {
        stops << m_jobsDock;
    }
    cycleFocus(stops, step);
}

/// A tab behind another is covered by it.
QWidget* MainWindow::shownPane(Placement placement) const
{
    for (const auto& pane : m_registry.panes()) {
        QWidget* widget = m_panes.value(QString::fromLatin1(pane.id));
        if (pane.placement == placement && widget != nullptr && widget->isVisible()
            && !widget->visibleRegion().isEmpty()) {
            return widget;
        }
    }
    return nullptr;
}

/// From what is said of one result to the results, from there to the query.
void MainWindow::climbOut(const QDockWidget& from)
{
    const auto* pane = m_registry.find(from.objectName().section(QLatin1Char('.'), 1));
    const bool isInner = pane == nullptr || pane->placement == Placement::Bottom
        || pane->placement == Placement::Right;
    QWidget* to = isInner ? shownPane(Placement::Top) : nullptr;
    if (to == nullptr) {
        to = shownPane(Placement::Bar);
    }
    if (to != nullptr) {
        cycleFocus({to}, 1);
    }
}

/// Escape that nothing inside a dock had a use for.
bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    auto* dock = qobject_cast<QDockWidget*>(watched);
    if (dock != nullptr && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        climbOut(*dock);
        return true;
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace exhibit::ui
