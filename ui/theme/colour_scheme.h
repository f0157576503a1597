// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPalette>

class QDBusVariant;

namespace exhibit::ui {

/// Whether the palette's text is lighter than its window.
[[nodiscard]] bool paletteIsDark(const QPalette& palette);

/// The desktop's preference from the settings portal (org.freedesktop.appearance color-scheme),
/// because Qt 6.4 has no colour-scheme API. Silent where there is no portal or no preference.
class ColourScheme : public QObject {
    Q_OBJECT

public:
    explicit ColourScheme(QObject* parent);
    /// Asks once, without waiting, and listens from then on.
    void ask();

Q_SIGNALS:
    void told(bool dark);

private Q_SLOTS:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void tell(const QVariant& value);
};

} // namespace exhibit::ui
