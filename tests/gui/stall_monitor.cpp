// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/stall_monitor.h"

#include <QFile>
#include <QMetaEnum>
#include <QTest>
#include <QThread>

#include <ctime>

namespace exhibit::test {
namespace {

using Milliseconds = WatchedApplication::Milliseconds;

struct Times {
    Milliseconds wall{0};
    Milliseconds busy{0};
    Milliseconds queued{0}; ///< Ready to run, but others had the processors.
};

Milliseconds clockOf(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return Milliseconds(double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6);
}

/// Of the calling thread; 0 where the kernel does not tell.
Milliseconds queuedTime()
{
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    if (!file.open(QIODevice::ReadOnly)) {
        return Milliseconds(0);
    }
    return Milliseconds(file.readAll().split(' ').value(1).toDouble() / 1e6);
}

Times now()
{
    return {clockOf(CLOCK_MONOTONIC), clockOf(CLOCK_THREAD_CPUTIME_ID), queuedTime()};
}

QString lineOf(const QEvent& event,
               const QByteArray& receiver,
               Milliseconds busy,
               Milliseconds blocked)
{
    return QStringLiteral("%1 to %2: busy %3 ms, blocked %4 ms")
        .arg(QLatin1StringView(
            QMetaEnum::fromType<QEvent::Type>().valueToKey(static_cast<int>(event.type()))))
        .arg(QLatin1StringView(receiver))
        .arg(busy.count(), 0, 'f', 1)
        .arg(blocked.count(), 0, 'f', 1);
}

} // namespace

bool WatchedApplication::notify(QObject* receiver, QEvent* event)
{
    // Qt's network has a thread with events of its own, which may wait for this one.
    if (QThread::currentThread() != thread() || m_depth > 0) {
        return QApplication::notify(receiver, event);
    }
    // The receiver may be gone afterwards.
    const QByteArray name
        = QByteArray(receiver->metaObject()->className()) + ' ' + receiver->objectName().toUtf8();
    const QEvent before(event->type());
    const Times begin = now();
    ++m_depth;
    const bool handled = QApplication::notify(receiver, event);
    --m_depth;
    const Times end = now();
    const Milliseconds busy = end.busy - begin.busy;
    const Milliseconds blocked
        = (end.wall - begin.wall) - busy - std::max(end.queued - begin.queued, Milliseconds(0));
    m_longest = std::max(m_longest, busy);
    const bool isLong = busy > kBusyLimit || blocked > kBlockedLimit;
    if (isLong && (!m_isLoaded() || busy > kBusyLimit * kLoadedFactor)) {
        m_stalls << lineOf(before, name, busy, blocked);
    }
    return handled;
}

bool WatchedApplication::machineIsLoaded()
{
    constexpr double kLoadedPercent = 20; // Of the last ten seconds, somebody waited.
    for (const auto* resource : {"cpu", "io"}) {
        QFile file(QStringLiteral("/proc/pressure/%1").arg(QLatin1StringView(resource)));
        if (file.open(QIODevice::ReadOnly)) {
            // "some avg10=1.23 avg60=..."
            const QByteArray figure = file.readLine().split(' ').value(1).mid(sizeof("avg10"));
            if (figure.toDouble() > kLoadedPercent) {
                return true;
            }
        }
    }
    return false;
}

void WatchedApplication::deliver(const QString& name, const std::function<void()>& run)
{
    QObject receiver;
    receiver.setObjectName(name);
    QMetaObject::invokeMethod(&receiver, run, Qt::QueuedConnection);
    sendPostedEvents(&receiver, QEvent::MetaCall); // Nothing else happens before or after it.
}

int WatchedApplication::run(QObject& test, int argc, char** argv)
{
    auto& application = *static_cast<WatchedApplication*>(instance());
    const int failed = QTest::qExec(&test, argc, argv);
    for (const QString& stall : application.stalls()) {
        qWarning("stalled: %s", qPrintable(stall));
    }
    qInfo("longest event: busy %.1f ms", application.longestBusy().count());
    return failed + static_cast<int>(application.stalls().size());
}

} // namespace exhibit::test
