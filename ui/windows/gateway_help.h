// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace exhibit::ui {

/// How an application comes to send its calls through a gateway: a key of its own, the address, and
/// a line of code. Deletes itself when closed.
class GatewayHelp : public QDialog {
    Q_OBJECT

public:
    /// `baseUrl` of the gateway; empty where none is connected: the lines say where it goes.
    GatewayHelp(const QString& baseUrl, QWidget* parent);
    [[nodiscard]] QString lines() const { return m_lines; }

private:
    QString m_lines;
};

} // namespace exhibit::ui
