// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widgets/message_bar.h"
#include "ui/windows/pane_registry.h"

namespace exhibit::ui {

/// Says how a job that writes a file ended, until somebody has taken note: a failure is never
/// covered by a later success. What the other jobs did is said where they were begun.
class JobBar : public MessageBar {
    Q_OBJECT

public:
    JobBar(const Services& services, QWidget* parent);

private:
    void show(const Job& job);
    void addActions(const Job& job);

    Services m_services;
    int m_failed = 0; ///< Since somebody took note.
};

/// Opens the folder of a file in the program that shows folders; the file itself is not opened.
void showFolderOf(const QString& file);

} // namespace exhibit::ui
