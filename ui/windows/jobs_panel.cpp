// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/jobs_panel.h"

#include "ui/text.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/tool_bar_parts.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace exhibit::ui {

JobsPanel::JobsPanel(JobList& jobs, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_rows(new QVBoxLayout(this))
{
    setAccessibleName(tr("Jobs"));
    m_filling.setSingleShot(true);
    m_filling.setInterval(0); // Once for a hundred jobs that begin together.
    connect(&m_filling, &QTimer::timeout, this, &JobsPanel::fill);
    connect(&m_jobs, &JobList::changed, this, [this] {
        if (isVisible()) {
            m_filling.start();
        }
    });
    fill();
}

void JobsPanel::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    fill();
}

void JobsPanel::fill()
{
    while (auto* item = m_rows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (m_jobs.jobs().isEmpty()) {
        auto* nothing
            = new QLabel(tr("Nothing runs. Exports and server starts appear here."), this);
        nothing->setWordWrap(true);
        makeSecondary(nothing);
        m_rows->addWidget(nothing);
    }
    for (Job* job : m_jobs.jobs()) {
        addRow(*job);
    }
    m_rows->addStretch(1);
}

void JobsPanel::addRow(Job& job)
{
    auto* row = new QWidget(this);
    auto* column = new QVBoxLayout(row);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    auto* head = new QHBoxLayout;
    auto* title = new ElidedLabel(row);
    title->setText(job.title());
    title->setFont(boldFont(TypeRole::Small));
    head->addWidget(title, 1);
    const bool running = job.state() == Job::State::Running;
    if (running) {
        auto* cancel = new QPushButton(tr("Cancel"), row);
        cancel->setProperty("small", true);
        connect(cancel, &QPushButton::clicked, &job, &Job::cancel);
        head->addWidget(cancel);
    }
    column->addLayout(head);
    if (running) {
        auto* bar = new QProgressBar(row);
        bar->setTextVisible(false);
        bar->setFixedHeight(scaled(5));
        bar->setRange(0, job.total() > 0 ? 1000 : 0);
        bar->setValue(job.total() > 0 ? static_cast<int>(job.done() * 1000 / job.total()) : 0);
        column->addWidget(bar);
    }
    auto* note = new QLabel(job.note(), row);
    note->setFont(typeFont(TypeRole::Caption));
    note->setWordWrap(true);
    note->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    makeSecondary(note);
    column->addWidget(note);
    m_rows->addWidget(row);
}

} // namespace exhibit::ui
