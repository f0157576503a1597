// SPDX-License-Identifier: Apache-2.0
// What a real server tells while one looks: runs that are stopped, and values that no page shows.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/record_pane.h"
#include "ui/search/history_dialog.h"
#include "ui/search/query_bar.h"
#include "ui/search/query_field.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/windows/status_bar.h"

#include <QLineEdit>
#include <QListWidget>
#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class LiveTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"live"_s); }
    void cleanupTestCase() { stopConsole(); }

    void aRunThatAnOperatorStopsIsSaidInOneLine()
    {
        const QByteArray run = namedRun("job-1");
        QVERIFY(run.startsWith("run_"));
        ask("POST", "/api/v1/runs/" + run + "/kill", R"({"reason":"admin_kill"})");
        auto& status = window().status();
        QTRY_VERIFY2_WITH_TIMEOUT(status.currentMessage().contains(u"was stopped by an operator"_s),
                                  qPrintable(status.currentMessage()),
                                  kPatience);
        QVERIFY(status.currentMessage().contains(ui::shortId(QString::fromLatin1(run))));
        QVERIFY2(QApplication::activeModalWidget() == nullptr, "nobody is interrupted");
    }

    void theRunThatIsLookedAtIsReadAgainWhenItIsStopped()
    {
        // An incident of a named run that goes on: its answer was redacted and not stopped.
        find({});
        auto* view = &pane<ui::ResultsPane>(u"results"_s)->view();
        int row = 0;
        for (; row < rows().rowCount(); ++row) {
            if (const auto hit = rows().hit(row)) {
                const auto reply = ask(
                    "GET", "/api/v1/runs/" + QByteArray::fromStdString(hit->incident.runId.text()));
                if (reply.contains("\"status\":\"running\"")) {
                    break;
                }
            }
        }
        QVERIFY2(row < rows().rowCount(), "the story of personal data leaves its run open");
        view->selectRow(row);
        auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.timeline() != nullptr, kPatience);
        const auto run = selection.timeline()->runId.text();
        ask("POST",
            "/api/v1/runs/" + QByteArray::fromStdString(run) + "/kill",
            R"({"reason":"admin_kill"})");
        auto& explain = pane<ui::RecordPane>(u"record"_s)->explain();
        QTRY_VERIFY2_WITH_TIMEOUT(explain.text(u"Run ended"_s).contains(u"cancelled"_s),
                                  qPrintable(explain.text(u"Run ended"_s)),
                                  kPatience);
    }

    void whenEventsMayBeMissingEverythingShownIsAskedForAgain()
    {
        find({});
        QCOMPARE(search().state(), ui::SearchState::Done);
        domain::LiveEvent event;
        event.type = "resync";
        m_console->hub().tell(event);
        QCOMPARE(search().state(), ui::SearchState::Working);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);
    }

    void twoLettersFindAValueThatNoPageShows()
    {
        find(u"-policy:BUDGET"_s);
        const auto incident = rows().hit(0)->incident.incidentId.text();
        ask("PATCH",
            "/api/v1/incidents/" + QByteArray::fromStdString(incident),
            R"({"add_tags":["zebra crossing"]})");
        find(u"policy:BUDGET"_s);
        // The facets of the search before may have counted the tag already.
        QTRY_COMPARE_WITH_TIMEOUT(search().facetsCounted(), ui::Counted::Yes, kPatience);
        auto& field = qobject_cast<ui::QueryBar*>(window().pane(u"query"_s))->field();
        window().activateWindow();
        field.setFocus();
        field.end(false);
        QTest::keyClicks(&field, u" tag:ze"_s);
        QVERIFY(field.completionTexts().isEmpty());
        QTRY_VERIFY2_WITH_TIMEOUT(field.completionTexts().contains(u"tag:\"zebra crossing\" "_s),
                                  qPrintable(field.completionTexts().join(u" | "_s)),
                                  kPatience);
        QTest::keyClicks(&field, u"x"_s);
        QVERIFY2(field.completionTexts().isEmpty(), "nothing begins like this");
        QTest::keyClick(&field, Qt::Key_Backspace);
        QVERIFY2(!field.completionTexts().isEmpty(), "it is here by now");
        field.setText(u"tag:\"zebra c"_s);
        field.complete();
        QCOMPARE(field.completionTexts(), QStringList{u"tag:\"zebra crossing\" "_s});
        find(u"tag:\"zebra crossing\""_s);
        QCOMPARE(search().total(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(search().facetsCounted() == ui::Counted::Yes, kPatience);
        QVERIFY(search().knownValues(u"tag"_s).contains(u"zebra crossing"_s));
        find({});
    }

    void everySearchThatIsKeptCanBeFoundAgain()
    {
        for (int i = 0; i < 60; ++i) {
            search().memory().remember(u"model:number-%1"_s.arg(i), i);
        }
        QVERIFY(test::trigger(window(), u"search.history"));
        auto* dialog = window().findChild<ui::HistoryDialog*>();
        QVERIFY(dialog != nullptr);
        auto* list = dialog->findChild<QListWidget*>();
        QVERIFY2(list->count() >= 60, qPrintable(QString::number(list->count())));
        auto* filter = dialog->findChild<QLineEdit*>();
        QTest::keyClicks(filter, u"number-3"_s);
        QCOMPARE(list->count(), 11); // 3 and 30 to 39.
        QTest::keyClick(filter, Qt::Key_Down);
        QTest::keyClick(filter, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(search().text(), u"model:number-38"_s, kPatience);
        find({});
    }

    void completionKnowsWhatWasHereWithoutAServer()
    {
        m_console->connection().close();
        auto& field = qobject_cast<ui::QueryBar*>(window().pane(u"query"_s))->field();
        field.setText(u"tag:ze"_s);
        field.complete();
        QVERIFY(field.completionTexts().contains(u"tag:\"zebra crossing\" "_s));
    }

private:
    QByteArray ask(const QByteArray& method, const QByteArray& path, const QByteArray& body = {})
    {
        QNetworkRequest request(QUrl(m_server.url() + QString::fromLatin1(path)));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer " + m_server.key());
        auto* reply = m_network.sendCustomRequest(request, method, body);
        const bool done = QTest::qWaitFor([reply] { return reply->isFinished(); }, kPatience);
        return done ? reply->readAll() : QByteArray();
    }

    /// A call of a run that has a name, and the run's id.
    QByteArray namedRun(const QByteArray& name)
    {
        QNetworkRequest request(QUrl(m_server.url() + u"/v1/chat/completions"_s));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer " + m_server.key());
        request.setRawHeader("X-Exhibit-Run-Id", name);
        auto* reply = m_network.post(
            request, R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]})");
        const bool done = QTest::qWaitFor([reply] { return reply->isFinished(); }, kPatience);
        return done ? reply->rawHeader("X-Exhibit-Run-Id") : QByteArray();
    }

    QNetworkAccessManager m_network;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::LiveTest)
#include "live_test.moc"
