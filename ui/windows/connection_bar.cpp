// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/connection_bar.h"

#include <QApplication>
#include <QPushButton>

namespace exhibit::ui {

ConnectionBar::ConnectionBar(const Services& services, QWidget* parent)
    : MessageBar(parent)
    , m_services(services)
{
    setObjectName(QStringLiteral("connection.bar"));
    connect(services.sources, &SourceHub::stateChanged, this, &ConnectionBar::follow);
    follow();
}

void ConnectionBar::follow()
{
    const auto& hub = *m_services.sources;
    const bool isAway = hub.state() == ConnectionState::Reconnecting;
    if (!isAway && hub.state() != ConnectionState::Refused) {
        m_showsDetails = false;
        return clear();
    }
    const Kind kind = isAway ? Kind::Warning : Kind::Error;
    const QString what = isAway ? tr("%1 cannot be reached, %2.").arg(hub.name(), hub.detail())
                                : tr("%1 no longer accepts the key.").arg(hub.name());
    QString more = isAway
        ? tr("What is shown was read before.")
        : tr("It was revoked, expired, or may not do this any more. What is shown "
             "was read before. Connect with another key.");
    if (m_showsDetails) {
        more += QStringLiteral(" %1: %2").arg(hub.baseUrl(), hub.cause());
    }
    const auto* button = qobject_cast<QPushButton*>(QApplication::focusWidget());
    const QString focused = button != nullptr && isAncestorOf(button) ? button->text() : QString();
    showMessage(kind, what, more);
    auto& actions = *m_services.actions;
    if (!isAway) {
        addAction(tr("Connect…"), [&actions] { actions.trigger(u"file.connect"); });
    }
    addAction(tr("Try now"), [this] { m_services.sources->retry(); });
    if (!m_showsDetails) {
        addAction(tr("Details"), [this] {
            m_showsDetails = true;
            follow();
        });
    }
    for (auto* fresh : findChildren<QPushButton*>()) {
        if (fresh->text() == focused) { // The last one: those before are being deleted.
            fresh->setFocus(); // Each attempt writes the bar anew; the focus stays where it was.
        }
    }
}

} // namespace exhibit::ui
