// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/busy_line.h"

#include "ui/theme/theme.h"

#include <QPainter>

namespace exhibit::ui {

BusyLine::BusyLine(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(2);
    setAccessibleName(tr("Working"));
    m_delay.setSingleShot(true);
    m_delay.setInterval(250);
    m_step.setInterval(40);
    connect(&m_delay, &QTimer::timeout, this, [this] {
        m_shown = true;
        if (!Theme::instance().reducedMotion()) {
            m_step.start();
        }
        update();
    });
    connect(&m_step, &QTimer::timeout, this, [this] {
        m_phase = (m_phase + 1) % 50;
        update();
    });
}

void BusyLine::setBusy(bool busy)
{
    if (busy) {
        if (!m_shown && !m_delay.isActive()) {
            m_delay.start();
        }
        return;
    }
    m_delay.stop();
    m_step.stop();
    m_shown = false;
    update();
}

void BusyLine::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Window));
    if (!m_shown) {
        return;
    }
    const int length = m_step.isActive() ? width() / 3 : width();
    const int travel = width() + length;
    const int x = m_step.isActive() ? travel * m_phase / 50 - length : 0;
    painter.fillRect(x, 0, length, height(), colour(Role::Accent));
}

} // namespace exhibit::ui
