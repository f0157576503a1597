// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/jobs.h"

#include <QTimer>
#include <QWidget>

class QVBoxLayout;

namespace exhibit::ui {

/// The jobs with progress, result and cancel; a dock that is hidden until asked for.
class JobsPanel : public QWidget {
    Q_OBJECT

public:
    JobsPanel(JobList& jobs, QWidget* parent);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void fill();
    void addRow(Job& job);

    JobList& m_jobs;
    QVBoxLayout* m_rows;
    QTimer m_filling;
};

} // namespace exhibit::ui
