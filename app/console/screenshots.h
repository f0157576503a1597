// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPixmap>
#include <QString>
#include <QTimer>
#include <QWidget>

#include <functional>
#include <vector>

namespace exhibit::console {

class Console;

/// A window with the dialogs over it and the menu or list that is open.
[[nodiscard]] QPixmap pictureOf(QWidget& window);

/// Renders every workspace in the three themes into a folder and ends the program: for documents
/// and for looking at the result of a change.
class Screenshots : public QObject {
    Q_OBJECT

public:
    Screenshots(Console& console, QString folder);
    void start();
    /// On a gateway with the sample traffic, which ends with the program. Where none can be
    /// started, only what needs no server is rendered.
    void startOnSample();

private:
    /// A step: what is done, how long it may take to settle, and the picture's name, if any.
    struct Shot {
        QString name;
        std::function<void()> prepare;
        int settleMs;
    };

    void next();
    void grab(const QString& name);
    void listShots();
    void listSearchShots();
    void listDialogShots();
    void addShot(const QString& name, bool contrast, std::function<void()> prepare);
    [[nodiscard]] bool isQuiet() const;

    Console& m_console;
    QString m_folder;
    QWidget* m_shown = nullptr; ///< Instead of the main window.
    std::vector<Shot> m_shots;
    std::size_t m_at = 0;
    QTimer m_poll;
    int m_patience = 0;
    int m_quietSteps = 0;
};

} // namespace exhibit::console
