// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/bundled_server.h"
#include "ui/windows/jobs.h"

#include <QPointer>

#include <array>
#include <memory>

namespace exhibit::console {

/// The gateways that the console starts on this machine: one whose data stays, and one that plays
/// sample traffic and leaves nothing behind. Each start is a job that can be cancelled.
class LocalGateways : public QObject {
    Q_OBJECT

public:
    enum class Kind : std::uint8_t { Kept, Sample };

    /// `programs`: the folder of exhibitd and exhibit-demo. `dataDir`: of the one whose data stays.
    LocalGateways(QString programs, QString dataDir, QObject* parent);
    /// Ends in ready(), or said() with a failure. Where it runs already, ready() comes again.
    void start(Kind kind, ui::JobList& jobs);
    /// Asks those that run to end; allEnded() follows, at once where none runs.
    void stop();
    [[nodiscard]] bool areRunning() const;
    /// Whether it was started there by this console, however it stands now.
    [[nodiscard]] bool servesAt(Kind kind, const QString& address) const;
    /// Whether the one whose data stays is there, or was when a console last ran.
    [[nodiscard]] bool isKeptAt(const QString& address) const;

Q_SIGNALS:
    void said(const QString& text, bool failed); ///< What a start is doing.
    void ready(const QString& address, const QString& keyFile);
    /// It served and ended by itself; ready() or another of these follows. `how` goes on in a
    /// sentence about it.
    void away(const QString& how);
    void allEnded();

private:
    struct One {
        std::unique_ptr<client::BundledServer> server;
        QPointer<ui::Job> job;
        bool served = false; ///< Since it was asked to start.
    };

    [[nodiscard]] bool make(Kind kind);
    void follow(Kind kind);
    void begin(One& one, ui::JobList& jobs, const QString& title);
    void fail(One& one, const QString& why);
    [[nodiscard]] One& of(Kind kind) { return m_each.at(static_cast<std::size_t>(kind)); }
    [[nodiscard]] static QString nameOf(Kind kind);
    [[nodiscard]] QString endNote(Kind kind, const QString& address) const;

    QString m_programs;
    QString m_dataDir;
    std::array<One, 2> m_each;
    QPointer<ui::JobList> m_jobs; ///< Of the window that started last.
};

} // namespace exhibit::console
