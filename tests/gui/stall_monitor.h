// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QApplication>
#include <QString>
#include <QStringList>

#include <chrono>
#include <functional>

namespace exhibit::test {

/// The application of a test of the interface. Every event that the thread of the interface handles
/// is timed: one that keeps it busy for longer than kBusyLimit, or waiting for longer than
/// kBlockedLimit, is a stall, which people feel. Busy is the thread's own processor time and
/// blocked what remains when the time it waited for a processor is taken off too (schedstat), so
/// that a loaded machine makes no stalls. While others wait for processors or disks, who holds what
/// the interface waits for may be among them: blocked time does not count then, and as a processor
/// that is shared with others does less in its time, busy counts from kLoadedFactor of the limit
/// on. What test functions do
/// themselves is not timed, other than by deliver() and trigger().
class WatchedApplication : public QApplication {
public:
    using Milliseconds = std::chrono::duration<double, std::milli>;

    /// Sanitizers make everything slower by about this factor.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    static constexpr int kSlower = 10;
#else
    static constexpr int kSlower = 1;
#endif
    static constexpr Milliseconds kBusyLimit{100 * kSlower};
    static constexpr int kLoadedFactor = 3;
    /// Longer, because a loaded disk is not the interface's fault.
    static constexpr Milliseconds kBlockedLimit{500 * kSlower};

    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override;

    /// One line each: event, receiver, times.
    [[nodiscard]] const QStringList& stalls() const
    {
        return m_stalls;
    }
    [[nodiscard]] QStringList takeStalls()
    {
        return std::exchange(m_stalls, {});
    }
    [[nodiscard]] Milliseconds longestBusy() const
    {
        return m_longest;
    }

    /// Whether the machine has more to do than it can, by the kernel's pressure figures (PSI);
    /// false where there are none. Tests of the monitor say it themselves.
    void setLoadCheck(std::function<bool()> isLoaded)
    {
        m_isLoaded = std::move(isLoaded);
    }

    /// Runs something as part of an event of that name, so that it is timed too.
    static void deliver(const QString& name, const std::function<void()>& run);

    /// Runs a test object; stalls are a failure of their own.
    static int run(QObject& test, int argc, char** argv);

private:
    static bool machineIsLoaded();

    int m_depth = 0;
    Milliseconds m_longest{0};
    QStringList m_stalls;
    std::function<bool()> m_isLoaded = machineIsLoaded;
};

/// An action as a menu or a key runs it: within an event, which is timed.
template <class Window>
bool trigger(Window& window, QStringView action)
{
    bool ran = false;
    WatchedApplication::deliver(
        action.toString(), [&window, action, &ran] { ran = window.actions().trigger(action); });
    return ran;
}

} // namespace exhibit::test

/// Like QTEST_MAIN, with WatchedApplication.
#define EXHIBIT_GUI_TEST_MAIN(TestObject)                                                          \
    int main(int argc, char** argv)                                                                \
    {                                                                                              \
        exhibit::test::WatchedApplication application(argc, argv);                                 \
        QCoreApplication::setAttribute(Qt::AA_Use96Dpi, true);                                     \
        TestObject test;                                                                           \
        return exhibit::test::WatchedApplication::run(test, argc, argv);                           \
    }
