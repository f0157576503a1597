// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/jobs.h"

#include <QCoreApplication>

class QMainWindow;

namespace exhibit::ui {

/// Asked before a window closes whose jobs still write files: they end with it.
class CloseQuestion {
    Q_DECLARE_TR_FUNCTIONS(exhibit::ui::CloseQuestion)

public:
    /// False, and the question is open, when a file would be lost; it closes the window itself.
    [[nodiscard]] static bool mayClose(QMainWindow& window, const QList<JobList*>& lists);
};

} // namespace exhibit::ui
