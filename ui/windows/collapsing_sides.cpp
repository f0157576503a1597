// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/collapsing_sides.h"

#include "ui/theme/style.h"
#include "ui/windows/layouts.h"

#include <QDockWidget>
#include <QEvent>

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr int kNarrowWidth = 1180; ///< Below it the sides give way to the middle.

} // namespace

CollapsingSides::CollapsingSides(QMainWindow* window, Docks docks)
    : QObject(window)
    , m_window(window)
    , m_docks(docks)
    , m_windowSize(window->size())
{
    for (QDockWidget* dock : {docks.left, docks.middle, docks.bottom, docks.right}) {
        dock->installEventFilter(this);
    }
}

void CollapsingSides::follow(bool showsPanes)
{
    const bool narrow = m_window->width() < scaled(kNarrowWidth);
    if (narrow != m_narrow && showsPanes) {
        m_narrow = narrow;
        narrow ? collapse() : expand();
    }
    m_windowSize = m_window->size();
}

void CollapsingSides::apply(Extents extents)
{
    m_extents = extents;
    const int gap = m_window->style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent);
    const int middle = std::max(1, m_window->width() - extents.left - extents.right - 2 * gap);
    m_window->resizeDocks({m_docks.left, m_docks.middle, m_docks.bottom, m_docks.right},
                          {extents.left, middle, extents.left + gap + middle, extents.right},
                          Qt::Horizontal);
    m_window->resizeDocks(
        {m_docks.middle, m_docks.bottom}, {extents.middle, extents.bottom}, Qt::Vertical);
}

bool CollapsingSides::eventFilter(QObject* dock, QEvent* event)
{
    Q_UNUSED(dock)
    if (event->type() == QEvent::Resize && m_window->size() == m_windowSize && !m_narrow) {
        m_extents = {m_docks.left->width(),
                     m_docks.right->width(),
                     m_docks.middle->height(),
                     m_docks.bottom->height()};
    }
    return false;
}

void CollapsingSides::collapse()
{
    m_wideState = m_window->saveState(kLayoutVersion);
    m_docks.left->hide();
    m_window->tabifyDockWidget(m_docks.bottom, m_docks.right);
    m_docks.bottom->raise();
}

void CollapsingSides::expand()
{
    const Extents extents = m_extents; // What restoring lays out comes from the squeezed sizes.
    m_window->restoreState(m_wideState, kLayoutVersion);
    apply(extents);
}

} // namespace exhibit::ui
