// SPDX-License-Identifier: Apache-2.0
// Answers that come late, fail, are cancelled or hold only a part: what the console says then.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/slow_source.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/fact_list.h"
#include "ui/detail/json_page.h"
#include "ui/detail/record_pane.h"
#include "ui/search/histogram_widget.h"
#include "ui/search/query_bar.h"
#include "ui/search/query_field.h"
#include "ui/search/result_export.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/timeline/timeline_headline.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

} // namespace

class AnswersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"answers"_s); }

    void init()
    {
        QSettings().clear();
        m_console = test::openSafeConsole();
        m_source = std::make_shared<test::SlowSource>();
    }
    void cleanup()
    {
        m_console.reset();
        m_source.reset();
    }
    void cleanupTestCase() { QSettings().clear(); }

    void aCancelledSearchDoesNotSayThatNothingFits()
    {
        m_source->holdsSearches = true;
        connect();
        QTRY_VERIFY(m_source->isAsked());
        QVERIFY(test::trigger(window(), u"search.cancel"));
        QCOMPARE(search().state(), ui::SearchState::Cancelled);
        QVERIFY(results().showsEmpty());
        const auto* empty = results().findChild<ui::EmptyState*>();
        QCOMPARE(empty->heading(), u"The search was cancelled"_s);
        m_source->holdsSearches = false;
        search().search();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(!results().showsEmpty());
    }

    void aLongSearchOffersToBeCancelledAndEscapeDoesIt()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        auto* cancel = window().findChild<QAbstractButton*>(u"search.cancel.button"_s);
        QVERIFY(cancel != nullptr && !cancel->isVisible());
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(cancel->isVisible());
        auto& bar = *qobject_cast<ui::QueryBar*>(window().pane(u"query"_s));
        QTRY_VERIFY2(bar.countText().contains(u" s …"_s), qPrintable(bar.countText()));
        cancel->click();
        QCOMPARE(search().state(), ui::SearchState::Cancelled);
        QVERIFY(!cancel->isVisible());
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        const QList<QWidget*> places{&results().view(), &results().histogram(), &bar.field()};
        for (QWidget* place : places) {
            place->setFocus();
            search().setText(u"severity:low"_s, true);
            QCOMPARE(search().state(), ui::SearchState::Working);
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
            QCOMPARE(search().state(), ui::SearchState::Cancelled);
        }
    }

    void rowsOfTheSearchBeforeStayMarkedAfterACancel()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        const int rows = search().results().rowCount();
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QVERIFY(test::trigger(window(), u"search.cancel"));
        QCOMPARE(search().results().rowCount(), rows);
        QVERIFY2(hasLabel(results(), u"The search was cancelled"_s), "and whose rows these are");
    }

    void anAnswerIsKeptUnderTheTextThatWasAsked()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        m_source->holdsSearches = true;
        search().setText(u"severity:high"_s, true);
        QVERIFY(m_source->isAsked());
        search().setText(u"severity:high model"_s, false); // Somebody types on.
        m_source->answerHeld();
        QTRY_VERIFY(!search().memory().past().isEmpty());
        QCOMPARE(search().memory().past().constFirst().query, u"severity:high"_s);
    }

    void barsAreEstimatedUntilTheyAreCounted()
    {
        m_source->estimates = true;
        connect();
        QStringList said;
        QObject::connect(&search(), &ui::SearchController::countsChanged, &window(), [&] {
            said << results().histogram().summary();
        });
        search().search();
        QTRY_VERIFY(said.size() > 2 && !said.constLast().contains(u"counting"_s)
                    && !search().histogram().isEstimate);
        QVERIFY2(said.filter(u"≈"_s).size() > 0, qPrintable(said.join(u'\n')));
        search().disconnect(&window());
        QVERIFY(results().histogram().summary().contains(u"bars"_s));
        m_source->knowsNoEstimates = true;
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(results().histogram().summary().contains(u"bars"_s));
        QVERIFY2(results().bar().text().isEmpty(), qPrintable(results().bar().text()));
    }

    void countsThatFailAreNotThoseOfTheSearchBefore()
    {
        connect();
        QTRY_VERIFY(!search().facets().facets.empty() && !search().histogram().counts.empty());
        m_source->failsCounts = true;
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(search().facets().facets.empty());
        QTRY_VERIFY(search().histogram().counts.empty());
        QTRY_COMPARE(results().histogram().summary(), u"not counted"_s);
        QVERIFY2(results().bar().text().contains(u"could not be read"_s),
                 qPrintable(results().bar().text()));
        m_source->failsCounts = false;
        results().bar().findChild<QAbstractButton*>()->click(); // Retry.
        QTRY_VERIFY(!search().histogram().counts.empty());
        QVERIFY(results().bar().text().isEmpty());
        QVERIFY(results().histogram().summary().contains(u"bars"_s));
    }

    void countsOnTheirWayAreNotThoseOfTheSearchBefore()
    {
        connect();
        QTRY_VERIFY(results().histogram().summary().contains(u"bars"_s));
        m_source->holdsCounts = true;
        search().setText(u"severity:high"_s, true);
        QTRY_VERIFY(m_source->isAskedToCount());
        QCOMPARE(results().histogram().summary(), u"counting …"_s);
        QCOMPARE(search().facetsCounted(), ui::Counted::NotYet);
    }

    void oneIncidentIsNotOneIncidents()
    {
        m_source->total = 1;
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        auto& bar = *qobject_cast<ui::QueryBar*>(window().pane(u"query"_s));
        QTRY_COMPARE(bar.countText(), u"1 incident"_s);
        m_source->total = 7;
        search().search();
        QTRY_COMPARE(bar.countText(), u"7 incidents"_s);
        for (const auto* label : window().findChildren<QLabel*>()) {
            QVERIFY2(!label->text().contains(u"(s)"_s), qPrintable(label->text()));
        }
    }

    void whatIsSaidOfTheRowsIsOfTheirSearch()
    {
        connect();
        QTRY_VERIFY(!search().facets().facets.empty());
        QCOMPARE(search().total(), qint64(40));
        m_source->total = 7;
        m_source->holdsCounts = true;
        ui::ResultOrder order;
        order.group = query::Field::Policy;
        search().show({u"severity:high"_s, order}); // Found, and its groups are being counted.
        QTRY_VERIFY(m_source->isAskedToCount());
        QVERIFY(test::trigger(window(), u"search.cancel"));
        QCOMPARE(search().state(), ui::SearchState::Cancelled);
        QCOMPARE(search().total(), qint64(40));
        QCOMPARE(search().shownRequest().query.value_or(""), std::string());
        QVERIFY(search().memory().past().isEmpty());
        m_source->holdsCounts = false;
        m_source->failsCounts = true;
        search().search();
        QTRY_COMPARE(search().state(), ui::SearchState::Failed);
        QCOMPARE(search().total(), qint64(40));
        QVERIFY2(hasLabel(*window().pane(u"query"_s), u"40 as of"_s), "not those of the groups");
    }

    void anExportIsOfTheRowsShownAndEndsWithItsServer()
    {
        connect();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        search().setText(u"severity:high"_s, true);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        m_source->holdsSearches = true;
        search().setText(u"severity:low"_s, true); // On its way, then cancelled.
        QVERIFY(test::trigger(window(), u"search.cancel"));
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"out.csv"_s);
        const auto* job = ui::ResultExport::start(
            search(), ui::foundIncidents(search()), ui::ExportFormat::Csv, file, u"for a test"_s);
        QCOMPARE(m_source->exported, std::string("severity:high as csv: for a test"));
        QCOMPARE(job->state(), ui::Job::State::Running);
        m_console->hub().setSource(nullptr, {}, {});
        QCOMPARE(job->state(), ui::Job::State::Failed);
        QVERIFY(!QFile::exists(file));
    }

    void enterLoadsNoTextOfTheRecordBefore()
    {
        JsonArray large;
        for (int i = 0; i < 12'000; ++i) {
            large.push_back(Json(std::string(100, 'x')));
        }
        ui::JsonPage page(nullptr);
        const auto show = [&page](const Json& json) { page.show([json] { return json; }); };
        show(Json(large));
        QTRY_VERIFY2(page.toPlainText().contains(u"Press Enter"_s), qPrintable(page.toPlainText()));
        show(Json(JsonObject{{"small", true}}));
        QTest::keyClick(&page, Qt::Key_Return);
        QTRY_VERIFY(!page.isWorking());
        QVERIFY2(page.toPlainText().contains(u"small"_s), qPrintable(page.toPlainText().left(200)));
        show(Json(large));
        QTRY_VERIFY2(page.toPlainText().contains(u"Press Enter"_s), qPrintable(page.toPlainText()));
        QTest::keyClick(&page, Qt::Key_Enter, Qt::KeypadModifier);
        QTRY_VERIFY(page.toPlainText().size() > 1'000'000);
    }

    void aRunThatCannotBeReadLeavesNoOtherOneDrawn()
    {
        connect();
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
        m_source->failsTimelines = true;
        auto other = std::make_shared<domain::SearchHit>(*window().services().selection->hit());
        other->incident.incidentId = IncidentId::generate();
        window().services().selection->setIncident(other);
        auto* pane = window().pane(u"timeline"_s)->findChild<ui::TimelinePane*>();
        QVERIFY(pane != nullptr);
        QTRY_VERIFY(!pane->timeline().isVisible());
        QVERIFY(pane->timeline().data().size() == 0);
    }

    void aCallThatStillRunsIsAwaited()
    {
        m_source->callRuns = true;
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() != nullptr);
        QVERIFY(selection.awaitsCall());
        auto* pane = window().pane(u"timeline"_s)->findChild<ui::TimelinePane*>();
        auto* again = pane->findChild<QTimer*>(u"timeline.again"_s);
        QVERIFY(again != nullptr && again->isActive());
        QVERIFY2(pane->headline().sentence().contains(u"is not here yet"_s),
                 qPrintable(pane->headline().sentence()));
        auto* tabs = window().pane(u"record"_s)->findChild<QTabWidget*>();
        for (const int tab : {1, 2}) { // Request and response.
            tabs->setCurrentIndex(tab);
            const auto text = qobject_cast<ui::JsonPage*>(tabs->currentWidget())->toPlainText();
            QVERIFY2(text.contains(u"is not here yet"_s), qPrintable(text));
        }
        again->start(0); // Still running.
        QTRY_VERIFY(again->isActive() && again->interval() > 2000);
        const int asked = m_source->incidentsAsked;
        m_source->callRuns = false;
        again->start(0);
        QTRY_VERIFY(!selection.awaitsCall() && !selection.timeline()->events.empty());
        QVERIFY(!again->isActive());
        QTRY_VERIFY2(m_source->incidentsAsked > asked, "its cost and cause came with it");
        QTRY_VERIFY2(pane->headline().sentence().contains(u"auto_renew"_s),
                     qPrintable(pane->headline().sentence()));
    }

    void theStepOfAStopIsWaitedFor()
    {
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() && selection.event());
        const auto events = selection.timeline()->events.size();
        auto* again = window().pane(u"timeline"_s)->findChild<QTimer*>(u"timeline.again"_s);
        domain::LiveEvent stop;
        stop.type = "run.stopped";
        stop.runId = selection.timeline()->runId;
        stop.at = selection.timeline()->events.back().time + std::chrono::seconds(1);
        m_console->hub().tell(stop);
        QVERIFY(again->isActive());
        again->start(0); // It is not written yet.
        QTRY_VERIFY(again->isActive() && again->interval() > 2000);
        QCOMPARE(selection.timeline()->events.size(), events);
        QVERIFY(test::trigger(window(), u"timeline.next"));
        QVERIFY(test::trigger(window(), u"timeline.zoom_in"));
        const auto chosen = selection.event();
        const auto& view = window().pane(u"timeline"_s)->findChild<ui::TimelineWidget*>()->view();
        const double from = view.fromUs();
        const double to = view.toUs();
        for (const auto after : {500ms, 60'000ms}) { // Of two calls that were under way.
            QVERIFY(again->isActive());
            m_source->later.push_back(after);
            again->start(0);
            QTRY_COMPARE(selection.timeline()->events.size(), events + m_source->later.size());
            QVERIFY2(selection.event() == chosen, "nobody is taken away from what is looked at");
            QVERIFY(qAbs(view.fromUs() - from) < 1 && qAbs(view.toUs() - to) < 1);
        }
        QVERIFY(!again->isActive());
    }

    void aPartOfARunIsNotCalledTheWhole()
    {
        connect();
        auto& selection = *window().services().selection;
        QTRY_VERIFY(selection.timeline() != nullptr);
        auto part = std::make_shared<domain::TimelineReply>(*selection.timeline());
        part->truncated = true;
        std::erase_if(part->events, [](const domain::TimelineEvent& event) {
            return event.type == domain::StepType::Output
                || event.type == domain::StepType::Context;
        });
        selection.setTimeline(part);
        const auto* record = window().pane(u"record"_s)->findChild<ui::RecordPane*>();
        const auto* facts = record->findChild<ui::FactList*>();
        QCOMPARE(facts->emptyText(), u"They are not among the events that were fetched."_s);
        auto* tabs = record->findChild<QTabWidget*>();
        QVERIFY(tabs != nullptr);
        bool said = false;
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            const auto* page = qobject_cast<ui::JsonPage*>(tabs->currentWidget());
            QTRY_VERIFY(page == nullptr || !page->toPlainText().contains(u"being fetched"_s));
            const QString text = page != nullptr ? page->toPlainText() : QString();
            QVERIFY2(!text.contains(u"did not reach"_s), qPrintable(text));
            said = said || text.contains(u"The answer is not among the events"_s);
        }
        QVERIFY(said);
    }

private:
    void connect()
    {
        m_console->hub().setSource(m_source, u"exhibit.example"_s, u"https://exhibit.example"_s);
        window().showHome(false);
    }
    static bool hasLabel(const QWidget& in, const QString& part)
    {
        const auto labels = in.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&part](const QLabel* label) {
            return label->text().contains(part);
        });
    }
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::ResultsPane& results()
    {
        return *window().pane(u"results"_s)->findChild<ui::ResultsPane*>();
    }

    std::shared_ptr<test::SlowSource> m_source;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::AnswersTest)
#include "answers_test.moc"
