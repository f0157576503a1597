// SPDX-License-Identifier: Apache-2.0
// What is done with all that a search finds, of which most was never looked at.
#include "app/console/console.h"
#include "tests/gui/many_incidents.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/jobs.h"

#include <QDockWidget>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 60'000;
constexpr int kIncidents = 1'200;

} // namespace

class AllTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"all"_s);
        m_server.emplace(kIncidents);
        m_console = test::openSafeConsole();
        m_console->connection().open(m_server->url(), m_server->key());
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        find({});
    }
    void cleanupTestCase()
    {
        m_console.reset();
        m_server.reset();
    }

    void allThatMatchesIsChangedInOneStep()
    {
        find(u"model:model-7"_s);
        QCOMPARE(search().total(), kIncidents / 30);
        find(u"user:user-1 OR user:user-2 OR user:user-3"_s);
        QCOMPARE(search().total(), 720);
        view().selectAll();
        QCOMPARE(window().services().selection->marked().all->timeTo,
                 search().asOf() + std::chrono::microseconds(1)); // Not of what comes later.
        const auto* action = window().actions().action(u"case.bookmark");
        QVERIFY2(action->text().contains(u"720"_s), qPrintable(action->text()));
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"of 720 incidents"_s), kPatience);
        QCOMPARE(marked(), 720);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Undone"_s), kPatience);
        QCOMPARE(marked(), 0);
    }

    void aStepThatIsCancelledKeepsWhatIsDone()
    {
        find({});
        view().selectAll();
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        const auto step = [this] {
            const auto jobs = window().services().jobs->jobs();
            return jobs.size() > 1 && jobs.front()->done() >= 20 ? jobs.front() : nullptr;
        };
        QTRY_VERIFY_WITH_TIMEOUT(window().services().undo->canUndo() && step(), kPatience);
        step()->cancel();
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"cancelled"_s), kPatience);
        const qint64 done = marked();
        QVERIFY(done >= 20 && done < kIncidents);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(marked(), 0, kPatience);
    }

    void aStepThatIsDroppedWhileItIsUndoneIsUndone()
    {
        auto& services = window().services();
        find({});
        view().selectAll();
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        QTRY_VERIFY_WITH_TIMEOUT(results().bar().text().contains(u"Done"_s), kPatience);
        results().bar().clear();
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QCOMPARE(services.jobs->running(), 1);
        QVERIFY2(!services.jobs->jobs().front()->canCancel(), "half of it could not be undone");
        view().selectRow(0);
        QVERIFY(test::trigger(window(), u"case.bookmark")); // The undone step is gone.
        QTRY_COMPARE_WITH_TIMEOUT(services.jobs->running(), 0, kPatience);
        QCOMPARE(marked(), 0);
        QVERIFY(test::trigger(window(), u"edit.undo")); // Its row had the tag still.
        QTRY_COMPARE_WITH_TIMEOUT(marked(), 1, kPatience);
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::ResultsPane& results()
    {
        auto* dock = qobject_cast<QDockWidget*>(window().pane(u"results"_s));
        return *qobject_cast<ui::ResultsPane*>(dock->widget());
    }
    ui::ResultsView& view() { return results().view(); }
    void find(const QString& query)
    {
        search().show({query, {}});
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
    }
    /// As the server says it.
    qint64 marked()
    {
        std::optional<qint64> found;
        search().countOf(query::parse("tag:bookmark").value(), this, [&found](const auto& total) {
            found = total.count;
        });
        [&] { QTRY_VERIFY_WITH_TIMEOUT(found, kPatience); }();
        return found.value_or(-1);
    }

    std::optional<test::ManyIncidents> m_server;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::AllTest)
#include "all_test.moc"
