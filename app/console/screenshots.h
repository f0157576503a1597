// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>

#include <functional>
#include <vector>

namespace exhibit::console {

class Console;

/// Renders every workspace in the three themes into a folder and ends the program: for documents
/// and for looking at the result of a change.
class Screenshots : public QObject {
    Q_OBJECT

public:
    Screenshots(Console& console, QString folder);
    void start();

private:
    struct Shot {
        QString name;
        std::function<void()> prepare;
        bool allThemes = true;
    };

    void next();
    void render(const Shot& shot);
    void grab(const QString& name);
    void listShots();
    [[nodiscard]] bool isQuiet() const;

    Console& m_console;
    QString m_folder;
    std::vector<Shot> m_shots;
    std::size_t m_at = 0;
    QTimer m_poll;
    int m_patience = 0;
    int m_quietSteps = 0;
};

} // namespace exhibit::console
