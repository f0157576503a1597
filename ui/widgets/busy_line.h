// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTimer>
#include <QWidget>

namespace exhibit::ui {

/// A 2 px line that says "working". Shows after 250 ms only; stands still, full width, when the
/// person asked for less motion.
class BusyLine : public QWidget {
    Q_OBJECT

public:
    explicit BusyLine(QWidget* parent);
    void setBusy(bool busy);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QTimer m_delay;
    QTimer m_step;
    int m_phase = 0;
    bool m_shown = false;
};

} // namespace exhibit::ui
