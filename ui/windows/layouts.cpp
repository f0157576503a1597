// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/layouts.h"

#include "ui/setting_key.h"

#include <QGuiApplication>
#include <QScreen>
#include <QSettings>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr auto kGroup = "layouts"_L1;

} // namespace

void Layouts::captureDefault()
{
    m_default = m_window->saveState(kLayoutVersion);
}

void Layouts::reset()
{
    m_window->restoreState(m_default, kLayoutVersion);
}

bool Layouts::save(const QString& name)
{
    const QString kept = nameOf(name);
    const QStringList all = names();
    if (kept.isEmpty() || (!all.contains(kept) && all.size() >= kLayoutsMax)) {
        return false;
    }
    QSettings settings;
    settings.beginGroup(kGroup);
    settings.setValue(settingKeyOf(kept), m_window->saveState(kLayoutVersion));
    return true;
}

bool Layouts::restore(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    const QByteArray state = settings.value(settingKeyOf(name)).toByteArray();
    return !state.isEmpty() && m_window->restoreState(state, kLayoutVersion);
}

void Layouts::remove(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    settings.remove(settingKeyOf(name));
}

bool Layouts::rename(const QString& name, const QString& to)
{
    Kept all = kept();
    const QString wanted = nameOf(to);
    if (wanted == name) {
        return true;
    }
    if (wanted.isEmpty() || !all.contains(name) || all.contains(wanted)) {
        return false;
    }
    all.insert(wanted, all.take(name));
    keep(all);
    return true;
}

QStringList Layouts::names() const
{
    return QStringList(kept().keys());
}

QString Layouts::nameOf(const QString& text)
{
    return text.simplified().left(kNameMax).trimmed();
}

Layouts::Kept Layouts::kept() const
{
    QSettings settings;
    settings.beginGroup(kGroup);
    Kept all;
    for (const QString& key : settings.childKeys()) {
        all.insert(nameOfSettingKey(key), settings.value(key).toByteArray());
    }
    return all;
}

void Layouts::put(const QString& name, const QByteArray& state)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    settings.setValue(settingKeyOf(name), state);
}

void Layouts::keep(const Kept& layouts)
{
    QSettings settings;
    settings.remove(kGroup);
    settings.beginGroup(kGroup);
    for (auto each = layouts.begin(); each != layouts.end(); ++each) {
        settings.setValue(settingKeyOf(each.key()), each.value());
    }
}

void Layouts::bringOnScreen(QWidget* window)
{
    const auto screens = QGuiApplication::screens();
    const QRect frame = window->frameGeometry();
    const bool visible
        = std::any_of(screens.begin(), screens.end(), [&frame](const QScreen* screen) {
              return screen->availableGeometry().intersects(frame.adjusted(40, 0, -40, 0));
          });
    if (!visible && !screens.isEmpty()) {
        const QRect available = QGuiApplication::primaryScreen()->availableGeometry();
        window->resize(frame.size().boundedTo(available.size()));
        window->move(available.topLeft());
    }
}

} // namespace exhibit::ui
