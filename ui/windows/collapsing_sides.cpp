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
    , m_windowWidth(window->width())
{
    m_docks.left->installEventFilter(this);
    m_docks.right->installEventFilter(this);
}

void CollapsingSides::follow()
{
    const bool narrow = m_window->width() < scaled(kNarrowWidth);
    if (narrow != m_narrow) {
        m_narrow = narrow;
        narrow ? collapse() : expand();
    }
    m_windowWidth = m_window->width();
}

void CollapsingSides::setWidths(int left, int right)
{
    m_left = left;
    m_right = right;
    const int gap = m_window->style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent);
    const int middle = std::max(1, m_window->width() - left - right - 2 * gap);
    m_window->resizeDocks({m_docks.left, m_docks.middle, m_docks.bottom, m_docks.right},
                          {left, middle, left + gap + middle, right},
                          Qt::Horizontal);
}

bool CollapsingSides::eventFilter(QObject* dock, QEvent* event)
{
    const bool standsStill = m_window->width() == m_windowWidth && !m_narrow;
    if (event->type() == QEvent::Resize && standsStill) {
        dock == m_docks.left ? m_left = m_docks.left->width() : m_right = m_docks.right->width();
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
    const int left = m_left; // What restoring lays out comes from the squeezed sizes.
    const int right = m_right;
    m_window->restoreState(m_wideState, kLayoutVersion);
    setWidths(left, right);
}

} // namespace exhibit::ui
