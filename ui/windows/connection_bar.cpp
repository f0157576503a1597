// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/connection_bar.h"

#include "ui/text.h"

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
        m_said.reset();
        m_showsDetails = false;
        return clear();
    }
    const QString what = isAway
        ? tr("%1 cannot be reached, %2.").arg(isolated(hub.name()), hub.detail())
        : tr("%1 no longer accepts the key.").arg(isolated(hub.name()));
    QString more = isAway
        ? tr("What is shown was read before.")
        : tr("It was revoked, expired, or may not do this any more. What is shown "
             "was read before. Connect with another key.");
    if (m_showsDetails) {
        more += QStringLiteral(" %1: %2").arg(hub.baseUrl(), hub.cause());
    }
    if (m_said == hub.state()) {
        return rewrite(what, more); // Each attempt does; the focus stays where it was.
    }
    m_said = hub.state();
    showMessage(isAway ? Kind::Warning : Kind::Error, what, more);
    addActions();
}

void ConnectionBar::addActions()
{
    auto& actions = *m_services.actions;
    if (m_said == ConnectionState::Refused) {
        addAction(tr("Connect…"), [&actions] { actions.trigger(u"file.connect"); });
    }
    m_retry = addAction(tr("Try now"), [this] { m_services.sources->retry(); });
    if (!m_showsDetails) {
        m_details = addAction(tr("Details"), [this] { showDetails(); });
    }
}

void ConnectionBar::showDetails()
{
    m_showsDetails = true;
    if (m_details->hasFocus()) {
        m_retry->setFocus();
    }
    m_details->hide();
    follow();
}

} // namespace exhibit::ui
