// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/windows/jobs.h"

#include <QHash>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace exhibit::ui {

/// One job: what it is, how far, how it ended, and what can be done with it.
class JobRow : public QWidget {
    Q_OBJECT

public:
    JobRow(Job& job, QWidget* parent);
    /// As the job stands now; the focus stays where it was.
    void follow(const Job& job);
    /// False for another one at the address of a job that is gone.
    [[nodiscard]] bool isOf(const Job* job) const { return m_job == job; }

private:
    QPointer<const Job> m_job;
    QPushButton* m_cancel;
    QPushButton* m_folder;
    QProgressBar* m_bar;
    QLabel* m_note;
};

/// The jobs with progress, result and cancel; a dock that is hidden until asked for.
class JobsPanel : public QWidget {
    Q_OBJECT

public:
    JobsPanel(JobList& jobs, QWidget* parent);

protected:
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void fill();

    JobList& m_jobs;
    QVBoxLayout* m_rows;
    QLabel* m_nothing;
    QHash<Job*, JobRow*> m_rowOf;
    QTimer m_filling;
};

} // namespace exhibit::ui
