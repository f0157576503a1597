// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QStatusBar>
#include <QTimer>

class QLabel;

namespace exhibit::ui {

/// Connection at the left, selection and time zone at the right.
class ConsoleStatusBar : public QStatusBar {
    Q_OBJECT

public:
    ConsoleStatusBar(const Services& services, QWidget* parent);
    [[nodiscard]] QString connectionText() const;
    [[nodiscard]] QString zoneText() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refresh();
    /// What arrived since the last of its kind was said.
    struct News {
        QString last;
        int count = 0;
    };

    void tell(const domain::LiveEvent& event);
    void say();
    [[nodiscard]] static QString textOf(const News& news);

    Services m_services;
    QLabel* m_plug;
    QLabel* m_connection;
    QLabel* m_selection;
    QLabel* m_keys; ///< How to learn the others, while there is nothing else to say.
    QLabel* m_zone;
    News m_alerts;
    News m_stops; ///< Wait while an alert stands.
    QString m_alert; ///< The last one that was said; it may be gone.
    QTimer m_pause; ///< Until something may be said again.
};

} // namespace exhibit::ui
