// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/layouts.h"

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

void Layouts::save(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    settings.setValue(name, m_window->saveState(kLayoutVersion));
}

bool Layouts::restore(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    const QByteArray state = settings.value(name).toByteArray();
    return !state.isEmpty() && m_window->restoreState(state, kLayoutVersion);
}

void Layouts::remove(const QString& name)
{
    QSettings settings;
    settings.beginGroup(kGroup);
    settings.remove(name);
}

QStringList Layouts::names() const
{
    QSettings settings;
    settings.beginGroup(kGroup);
    return settings.childKeys();
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
