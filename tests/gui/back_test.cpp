// SPDX-License-Identifier: Apache-2.0
// There is always a way back: through queries, rows, events and what is seen of a run.
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/histogram_widget.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"

#include <QDockWidget>
#include <QInputDialog>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

/// Pictures of which `severity:high` is a part.
class PartSource : public test::PictureSource {
public:
    bool holds = false; ///< Searches, for ever.
    bool fails = false;

    domain::Question search(domain::SearchRequest request,
                            domain::AnswerTo<domain::SearchReply> answer) override
    {
        if (holds) {
            return std::make_shared<int>();
        }
        const bool isPart = request.query == "severity:high";
        return PictureSource::search(
            std::move(request),
            [isPart, answer, fails = fails](domain::SourceResult<domain::SearchReply> reply) {
                if (fails) {
                    reply = tl::make_unexpected(
                        domain::SourceFailure{{ErrorCode::Unavailable, "away", {}}});
                } else if (isPart) {
                    std::erase_if(reply->incidents, [](const domain::SearchHit& hit) {
                        return hit.incident.severity != domain::Severity::High;
                    });
                    reply->total = static_cast<std::int64_t>(reply->incidents.size());
                }
                answer(std::move(reply));
            });
    }
};

} // namespace

class BackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::useOwnSettings(u"back"_s);
        m_console = test::pictureConsole();
        m_source = std::make_shared<PartSource>();
        m_console->hub().setSource(m_source, u"x"_s, u"http://x"_s);
        window().showHome(false);
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QTRY_VERIFY(selection().timeline() != nullptr);
        QVERIFY2(!search().way().canGoBack(), "what comes of itself is no step");
    }
    void cleanup() { m_console.reset(); }

    void rowsEventsAndStretchesAreSteps()
    {
        choose(3);
        QCOMPARE(number(), 3);
        const auto inflection = selection().event();
        QVERIFY(test::trigger(window(), u"timeline.root_cause"));
        const auto cause = selection().event();
        QVERIFY(cause != inflection);
        const double whole = span();
        QVERIFY(test::trigger(window(), u"timeline.zoom_in"));
        const double part = span();
        QVERIFY(part < whole);
        const auto said = [this] { return timeline().timeline().accessibleDescription(); };
        QVERIFY2(said().contains(u" Seen: "_s), qPrintable(said()));

        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(span(), whole);
        QVERIFY2(said().contains(u"The whole run is seen"_s), qPrintable(said()));
        QCOMPARE(selection().event(), cause);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(selection().event(), inflection);
        QCOMPARE(number(), 3);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(number(), 0);
        QCOMPARE(view().currentIndex().row(), 0);
        QVERIFY(view().selectionModel()->isRowSelected(0));
        QVERIFY2(!test::trigger(window(), u"search.back"), "this is where one began");

        for (int step = 0; step < 3; ++step) {
            QVERIFY(test::trigger(window(), u"search.forward"));
        }
        QCOMPARE(number(), 3);
        QCOMPARE(view().currentIndex().row(), 3);
        QTRY_COMPARE(selection().event(), cause); // Once its run is here.
        QCOMPARE(span(), part);
        QVERIFY(!test::trigger(window(), u"search.forward"));
    }

    void theQueryBeforeIsAsItWasLeft()
    {
        choose(4); // Critical: no part of what follows.
        QVERIFY(test::trigger(window(), u"timeline.root_cause"));
        const auto cause = selection().event();
        search().setQuery(query::parse("severity:high").value());
        QTRY_COMPARE(search().total(), 10);
        QTRY_COMPARE(number(), 1);
        QTRY_VERIFY(selection().event().has_value() && selection().event() != cause);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), QString());
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QCOMPARE(number(), 4);
        QCOMPARE(view().currentIndex().row(), 4);
        QTRY_COMPARE(selection().event(), cause);
        QVERIFY(test::trigger(window(), u"search.forward"));
        QTRY_COMPARE(search().total(), 10);
        QCOMPARE(number(), 1);
        QCOMPARE(view().currentIndex().row(), 0);
    }

    void aWayThatIsCancelledOrFailsIsNotGone()
    {
        choose(4);
        search().setQuery(query::parse("severity:high").value());
        QTRY_COMPARE(search().total(), 10);
        choose(2);
        const int open = number();
        m_source->holds = true;
        QVERIFY(test::trigger(window(), u"search.back")); // To the row before.
        QVERIFY(test::trigger(window(), u"search.back")); // To the query before.
        QCOMPARE(search().text(), QString());
        QVERIFY(test::trigger(window(), u"search.cancel"));
        QCOMPARE(search().text(), u"severity:high"_s);
        QCOMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.forward"));
        QCOMPARE(number(), open);
        QVERIFY2(!search().way().canGoForward(), "all of the way is there");

        m_source->holds = false;
        m_source->fails = true;
        QVERIFY(test::trigger(window(), u"search.back"));
        QVERIFY(test::trigger(window(), u"search.back"));
        QTRY_COMPARE(search().state(), ui::SearchState::Failed);
        QCOMPARE(view().currentIndex().row(), 0); // Of the rows that are still there.
        QVERIFY(test::trigger(window(), u"search.forward"));
        QCOMPARE(number(), open);
        m_source->fails = false;
        QVERIFY(test::trigger(window(), u"search.back"));
        QVERIFY(test::trigger(window(), u"search.back"));
        QTRY_COMPARE(search().total(), 40);
        QCOMPARE(number(), 4);
        QCOMPARE(view().currentIndex().row(), 4);
    }

    void whatIsTypedWhileAWayIsGoneIsKept()
    {
        search().setQuery(query::parse("severity:high").value());
        QTRY_COMPARE(search().total(), 10);
        m_source->holds = true;
        QVERIFY(test::trigger(window(), u"search.back"));
        search().setText(u"severity:low"_s, true);
        QVERIFY(test::trigger(window(), u"search.cancel"));
        QCOMPARE(search().text(), u"severity:low"_s);
        m_source->holds = false;
        search().search();
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), u"severity:high"_s);
    }

    void aRangeThatGrowsByKeysIsOneStep()
    {
        auto& histogram = results().histogram();
        histogram.setFocus();
        for (int key = 0; key < 3; ++key) {
            QTest::keyClick(&histogram, Qt::Key_Right, Qt::ShiftModifier);
            QTRY_VERIFY(search().shownRequest().query
                        == ui::fromQt(search().text())); // Each of them is found.
        }
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), QString());
        QVERIFY(!search().way().canGoBack());
    }

    void aSavedSearchBringsItsColumnsAndCanBeSent()
    {
        const QStringList usual = view().visibleColumns();
        const QStringList few{u"severity"_s, u"id"_s, u"time"_s};
        search().showSaved(
            ui::SavedSearch{{}, {u"severity:high"_s, {}}, few + QStringList{u"no"_s}});
        QTRY_COMPARE(search().total(), 10);
        QCOMPARE(view().visibleColumns(), few);
        QVERIFY(test::trigger(window(), u"search.copy_text"));
        search().showSaved(ui::SavedSearch{{}, {}, usual});
        QTRY_COMPARE(search().total(), 40);
        QCOMPARE(view().visibleColumns(), usual);
        QVERIFY(test::trigger(window(), u"search.paste_text"));
        QTRY_COMPARE(search().total(), 10);
        QCOMPARE(view().visibleColumns(), few);
        QVERIFY2(!window().findChild<QInputDialog*>(), "nothing is asked");
    }

    void whatWasChosenOfAnotherServerIsForgotten()
    {
        search().setQuery(query::parse("severity:high").value());
        QTRY_COMPARE(search().total(), 10);
        choose(1);
        m_console->hub().setSource(std::make_shared<PartSource>(), u"y"_s, u"http://y"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), QString());
        QVERIFY(!search().way().canGoBack());
        QTRY_COMPARE(search().total(), 40);
        QCOMPARE(view().currentIndex().row(), 0);
        QCOMPARE(number(), 0);
    }

    void aMomentBetweenEventsIsKeptForTheNextStart()
    {
        const auto at = selection().timeline()->events.front().time + std::chrono::milliseconds(99);
        selection().chooseInstant(at);
        const QJsonObject kept = timeline().state();
        choose(1);
        QVERIFY(!selection().instant());
        timeline().restore(kept);
        view().setCurrentIndex(search().results().index(0, 2));
        QTRY_COMPARE(selection().instant(), std::optional(at));
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::Selection& selection() { return *window().services().selection; }
    template <class T>
    T& pane(const QString& id)
    {
        return *qobject_cast<T*>(qobject_cast<QDockWidget*>(window().pane(id))->widget());
    }
    ui::ResultsPane& results() { return pane<ui::ResultsPane>(u"results"_s); }
    ui::ResultsView& view() { return results().view(); }
    ui::TimelinePane& timeline() { return pane<ui::TimelinePane>(u"timeline"_s); }
    int number() { return selection().hit()->incident.incidentId.value.bytes[15]; }
    double span()
    {
        const auto& shown = timeline().timeline().view();
        return shown.toUs() - shown.fromUs();
    }
    /// As a person does, and its run.
    void choose(int row)
    {
        view().setCurrentIndex(search().results().index(row, 2));
        QTRY_VERIFY(selection().timeline() != nullptr);
    }

    std::shared_ptr<PartSource> m_source;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::BackTest)
#include "back_test.moc"
