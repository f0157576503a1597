// SPDX-License-Identifier: Apache-2.0
// Records in windows of their own, and what a console that was killed leaves to the next.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/incident_export.h"
#include "ui/detail/record_pane.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractButton>
#include <QDir>
#include <QMenuBar>
#include <QMessageBox>
#include <QProcess>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QToolButton>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class WindowsTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"windows"_s); }
    void cleanupTestCase()
    {
        stopConsole();
        QDir(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation)).removeRecursively();
    }
    void init() { find({}); }
    void cleanup() { m_console->records().closeAll(); }

    void twoRecordsStandSideBySide()
    {
        auto& first = openRow(0);
        auto& second = openRow(1);
        QVERIFY(&first != &second);
        QVERIFY(record(first).titleText() != record(second).titleText()
                || first.incidentId() != second.incidentId());
        QTRY_VERIFY_WITH_TIMEOUT(first.services().selection->timeline() != nullptr, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(second.services().selection->timeline() != nullptr, kPatience);
        const auto id = first.incidentId();
        view().setCurrentIndex(rows().index(2, 0));
        QVERIFY2(first.incidentId() == id, "another selection leaves it alone");
        QCOMPARE(&openRow(0), &first);
        QCOMPARE(m_console->records().windows().size(), 2);
        first.close();
        QTRY_COMPARE(m_console->records().windows().size(), 1);
    }

    void eachHasItsOwnBack()
    {
        auto& own = openRow(0);
        auto& other = openRow(1);
        QTRY_VERIFY_WITH_TIMEOUT(own.services().selection->timeline() != nullptr, kPatience);
        const auto first = own.services().selection->event();
        auto* timeline = own.findChild<ui::TimelineWidget*>();
        const double from = timeline->view().fromUs();
        QVERIFY(own.services().actions->trigger(u"timeline.next"));
        const auto next = own.services().selection->event();
        QVERIFY(next != first);
        QVERIFY(own.services().actions->trigger(u"timeline.zoom_in"));
        QVERIFY(own.services().actions->trigger(u"search.back"));
        QCOMPARE(timeline->view().fromUs(), from);
        QCOMPARE(own.services().selection->event(), next);
        QVERIFY(own.services().actions->trigger(u"search.back"));
        QCOMPARE(own.services().selection->event(), first);
        QVERIFY(own.services().actions->trigger(u"search.forward"));
        QCOMPARE(own.services().selection->event(), next);
        QVERIFY(!other.services().actions->trigger(u"search.back"));
    }

    void aWindowThatExportsAsksBeforeItCloses()
    {
        const QTemporaryDir folder;
        const QString lost = folder.filePath(u"lost.exhibit"_s);
        const QString kept = folder.filePath(u"kept.exhibit"_s);
        auto& exporting = openRow(0);
        auto& other = openRow(1);
        exportTo(exporting, lost);
        exporting.close();
        QVERIFY2(exporting.isVisible(), "its job would be lost");
        auto* question = exporting.findChild<QMessageBox*>();
        QVERIFY(question != nullptr);
        const QPointer<ui::RecordWindow> watched(&exporting);
        for (auto* button : question->buttons()) {
            if (question->buttonRole(button) == QMessageBox::DestructiveRole) {
                button->click();
                break;
            }
        }
        QTRY_VERIFY(watched.isNull());
        // What takes as long, asked later: the answer to the first one has come by then.
        exportTo(other, kept);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(kept), kPatience);
        QVERIFY(!QFile::exists(lost));
    }

    void jobsEndWithTheWindowsOfAll()
    {
        const QTemporaryDir folder;
        exportTo(openRow(0), folder.filePath(u"lost.exhibit"_s));
        m_console->records().closeAll();
        const QString kept = folder.filePath(u"kept.exhibit"_s);
        exportTo(openRow(1), kept);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(kept), kPatience);
        QVERIFY(!QFile::exists(folder.filePath(u"lost.exhibit"_s)));
    }

    void onlyWhatARecordCanDoIsInItsMenus()
    {
        auto& own = openRow(0);
        const auto* actions = own.services().actions;
        QVERIFY(actions->action(u"timeline.inflection")->isVisible());
        QVERIFY(actions->action(u"evidence.export")->isVisible());
        QVERIFY(!actions->action(u"search.builder")->isVisible());
        QVERIFY(!actions->action(u"file.connect")->isVisible());
        for (const auto* button : own.findChildren<QToolButton*>()) {
            const QAction* action = button->defaultAction();
            QVERIFY(action == nullptr || action->isVisible() || button->isHidden());
        }
        QVERIFY(!own.grab().isNull());
    }

    void aKilledConsoleLeavesItsQueryToTheNext()
    {
        const QTemporaryDir home;
        QProcess program;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"HOME"_s, home.path());
        environment.remove(u"XDG_DATA_HOME"_s);
        environment.remove(u"XDG_CONFIG_HOME"_s);
        program.setProcessEnvironment(environment);
        program.start(qEnvironmentVariable("EXHIBIT_BIN_DIR") + u"/exhibit"_s,
                      {u"--new-instance"_s,
                       u"--query"_s,
                       u"policy:BUDGET"_s,
                       u"--server"_s,
                       m_server.url(),
                       u"--key-file"_s,
                       m_server.keyFile()});
        const SessionStore left(home.filePath(u".local/share/Exhibit/console"_s));
        QTRY_COMPARE_WITH_TIMEOUT(left.readState().query(), u"policy:BUDGET"_s, 2 * kPatience);
        program.kill();
        QVERIFY(program.waitForFinished(kPatience));
        QVERIFY(left.crashed());
        QCOMPARE(left.readState().server, m_server.url());
    }

    void aSecondStartsServerAndQueryAreShown()
    {
        m_console->takeOver({{}, m_server.url(), {}, u"severity:high"_s});
        QCOMPARE(search().text(), u"severity:high"_s);
        QVERIFY(test::trigger(window(), u"file.disconnect"));
        QVERIFY(window().isHome());
        m_console->takeOver({{}, m_server.url(), m_server.keyFile(), u"policy:BUDGET"_s});
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().text(), u"policy:BUDGET"_s, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);

        // Another server's address waits: what runs here is not ended, and no key goes there.
        m_console->takeOver({{}, u"http://127.0.0.1:9"_s, {}, {}});
        QVERIFY(window().isHome());
        m_console->takeOver({{}, m_server.url(), {}, u"severity:low"_s});
        QVERIFY2(!window().isHome(), "the connection is as it was");
        QCOMPARE(search().text(), u"severity:low"_s);
    }

    void whatACrashLeftIsOfferedAndRestored()
    {
        const std::string incident = rows().hit(1)->incident.incidentId.text();
        const SessionStore store = leave({m_server.url(),
                                          {{u"severity:high"_s, {}, u"latency desc"_s, {}, {}, {}}},
                                          {{ui::toQt(incident), {}, {}}}});
        startAnother(unsafeOptions());
        QTest::qWait(50);
        QVERIFY2(window().isHome() && m_console->connection().address().isEmpty(),
                 "nothing is restored unasked, nor begun");
        auto& offer = m_console->welcome().offer();
        QVERIFY2(offer.text().contains(u"severity:high"_s), qPrintable(offer.text()));
        QVERIFY2(offer.text().contains(u"1 record"_s), qPrintable(offer.text()));
        buttonOf(offer, u"Restore last session"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().text(), u"severity:high"_s, kPatience);
        QCOMPARE(search().order().sort, domain::SearchSort::Latency);
        QTRY_COMPARE_WITH_TIMEOUT(
            m_console->records().incidents(), QStringList{ui::toQt(incident)}, kPatience);
        store.endCleanly();
    }

    void startingAfreshRestoresNothing()
    {
        const SessionStore store
            = leave({m_server.url(), {{u"severity:high"_s, {}, {}, {}, {}, {}}}, {}});
        auto options = unsafeOptions();
        options.server = m_server.url();
        startAnother(options);
        buttonOf(m_console->welcome().offer(), u"Start afresh"_s)->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTest::qWait(100);
        QCOMPARE(search().text(), QString());
        store.endCleanly();
    }

    void aRestartComesBackToWhatWasLookedAt()
    {
        auto options = unsafeOptions();
        options.server = m_server.url();
        restart(options);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->timeline() != nullptr, kPatience);
        auto& own = openRow(0);
        const std::string ofOwn = own.incidentId();
        QTRY_VERIFY_WITH_TIMEOUT(own.services().selection->timeline() != nullptr, kPatience);
        record(own).tabs().setCurrentIndex(3);
        own.resize(own.width() - 77, own.height());
        const QSize size = own.size();
        view().setCurrentIndex(rows().index(1, 0));
        const auto chosen = rows().hit(1)->incident.incidentId;
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->timeline() != nullptr, kPatience);
        window().services().selection->setEvent(1);
        auto& shown = timeline().view();
        timeline().showRange(shown.fromUs() / 2, shown.toUs() / 3);
        const double from = shown.fromUs();
        const double to = shown.toUs();
        pane<ui::RecordPane>(u"record"_s)->tabs().setCurrentIndex(2);
        QVERIFY(test::trigger(window(), u"file.new_window"));
        auto& second = m_console->shownWindow();
        auto& searchThere = ui::SearchController::of(second.services());
        searchThere.show({u"severity:high"_s, {}});
        QTRY_COMPARE_WITH_TIMEOUT(searchThere.state(), ui::SearchState::Done, kPatience);
        qobject_cast<QDockWidget*>(second.pane(u"facets"_s))->hide();
        QVERIFY(test::trigger(second, u"file.quit"));
        QVERIFY(!window().isVisible() && !second.isVisible());

        restart(options);
        const auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.timeline() != nullptr, kPatience);
        QVERIFY(selection.hit()->incident.incidentId == chosen);
        QCOMPARE(selection.event(), std::optional<std::size_t>(1));
        QCOMPARE(timeline().view().fromUs(), from);
        QCOMPARE(timeline().view().toUs(), to);
        QCOMPARE(pane<ui::RecordPane>(u"record"_s)->tabs().currentIndex(), 2);
        auto& another = m_console->shownWindow();
        QVERIFY2(&another != &window(), "both windows are back");
        QTRY_COMPARE_WITH_TIMEOUT(
            ui::SearchController::of(another.services()).text(), u"severity:high"_s, kPatience);
        QVERIFY(!another.pane(u"facets"_s)->isVisible());
        QVERIFY(window().pane(u"facets"_s)->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(m_console->records().windows().size(), 1, kPatience);
        auto& again = *m_console->records().windows().first();
        QVERIFY(again.incidentId() == ofOwn);
        QCOMPARE(record(again).tabs().currentIndex(), 3);
        QCOMPARE(again.size(), size);
        QVERIFY2(another.close(), "closed by itself, it is not of the session any more");
        QVERIFY(window().close());
        restart(options);
        QCOMPARE(&m_console->shownWindow(), &window());
        sessions().endCleanly();
    }

private:
    ui::ResultsView& view() { return pane<ui::ResultsPane>(u"results"_s)->view(); }

    ui::RecordWindow& openRow(int row)
    {
        window().activateWindow();
        if (!QTest::qWaitForWindowActive(&window())) {
            qFatal("the window does not get the focus back");
        }
        view().setFocus();
        view().setCurrentIndex(rows().index(row, 0));
        QTest::keyClick(&view(), Qt::Key_Return, Qt::ShiftModifier);
        const auto wanted = rows().hit(row)->incident.incidentId.text();
        for (auto* window : m_console->records().windows()) {
            if (window->incidentId() == wanted) {
                return *window;
            }
        }
        qFatal("no window of that record");
    }
    static void exportTo(ui::RecordWindow& window, const QString& path)
    {
        record(window).exports().exportTo(
            path, window.incidentId(), {"exhibit", {"full_trace"}, ""}, false);
        QCOMPARE(window.services().jobs->running(), 1);
    }
    static ui::RecordPane& record(ui::RecordWindow& window)
    {
        return *qobject_cast<ui::RecordPane*>(window.pane(u"record"_s));
    }
    /// As a console that was killed leaves its session.
    static SessionStore leave(const SessionState& state)
    {
        SessionStore store(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
        store.saveState(state);
        store.beginRun();
        return store;
    }
    static SessionStore sessions()
    {
        return SessionStore(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    }
    ui::TimelineWidget& timeline() { return pane<ui::TimelinePane>(u"timeline"_s)->timeline(); }
    void restart(const CommandLine& options)
    {
        sessions().endCleanly();
        startAnother(options);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::WindowsTest)
#include "windows_test.moc"
