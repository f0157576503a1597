// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QMainWindow>
#include <QMap>
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
    /// The layout that is shown, under a name; one of that name is replaced. False, and nothing
    /// kept, for a name that is none (nameOf) or when there are too many.
    bool save(const QString& name);
    /// False when there is none of that name, or it is of another version.
    bool restore(const QString& name);
    void remove(const QString& name);
    /// False when there is none, the new name is none, or another layout has it.
    bool rename(const QString& name, const QString& to);
    [[nodiscard]] QStringList names() const;
    /// A name as it is kept: in one line, without spaces around it, at most kNameMax letters;
    /// empty where nothing is left.
    [[nodiscard]] static QString nameOf(const QString& text);

    /// All of them; put() brings one back, whatever has its name by now.
    using Kept = QMap<QString, QByteArray>;
    [[nodiscard]] Kept kept() const;
    void put(const QString& name, const QByteArray& state);

    static constexpr qsizetype kNameMax = 60;
    static constexpr qsizetype kLayoutsMax = 50;

    /// A window that would open outside every screen comes back onto one.
    static void bringOnScreen(QWidget* window);

private:
    static void keep(const Kept& layouts);

    QMainWindow* m_window;
    QByteArray m_default;
};

/// Of QMainWindow::saveState; grows when docks change their meaning.
inline constexpr int kLayoutVersion = 1;

} // namespace exhibit::ui
