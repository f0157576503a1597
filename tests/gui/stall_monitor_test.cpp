// SPDX-License-Identifier: Apache-2.0
// The monitor of all tests of the interface sees what stalls it, and nothing else.
#include "tests/gui/stall_monitor.h"

#include <QElapsedTimer>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <ctime>
#include <functional>

namespace exhibit::test {
namespace {

using namespace Qt::StringLiterals;

void burn(std::chrono::milliseconds busy)
{
    const auto used = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const auto end = used() + busy;
    while (used() < end) { }
}

constexpr auto asMs(WatchedApplication::Milliseconds limit, int percent)
{
    return std::chrono::milliseconds(static_cast<int>(limit.count()) * percent / 100);
}

} // namespace

class StallMonitorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void busyEventsAreStalls()
    {
        application().setLoadCheck([] { return false; });
        later([] { burn(asMs(WatchedApplication::kBusyLimit, 130)); });
        const QStringList stalls = application().takeStalls();
        QCOMPARE(stalls.size(), 1);
        QVERIFY2(stalls.front().contains(u"busy 1"_s), qPrintable(stalls.front()));
    }

    void blockedEventsAreStalls()
    {
        const auto block = [] {
            QThread::msleep(
                static_cast<unsigned long>(asMs(WatchedApplication::kBlockedLimit, 120).count()));
        };
        application().setLoadCheck([] { return false; });
        later(block);
        QCOMPARE(application().takeStalls().size(), 1);
        application().setLoadCheck([] { return true; });
        later(block);
        QCOMPARE(application().takeStalls(), QStringList());
    }

    void busyCountsOnALoadedMachineToo()
    {
        application().setLoadCheck([] { return true; });
        later([] { burn(asMs(WatchedApplication::kBusyLimit, 200)); });
        QCOMPARE(application().takeStalls(), QStringList());
        later([] { burn(asMs(WatchedApplication::kBusyLimit, 350)); });
        QCOMPARE(application().takeStalls().size(), 1);
    }

    void whatIsDeliveredIsTimedUnderItsName()
    {
        application().setLoadCheck([] { return false; });
        bool ran = false;
        WatchedApplication::deliver(u"edit.copy"_s, [&ran] {
            burn(asMs(WatchedApplication::kBusyLimit, 130));
            ran = true;
        });
        QVERIFY2(ran, "when it returns");
        const QStringList stalls = application().takeStalls();
        QCOMPARE(stalls.size(), 1);
        QVERIFY2(stalls.front().contains(u"edit.copy"_s), qPrintable(stalls.front()));
    }

    void shortEventsAndWhatTestsDoThemselvesAreNone()
    {
        for (int i = 0; i < 5; ++i) {
            later([] { burn(asMs(WatchedApplication::kBusyLimit, 40)); });
        }
        burn(asMs(WatchedApplication::kBusyLimit, 200));
        QTest::qWait(1);
        QCOMPARE(application().takeStalls(), QStringList());
    }

private:
    static WatchedApplication& application()
    {
        return *static_cast<WatchedApplication*>(QCoreApplication::instance());
    }

    static void later(const std::function<void()>& work)
    {
        bool done = false;
        QTimer::singleShot(0, qApp, [&] {
            work();
            done = true;
        });
        QTRY_VERIFY_WITH_TIMEOUT(done, 60'000);
    }
};

} // namespace exhibit::test

EXHIBIT_GUI_TEST_MAIN(exhibit::test::StallMonitorTest)
#include "stall_monitor_test.moc"
