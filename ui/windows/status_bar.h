// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/pane_registry.h"

#include <QStatusBar>

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
    void tell(const domain::LiveEvent& event);

    Services m_services;
    QLabel* m_plug;
    QLabel* m_connection;
    QLabel* m_selection;
    QLabel* m_zone;
};

} // namespace exhibit::ui
