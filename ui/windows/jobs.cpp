// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/jobs.h"

#include <algorithm>

namespace exhibit::ui {
namespace {

constexpr qsizetype kEndedJobsMax = 20;

} // namespace

Job::Job(QString title, std::function<void()> cancel, QObject* parent)
    : QObject(parent)
    , m_title(std::move(title))
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
    if (m_state == State::Running) {
        const auto cancel = std::move(m_cancel);
        finish(State::Cancelled, tr("Cancelled"));
        if (cancel) {
            cancel();
        }
    }
}

Job* JobList::start(const QString& title, std::function<void()> cancel)
{
    auto* job = new Job(title, std::move(cancel), this);
    connect(job, &Job::changed, this, &JobList::changed);
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

} // namespace exhibit::ui
