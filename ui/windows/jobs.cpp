// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/jobs.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr qsizetype kEndedJobsMax = 20;

} // namespace

Job::Job(QString title, QString file, std::function<void()> cancel, QObject* parent)
    : QObject(parent)
    , m_title(std::move(title))
    , m_file(std::move(file))
    , m_cancel(std::move(cancel))
{
}

void Job::progress(qint64 done, qint64 total, const QString& note)
{
    if (m_state == State::Running) {
        m_done = done;
        m_total = total;
        m_note = note;
        Q_EMIT changed();
    }
}

void Job::finish(State state, const QString& note)
{
    if (m_state == State::Running) {
        m_state = state;
        m_note = note;
        Q_EMIT changed();
    }
}

void Job::cancel()
{
    if (canCancel()) {
        const auto cancel = std::move(m_cancel);
        finish(State::Cancelled, tr("Cancelled"));
        cancel();
    }
}

Job* JobList::start(const QString& title, std::function<void()> cancel, const QString& file)
{
    auto* job = new Job(title, file, std::move(cancel), this); // This owns it.
    connect(job, &Job::changed, this, [this, job] {
        Q_EMIT changed();
        if (job->state() == Job::State::Done || job->state() == Job::State::Failed) {
            Q_EMIT ended(job);
        }
    });
    m_jobs.prepend(job);
    while (m_jobs.size() > kEndedJobsMax && m_jobs.last()->state() != Job::State::Running) {
        m_jobs.takeLast()->deleteLater();
    }
    Q_EMIT changed();
    return job;
}

int JobList::running() const
{
    return static_cast<int>(std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job* job) {
        return job->state() == Job::State::Running;
    }));
}

int JobList::writing() const
{
    return static_cast<int>(std::count_if(m_jobs.begin(), m_jobs.end(), [](const Job* job) {
        return job->state() == Job::State::Running && !job->file().isEmpty();
    }));
}

void JobList::cancelWriting()
{
    for (Job* job : jobs()) { // A copy: a cancelled one may begin the next.
        if (!job->file().isEmpty()) {
            job->cancel();
        }
    }
}

} // namespace exhibit::ui
