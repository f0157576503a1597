// SPDX-License-Identifier: Apache-2.0
#include "app/console/first_paint.h"

#include <QEvent>
#include <QWidget>

#include <chrono>
#include <cstdio>

namespace exhibit::console {

void FirstPaint::watch(QWidget& window)
{
    if (qEnvironmentVariableIsSet("EXHIBIT_FIRST_PAINT")) {
        window.installEventFilter(new FirstPaint(&window));
    }
}

bool FirstPaint::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Paint) {
        watched->removeEventFilter(this);
        QMetaObject::invokeMethod( // The rest of the window is painted and flushed before that.
            this,
            [this] {
                const auto now = std::chrono::steady_clock::now().time_since_epoch();
                std::fprintf(
                    stderr,
                    "first paint %lld\n",
                    static_cast<long long>(
                        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()));
                deleteLater();
            },
            Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace exhibit::console
