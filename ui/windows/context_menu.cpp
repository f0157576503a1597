// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/context_menu.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QWidget>

namespace exhibit::ui {

void openContextMenu(const QWidget& window)
{
    auto* at = QApplication::focusWidget();
    if (at == nullptr || !window.isAncestorOf(at)) {
        return;
    }
    const QPoint here = at->inputMethodQuery(Qt::ImCursorRectangle).toRect().center();
    QContextMenuEvent event(QContextMenuEvent::Keyboard, here, at->mapToGlobal(here));
    QCoreApplication::sendEvent(at, &event);
}

} // namespace exhibit::ui
