// SPDX-License-Identifier: Apache-2.0
// All calls of a real server, by the query of the window, also those without an incident.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/calls/call_window.h"
#include "ui/calls/calls_pane.h"
#include "ui/calls/calls_view.h"
#include "ui/text.h"
#include "ui/widgets/message_bar.h"
#include "ui/widgets/time_display.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QFile>
#include <QGuiApplication>
#include <QInputDialog>
#include <QMenu>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPlainTextEdit>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include <algorithm>
#include <functional>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class CallsTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        startConsole(u"calls"_s);
        QVERIFY(!window().pane(u"calls"_s)->isVisible());
        QVERIFY(test::trigger(window(), u"search.calls"));
        QVERIFY(window().pane(u"calls"_s)->isVisible());
        settle();
    }
    void cleanupTestCase() { stopConsole(); }
    void init()
    {
        find({});
        settle();
    }

    void callsWithoutIncidentsAreFound()
    {
        QTRY_VERIFY_WITH_TIMEOUT(again() > search().total(), kPatience);
        int clean = 0;
        for (int row = 0; row < model().rowCount(); ++row) {
            clean += model().call(row).incidentIds.empty() ? 1 : 0;
        }
        QVERIFY(clean > 0);
    }

    void theQueryOfTheWindowChoosesThem()
    {
        QTRY_VERIFY_WITH_TIMEOUT(again() > search().total(), kPatience);
        const qint64 all = model().total();
        find(u"\"contract\""_s);
        settle();
        QVERIFY(model().total() > 0);
        QVERIFY(model().total() < all);
        QVERIFY2(calls().detailText().contains(u"contract"_s, Qt::CaseInsensitive),
                 qPrintable(calls().detailText()));
        find({});
        settle();
        QCOMPARE(model().total(), all);
    }

    void outcomesNarrowThem()
    {
        search().chooseOutcome(u"refused"_s);
        settle();
        QVERIFY(model().total() > 0);
        for (int row = 0; row < model().rowCount(); ++row) {
            QCOMPARE(model().call(row).outcome, std::string("refused"));
        }
    }

    void whatCallsDoNotHaveIsNamed()
    {
        find(u"status:open"_s);
        QTRY_VERIFY_WITH_TIMEOUT(calls().bar().text().contains(u"status:"_s), kPatience);
        find({});
        QTRY_VERIFY_WITH_TIMEOUT(calls().bar().text().isEmpty(), kPatience);
    }

    void enterOpensTheIncidentOfACall()
    {
        const int row = rowWithIncident();
        QVERIFY(row >= 0);
        window().services().selection->setIncident(nullptr);
        calls().view().setCurrentIndex(model().index(row, 0));
        calls().view().setFocus();
        QTest::keyClick(&calls().view(), Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
        QCOMPARE(window().services().selection->hit()->incident.callId, model().call(row).callId);
    }

    void enterOpensACallThatHasNoIncident()
    {
        QTRY_VERIFY_WITH_TIMEOUT(again() > search().total(), kPatience);
        settle();
        const int row = rowWithout();
        QVERIFY(row >= 0);
        const auto call = model().call(row);
        const auto* before = window().services().selection->hit();
        calls().view().setCurrentIndex(model().index(row, 0));
        calls().view().setFocus();
        QTest::keyClick(&calls().view(), Qt::Key_Return);
        auto* shown = window().findChild<CallWindow*>();
        QVERIFY(shown != nullptr && shown->isVisible());
        QCOMPARE(window().services().selection->hit(), before);
        QVERIFY2(shown->summaryText().contains(toQt(call.callId.text())),
                 qPrintable(shown->summaryText()));
        QVERIFY(shown->summaryText().contains(TimeDisplay::instance().iso(call.openedAt)));
        auto* tabs = &shown->tabs();
        for (const auto& text : {u"POST /v1/chat/completions"_s, u"HTTP 200"_s}) {
            tabs->setCurrentIndex(tabs->currentIndex() + 1);
            const auto* page = qobject_cast<QPlainTextEdit*>(tabs->currentWidget());
            QTRY_VERIFY2_WITH_TIMEOUT(
                page->toPlainText().contains(text), qPrintable(page->toPlainText()), kPatience);
        }
        tabs->setCurrentIndex(tabs->count() - 1);
        const auto* bytes = qobject_cast<QPlainTextEdit*>(tabs->currentWidget());
        QTRY_VERIFY2_WITH_TIMEOUT(bytes->toPlainText().contains(u"released"_s),
                                  qPrintable(bytes->toPlainText()),
                                  kPatience);
        calls().view().setFocus();
        QTest::keyClick(&calls().view(), Qt::Key_Return);
        QCOMPARE(window().findChildren<CallWindow*>().size(), 1);
        delete shown;
    }

    void aCopiedCellIsWhole()
    {
        auto& view = calls().view();
        const auto copied = [&](std::string_view id) {
            const auto columns = callColumns();
            for (std::size_t i = 0; i < columns.size(); ++i) {
                if (columns[i].id == id) {
                    view.setCurrentIndex(model().index(0, static_cast<int>(i)));
                }
            }
            QTest::keySequence(&view, QKeySequence(QKeySequence::Copy));
            return QGuiApplication::clipboard()->text();
        };
        const auto& call = model().call(0);
        view.setColumnHidden(static_cast<int>(callColumns().size()) - 1, false);
        QCOMPARE(copied("time"), TimeDisplay::instance().iso(call.openedAt));
        QCOMPARE(copied("id"), toQt(call.callId.text()));
        QCOMPARE(copied("model"), toQt(call.answeredModel.value_or(call.model)));
        view.resetColumns();
    }

    void aCellIsSomethingToFilterBy()
    {
        const int row = rowWithIncident();
        QVERIFY(row >= 0);
        const auto call = model().call(row);
        const auto columns = callColumns();
        const auto model = std::find_if(columns.begin(), columns.end(), [](const auto& column) {
            return std::string_view(column.id) == "model";
        });
        auto& view = calls().view();
        const auto cell = this->model().index(row, static_cast<int>(model - columns.begin()));
        view.scrollTo(cell);
        Q_EMIT view.customContextMenuRequested(view.visualRect(cell).center());
        auto* menu = calls().findChild<QMenu*>(u"calls.menu"_s);
        QVERIFY(menu != nullptr);
        QCOMPARE(menu->actions().front()->text(), u"model:"_s + toQt(call.model));
        menu->actions().front()->menu()->actions().at(1)->trigger();
        delete menu;
        QTRY_COMPARE_WITH_TIMEOUT(search().text(), u"-model:"_s + toQt(call.model), kPatience);
        Q_EMIT view.customContextMenuRequested( // The result, which says nothing of its own.
            view.visualRect(this->model().index(0, 1)).center());
        menu = calls().findChild<QMenu*>(u"calls.menu"_s);
        QVERIFY(menu != nullptr);
        const auto offered = menu->actions();
        QVERIFY(std::any_of(offered.begin(), offered.end(), [](const QAction* one) {
            return one->text().startsWith(u"run:run_"_s);
        }));
        delete menu;
    }

    void whatIsFoundIsExported_data()
    {
        QTest::addColumn<bool>("isCsv");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("as CSV") << true << QString();
        QTest::newRow("as NDJSON") << false << QString();
        QTest::newRow("as it is filtered") << false << u"refused"_s;
    }
    void whatIsFoundIsExported()
    {
        QFETCH(const bool, isCsv);
        QFETCH(const QString, outcome);
        find({});
        test::trigger(window(), u"search.calls");
        settle();
        search().chooseOutcome(outcome);
        settle();
        QVERIFY(model().total() > 0);
        const QString action
            = isCsv ? u"search.export_calls_csv"_s : u"search.export_calls_ndjson"_s;
        QVERIFY(test::trigger(window(), action));
        auto* why = window().findChild<QInputDialog*>(u"export.reason"_s);
        QVERIFY(why != nullptr);
        QCOMPARE(why->windowTitle(), u"Export %1 calls"_s.arg(grouped(model().total())));
        why->reject();
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"calls"_s);
        const auto* job = ResultExport::start(search(),
                                              calls().found().value(),
                                              isCsv ? ExportFormat::Csv : ExportFormat::Ndjson,
                                              file,
                                              u"for a test"_s);
        QTRY_COMPARE_WITH_TIMEOUT(job->state(), Job::State::Done, kPatience);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray text = written.readAll();
        if (isCsv) {
            QVERIFY(text.contains("call_id"));
            QVERIFY(text.count("\ncall_") + text.count("\r\n") >= model().total());
            return;
        }
        const auto lines = text.trimmed().split('\n');
        QCOMPARE(lines.size(), model().total());
        for (const auto& line : lines) {
            const auto call = parseJson(line.toStdString());
            QVERIFY(call && call->at("call_id").is_string());
            QVERIFY(outcome.isEmpty() || toQt(stringMember(*call, "outcome")) == outcome);
        }
        search().chooseOutcome({});
        settle();
    }

    void whereNothingIsFoundNothingIsExported()
    {
        find(u"user:nobody-at-all"_s);
        QTRY_COMPARE_WITH_TIMEOUT(model().rowCount(), 0, kPatience);
        settle();
        QVERIFY(!test::trigger(window(), u"search.export_calls_csv"));
        QVERIFY(!calls().findChild<QToolButton*>(u"calls.export"_s)->isEnabled());
        find({});
        settle();
        QTRY_VERIFY(calls().findChild<QToolButton*>(u"calls.export"_s)->isEnabled());
    }

    void callsOfTheSearchBeforeAreNotTakenOut()
    {
        QVERIFY(calls().found().has_value());
        window().pane(u"calls"_s)->hide();
        find(u"policy:BUDGET"_s);
        QVERIFY2(!calls().found().has_value(), "nobody sees that they are of another query");
        QVERIFY(!window().actions().action(u"search.export_calls_csv")->isEnabled());
        QVERIFY(test::trigger(window(), u"search.calls"));
        settle();
        QVERIFY(calls().found().has_value());
        QVERIFY(window().actions().action(u"search.export_calls_csv")->isEnabled());
    }

    void furtherPagesComeAsOneScrolls()
    {
        QNetworkAccessManager network;
        QNetworkRequest request(QUrl(m_server.url() + u"/v1/chat/completions"_s));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", "Bearer " + m_server.key());
        const QByteArray body = R"({"model":"gpt-4o","user_id":"page-walker",)"
                                R"("messages":[{"role":"user","content":"Hello pages"}]})";
        QList<QNetworkReply*> replies;
        for (int i = 0; i < 130; ++i) {
            replies << network.post(request, body);
        }
        for (auto* reply : replies) {
            QTRY_VERIFY_WITH_TIMEOUT(reply->isFinished(), 4 * kPatience);
        }
        const QAbstractItemModelTester rules(
            &model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        find(u"user:page-walker"_s);
        QTRY_VERIFY_WITH_TIMEOUT(again() == 130, 2 * kPatience);
        calls().view().scrollToBottom();
        QTRY_COMPARE_WITH_TIMEOUT(model().rowCount(), 130, kPatience);
        QVERIFY(!model().canFetchMore({}));
    }

private:
    CallsPane& calls() { return *pane<CallsPane>(u"calls"_s); }
    CallsModel& model() { return calls().model(); }
    void settle() { QTRY_VERIFY_WITH_TIMEOUT(!model().isWorking(), kPatience); }

    /// Searches again: calls are indexed a moment after they ended.
    qint64 again()
    {
        if (!model().isWorking()) {
            test::trigger(window(), u"search.refresh");
        }
        QTest::qWait(50);
        return model().total();
    }

    int rowThat(const std::function<bool(const domain::FoundCall&)>& fits)
    {
        for (int row = 0; row < model().rowCount(); ++row) {
            if (fits(model().call(row))) {
                return row;
            }
        }
        return -1;
    }
    int rowWithIncident()
    {
        return rowThat([](const domain::FoundCall& call) { return !call.incidentIds.empty(); });
    }
    /// Of an answered call.
    int rowWithout()
    {
        return rowThat([](const domain::FoundCall& call) {
            return call.incidentIds.empty() && call.status == 200;
        });
    }
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::CallsTest)
#include "calls_test.moc"
