// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/jobs_panel.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/widgets/phrase_label.h"
#include "ui/widgets/tool_bar_parts.h"
#include "ui/windows/job_bar.h"

#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStyleOption>
#include <QVBoxLayout>

namespace exhibit::ui {
namespace {

QPushButton* smallButton(const QString& text, const QString& name, QWidget* parent)
{
    auto* button = new QPushButton(text, parent);
    button->setProperty("small", true);
    button->setAccessibleName(name);
    return button;
}

} // namespace

JobRow::JobRow(Job& job, QWidget* parent)
    : QWidget(parent)
    , m_job(&job)
    , m_cancel(smallButton(tr("Cancel"), tr("Cancel: %1").arg(job.title()), this))
    , m_folder(smallButton(tr("Show folder"), tr("Show folder: %1").arg(job.title()), this))
    , m_bar(new QProgressBar(this))
    , m_note(new PhraseLabel(this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(4));
    auto* title = new QLabel(job.title(), this); // Wrapped: a dock at the side is narrow.
    title->setFont(boldFont(TypeRole::Small));
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    column->addWidget(title);
    m_bar->setAccessibleName(job.title());
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(scaled(5));
    column->addWidget(m_bar);
    m_note->setFont(typeFont(TypeRole::Caption));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    makeSecondary(m_note);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_note, 1);
    foot->addWidget(m_cancel, 0, Qt::AlignTop);
    foot->addWidget(m_folder, 0, Qt::AlignTop);
    column->addLayout(foot);
    connect(m_cancel, &QPushButton::clicked, &job, &Job::cancel);
    connect(m_folder, &QPushButton::clicked, this, [file = job.file()] { showFolderOf(file); });
    follow(job);
}

void JobRow::follow(const Job& job)
{
    const bool running = job.state() == Job::State::Running;
    m_folder->setVisible(job.state() == Job::State::Done && !job.file().isEmpty());
    if (!running && m_cancel->hasFocus() && m_folder->isVisibleTo(this)) {
        m_folder->setFocus();
    }
    m_cancel->setVisible(job.canCancel());
    m_bar->setVisible(running);
    m_bar->setRange(0, job.total() > 0 ? 1000 : 0);
    m_bar->setValue(job.total() > 0 ? static_cast<int>(job.done() * 1000 / job.total()) : 0);
    m_note->setText(job.note());
    job.state() == Job::State::Failed ? makeFailed(m_note) : makeSecondary(m_note);
}

JobsPanel::JobsPanel(JobList& jobs, QWidget* parent)
    : QWidget(parent)
    , m_jobs(jobs)
    , m_rows(new QVBoxLayout(this))
    , m_nothing(new QLabel(tr("Nothing runs. Exports and server starts appear here."), this))
{
    setAccessibleName(tr("Jobs"));
    setFocusPolicy(Qt::TabFocus); // Jobs without a button are reached too.
    m_nothing->setWordWrap(true);
    makeSecondary(m_nothing);
    m_rows->addWidget(m_nothing);
    m_rows->addStretch(1);
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

void JobsPanel::paintEvent(QPaintEvent* event)
{
    QWidget::paintEvent(event);
    if (hasFocus()) {
        QPainter painter(this);
        QStyleOptionFocusRect ring;
        ring.initFrom(this);
        style()->drawPrimitive(QStyle::PE_FrameFocusRect, &ring, &painter, this);
    }
}

/// A row stays while its job does: whoever is on one of its buttons is not thrown out of it.
void JobsPanel::fill()
{
    const QList<Job*> jobs = m_jobs.jobs();
    m_nothing->setVisible(jobs.isEmpty());
    for (auto row = m_rowOf.begin(); row != m_rowOf.end();) {
        if (row.value()->isOf(row.key()) && jobs.contains(row.key())) {
            ++row;
        } else {
            row.value()->deleteLater();
            row = m_rowOf.erase(row);
        }
    }
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) { // The newest one on top.
        auto& row = m_rowOf[*job];
        if (row == nullptr) {
            m_rows->insertWidget(0, row = new JobRow(**job, this));
        } else {
            row->follow(**job);
        }
    }
}

} // namespace exhibit::ui
