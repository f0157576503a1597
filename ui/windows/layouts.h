// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QMainWindow>
#include <QStringList>

namespace exhibit::ui {

/// Named dock layouts of a window in the settings. What a newer or older version saved is ignored
/// where its panes are unknown.
class Layouts {
public:
    explicit Layouts(QMainWindow* window)
        : m_window(window)
    {
    }

    /// Remembers the state that reset() comes back to: right after the docks were placed.
    void captureDefault();
    void reset();
    void save(const QString& name);
    /// False when there is none of that name, or it is of another version.
    bool restore(const QString& name);
    void remove(const QString& name);
    [[nodiscard]] QStringList names() const;

    /// A window that would open outside every screen comes back onto one.
    static void bringOnScreen(QWidget* window);

private:
    QMainWindow* m_window;
    QByteArray m_default;
};

/// Of QMainWindow::saveState; grows when docks change their meaning.
inline constexpr int kLayoutVersion = 1;

} // namespace exhibit::ui
