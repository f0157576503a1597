// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/jobs.h"

#include <QCoreApplication>

#include <functional>

class QMainWindow;

namespace exhibit::ui {

/// Asked before a window closes whose jobs still write files: they end with it.
class CloseQuestion {
    Q_DECLARE_TR_FUNCTIONS(exhibit::ui::CloseQuestion)

public:
    /// False, and the question is open, when a file would be lost; it closes the window itself.
    [[nodiscard]] static bool mayClose(QMainWindow& window, const QList<JobList*>& lists);
    /// The same for all windows at once, asked in one of them; `goOn` once the jobs are cancelled.
    [[nodiscard]] static bool mayQuit(QMainWindow& window,
                                      const QList<JobList*>& lists,
                                      std::function<void()> goOn);

private:
    struct Texts {
        QString title;
        QString what; ///< Happens to the jobs.
        QString button;
    };
    [[nodiscard]] static bool ask(QMainWindow& window,
                                  const QList<JobList*>& lists,
                                  const Texts& texts,
                                  std::function<void()> goOn);
};

} // namespace exhibit::ui
