// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/status_bar.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/time_display.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/live_news.h"

#include <QAccessible>
#include <QLabel>
#include <QPainter>

#include <utility>

namespace exhibit::ui {
namespace {

constexpr int kNewsMs = 15'000;
constexpr int kAlertMs = 60'000;
constexpr int kPauseMs = 500; ///< Who listens is told no faster.

QLabel* cell(QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setFont(typeFont(TypeRole::Small));
    label->setContentsMargins(scaled(4), 0, scaled(4), 0);
    return label;
}

} // namespace

ConsoleStatusBar::ConsoleStatusBar(const Services& services, QWidget* parent)
    : QStatusBar(parent)
    , m_services(services)
    , m_plug(cell(this))
    , m_connection(cell(this))
    , m_selection(cell(this))
    , m_keys(cell(this))
    , m_zone(cell(this))
{
    setSizeGripEnabled(false);
    setFixedHeight(scaled(24));
    setContentsMargins(scaled(4), 0, scaled(4), 0);
    addWidget(m_plug);
    addWidget(m_connection);
    addPermanentWidget(m_selection);
    addPermanentWidget(m_keys);
    addPermanentWidget(verticalRule(this));
    addPermanentWidget(m_zone);
    connect(this, &QStatusBar::messageChanged, this, [this](const QString& message) {
        setAccessibleDescription(message);
        if (!message.isEmpty()) {
            QAccessibleEvent event(this, QAccessible::Alert);
            QAccessible::updateAccessibility(&event);
        }
        update();
        if (message.isEmpty() && !m_pause.isActive()) {
            m_pause.start(); // What waited for an alert to go; not while the message changes.
        }
    });
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &ConsoleStatusBar::say);
    connect(services.sources, &SourceHub::sourceChanged, this, [this] {
        m_alerts = {};
        m_stops = {};
    });
    connect(services.sources, &SourceHub::stateChanged, this, &ConsoleStatusBar::refresh);
    connect(services.sources, &SourceHub::sourceChanged, this, &ConsoleStatusBar::refresh);
    connect(services.sources, &SourceHub::live, this, &ConsoleStatusBar::tell);
    connect(services.selection, &Selection::countsChanged, this, &ConsoleStatusBar::refresh);
    connect(&TimeDisplay::instance(), &TimeDisplay::changed, this, &ConsoleStatusBar::refresh);
    connect(&Theme::instance(), &Theme::changed, this, &ConsoleStatusBar::refresh);
    refresh();
}

void ConsoleStatusBar::refresh()
{
    const auto& hub = *m_services.sources;
    const int side = scaled(12);
    m_plug->setPixmap(icon(hub.state() == ConnectionState::Connected ? Icon::Plug : Icon::Globe)
                          .pixmap(QSize(side, side), devicePixelRatioF()));
    switch (hub.state()) {
    case ConnectionState::Offline:
        m_connection->setText(tr("Offline"));
        break;
    case ConnectionState::Connecting:
        m_connection->setText(tr("Connecting to %1").arg(isolated(hub.name())));
        break;
    case ConnectionState::Connected:
        m_connection->setText(tr("%1, connected").arg(isolated(hub.name())));
        break;
    case ConnectionState::Reconnecting:
        m_connection->setText(tr("%1 not reachable, %2").arg(isolated(hub.name()), hub.detail()));
        break;
    case ConnectionState::Refused:
        m_connection->setText(tr("%1 no longer accepts the key").arg(isolated(hub.name())));
        break;
    }
    m_selection->setText(m_services.selection->countsText());
    const auto* keys = m_services.actions->action(u"help.keys");
    m_keys->setVisible(hub.source() == nullptr && !keys->shortcut().isEmpty());
    m_keys->setText(
        tr("%1 shows the keys").arg(keys->shortcut().toString(QKeySequence::NativeText)));
    m_zone->setText(tr("Times: %1").arg(TimeDisplay::instance().zoneText(utcNow())));
}

/// A policy that stops a call opens an incident, which is told of as one: of stops, those of limits
/// and people are said, and that of the run which is looked at.
void ConsoleStatusBar::tell(const domain::LiveEvent& event)
{
    const auto* hit = m_services.selection->hit();
    const bool isOpen = hit != nullptr && event.runId == hit->incident.runId;
    const bool isAlert = event.type == "alert";
    const QString news = isAlert || event.killReason || isOpen ? newsOf(event) : QString();
    if (news.isEmpty()) {
        return;
    }
    auto& told = isAlert ? m_alerts : m_stops;
    told.last = news;
    ++told.count;
    if (!m_pause.isActive()) {
        say();
    }
}

/// Alerts first, and no stop covers one that stands.
void ConsoleStatusBar::say()
{
    const bool isAlert = m_alerts.count > 0;
    const bool stands = !m_alert.isEmpty() && currentMessage() == m_alert;
    if (!isAlert && (stands || m_stops.count == 0)) {
        return;
    }
    m_pause.start();
    const QString text = textOf(std::exchange(isAlert ? m_alerts : m_stops, {}));
    m_alert = isAlert ? text : QString();
    showMessage(text, isAlert ? kAlertMs : kNewsMs);
}

QString ConsoleStatusBar::textOf(const News& news)
{
    return news.count > 1 ? tr("%1, and %2 more").arg(news.last, grouped(news.count - 1))
                          : news.last;
}

QString ConsoleStatusBar::connectionText() const
{
    return m_connection->text();
}

QString ConsoleStatusBar::zoneText() const
{
    return m_zone->text();
}

void ConsoleStatusBar::paintEvent(QPaintEvent* event)
{
    Q_UNUSED(event);
    QPainter painter(this);
    painter.fillRect(rect(), colour(Role::Panel));
    painter.setPen(colour(Role::Hairline));
    painter.drawLine(rect().topLeft(), rect().topRight());
    if (!currentMessage().isEmpty()) { // The cells make room for it.
        painter.setPen(colour(Role::Text));
        painter.setFont(typeFont(TypeRole::Small));
        const int right = m_selection->isVisible() ? m_selection->width() + m_zone->width() : 0;
        const QRect room = rect().adjusted(scaled(8), 0, -right - scaled(24), 0);
        painter.drawText(
            QStyle::visualRect(layoutDirection(), rect(), room),
            int(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft)) | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(currentMessage(), Qt::ElideRight, room.width()));
    }
}

} // namespace exhibit::ui
