// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/colour_scheme.h"

#include <QColor>
#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kService = "org.freedesktop.portal.Desktop"_L1;
constexpr auto kPath = "/org/freedesktop/portal/desktop"_L1;
constexpr auto kInterface = "org.freedesktop.portal.Settings"_L1;
constexpr auto kGroup = "org.freedesktop.appearance"_L1;
constexpr auto kKey = "color-scheme"_L1;

/// Read() wraps its variant twice.
QVariant unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>()) {
        value = value.value<QDBusVariant>().variant();
    }
    return value;
}

} // namespace

bool paletteIsDark(const QPalette& palette)
{
    return palette.color(QPalette::WindowText).lightness()
        > palette.color(QPalette::Window).lightness();
}

ColourScheme::ColourScheme(QObject* parent)
    : QObject(parent)
{
}

void ColourScheme::ask()
{
    // Without a display there is no desktop whose preference would count.
    if (QGuiApplication::platformName() == "offscreen"_L1) {
        return;
    }
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return;
    }
    bus.connect(kService,
                kPath,
                kInterface,
                u"SettingChanged"_s,
                this,
                SLOT(settingChanged(QString, QString, QDBusVariant)));
    auto message = QDBusMessage::createMethodCall(kService, kPath, kInterface, u"Read"_s);
    message << QString(kGroup) << QString(kKey);
    auto* watcher
        = new QDBusPendingCallWatcher(bus.asyncCall(message, 1000), this); // This owns it.
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QVariant> reply = *watcher;
        if (!reply.isError()) {
            tell(reply.value());
        }
        watcher->deleteLater();
    });
}

void ColourScheme::settingChanged(const QString& group,
                                  const QString& key,
                                  const QDBusVariant& value)
{
    if (group == kGroup && key == kKey) {
        tell(value.variant());
    }
}

void ColourScheme::tell(const QVariant& value)
{
    const uint preference = unwrapped(value).toUInt(); // 0 none, 1 dark, 2 light
    if (preference == 1 || preference == 2) {
        Q_EMIT told(preference == 1);
    }
}

} // namespace exhibit::ui
