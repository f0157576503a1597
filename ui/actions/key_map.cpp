// SPDX-License-Identifier: Apache-2.0
#include "ui/actions/key_map.h"

#include <QSettings>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

QString settingOf(const ActionSpec& spec)
{
    return u"shortcuts/"_s + QLatin1StringView(spec.id);
}

QList<QKeySequence> parse(const QString& text)
{
    QList<QKeySequence> keys;
    for (const auto& part : text.split(u"; "_s, Qt::SkipEmptyParts)) {
        keys << QKeySequence(part, QKeySequence::PortableText);
    }
    return keys;
}

} // namespace

KeyMap& KeyMap::instance()
{
    static KeyMap map;
    return map;
}

QList<QKeySequence> KeyMap::defaults(const ActionSpec& spec)
{
    return parse(QString::fromLatin1(spec.shortcut));
}

QList<QKeySequence> KeyMap::keys(const ActionSpec& spec)
{
    const QSettings settings;
    if (settings.contains(settingOf(spec))) {
        return parse(settings.value(settingOf(spec)).toString());
    }
    auto keys = defaults(spec);
    if (keys.isEmpty()) {
        return keys;
    }
    for (const auto& other : actionTable()) {
        if (overlap(spec.context, other.context) && settings.contains(settingOf(other))) {
            const auto own = parse(settings.value(settingOf(other)).toString());
            keys.removeIf([&own](const QKeySequence& key) { return own.contains(key); });
        }
    }
    return keys;
}

bool KeyMap::overlap(Context one, Context other)
{
    return one == other || one == Context::Window || other == Context::Window;
}

bool KeyMap::isOwn(const ActionSpec& spec)
{
    return QSettings().contains(settingOf(spec));
}

void KeyMap::set(const ActionSpec& spec, const QList<QKeySequence>& keys)
{
    if (keys == defaults(spec)) {
        return reset(spec);
    }
    QSettings().setValue(settingOf(spec),
                         QKeySequence::listToString(keys, QKeySequence::PortableText));
    Q_EMIT changed(&spec);
}

void KeyMap::reset(const ActionSpec& spec)
{
    QSettings().remove(settingOf(spec));
    Q_EMIT changed(&spec);
}

} // namespace exhibit::ui
