// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>

#include <functional>

namespace exhibit::ui {

/// Work that takes more than a moment: an export, a start of a server. GUI thread.
class Job : public QObject {
    Q_OBJECT

public:
    enum class State : std::uint8_t { Running, Done, Failed, Cancelled };

    /// `file`: what it writes, which is lost when it does not end; empty for what can be done
    /// again. `cancel`: empty for what has to be done to its end.
    Job(QString title, QString file, std::function<void()> cancel, QObject* parent);
    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] QString file() const { return m_file; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool canCancel() const { return m_state == State::Running && m_cancel; }
    [[nodiscard]] QString note() const { return m_note; }
    [[nodiscard]] qint64 done() const { return m_done; }
    [[nodiscard]] qint64 total() const { return m_total; } ///< 0: not known.

    void progress(qint64 done, qint64 total, const QString& note = {});
    /// Ends it once; later calls change nothing, so that a cancelled job stays cancelled.
    void finish(State state, const QString& note);
    void cancel();

Q_SIGNALS:
    void changed();

private:
    QString m_title;
    QString m_file;
    std::function<void()> m_cancel;
    State m_state = State::Running;
    QString m_note;
    qint64 m_done = 0;
    qint64 m_total = 0;
};

class JobList : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// The list owns the job and keeps the last ones that ended.
    Job* start(const QString& title, std::function<void()> cancel, const QString& file = {});
    [[nodiscard]] QList<Job*> jobs() const { return m_jobs; } ///< Newest first.
    [[nodiscard]] int running() const;
    [[nodiscard]] int writing() const; ///< Those whose file would be lost.
    void cancelWriting();
    void takeNote() { Q_EMIT noted(); }

Q_SIGNALS:
    void changed();
    /// By itself, not because it was cancelled.
    void ended(exhibit::ui::Job* job);
    void noted(); ///< What was said of ends was read.

private:
    QList<Job*> m_jobs;
};

} // namespace exhibit::ui
