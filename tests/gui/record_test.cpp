// SPDX-License-Identifier: Apache-2.0
// The record's pages of a real call: request, response, headers and bytes as they stood on the
// wire.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/json_page.h"
#include "ui/detail/record_pane.h"
#include "ui/text.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"

#include <QTabWidget>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class RecordTest : public QObject, protected test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"record"_s); }
    void cleanupTestCase() { stopConsole(); }

    void aStoppedAnswerIsShownEventByEvent()
    {
        select(u"policy:CONTENT_ACCURACY"_s);
        const QString request = text(1);
        QVERIFY2(request.startsWith(u"POST /v1/chat/completions"_s), qPrintable(request));
        const auto parts = request.split(u"as they went to the provider"_s);
        QCOMPARE(parts.size(), 2);
        QVERIFY2(parts.front().contains(u"\"context\""_s), qPrintable(parts.front()));
        QVERIFY2(!parts.back().contains(u"\"context\""_s), qPrintable(parts.back()));
        QVERIFY2(text(2).contains(u"choices/0/content"_s), qPrintable(text(2)));
        const QString headers = text(3);
        QVERIFY2(headers.contains(u"content-type: application/json"_s), qPrintable(headers));
        QVERIFY2(headers.contains(u"content-type: text/event-stream"_s), qPrintable(headers));
        QVERIFY2(!headers.contains(u"authorization"_s, Qt::CaseInsensitive), qPrintable(headers));
        const QString bytes = text(5);
        const auto cut = bytes.indexOf(u"WITHHELD"_s);
        QVERIFY2(bytes.startsWith(u'+') && cut > 0, qPrintable(bytes));
        QVERIFY2(bytes.left(cut).contains(u"\"Your\""_s), qPrintable(bytes.left(cut)));
        QVERIFY2(bytes.mid(cut).contains(u"\" au\""_s), qPrintable(bytes.mid(cut)));
    }

    void aRefusedRequestHasNoAnswer()
    {
        select(u"policy:PROMPT_INJECTION"_s);
        QVERIFY2(text(1).contains(u"Delivery ex works"_s), qPrintable(text(1)));
        QVERIFY2(text(3).contains(u"No answer of a provider"_s), qPrintable(text(3)));
    }

    void pagesFollowTheSelection()
    {
        select(u"policy:SECRET_OUTPUT"_s);
        QVERIFY2(text(1).contains(u"deploy step"_s), qPrintable(text(1)));
        select(u"policy:CONTENT_ACCURACY"_s);
        QTRY_VERIFY_WITH_TIMEOUT(shown().contains(u"auto_renew"_s), kPatience);
        QVERIFY2(!shown().contains(u"deploy step"_s), qPrintable(shown()));
    }

    void aMomentBetweenEventsIsExplainedByTheRecord()
    {
        select(u"policy:CONTENT_ACCURACY"_s);
        auto& selection = *window().services().selection;
        const auto [from, to] = widestGap(*selection.timeline());
        auto& timeline = pane<ui::TimelinePane>(u"timeline"_s)->timeline();
        timeline.showRange(double(from), double(to));
        const double middle = double(from + to) / 2;
        const QPoint at(int(timeline.view().xOf(middle)), timeline.height() / 2);
        QTest::mouseClick(&timeline, Qt::LeftButton, {}, at);
        QVERIFY(selection.instant().has_value());
        const auto us = ui::offsetOf(*selection.timeline(), *selection.instant());
        QVERIFY2(us > from && us < to, "the moment itself, not the event before it");
        auto& explain = pane<ui::RecordPane>(u"record"_s)->explain();
        QTRY_VERIFY_WITH_TIMEOUT(!explain.text(u"Ledger"_s).isEmpty(), kPatience);
        const auto record = recordAt(*selection.instant());
        QCOMPARE(explain.text(u"Why"_s), ui::toQt(record.why));
        QCOMPARE(explain.text(u"Snapshot"_s), ui::toQt(record.snapshotId));
        for (const auto& link : record.ledger) {
            QVERIFY2(explain.text(u"Ledger"_s).contains(ui::toQt(link.hash).left(16)),
                     qPrintable(explain.text(u"Ledger"_s)));
        }
        QCOMPARE(explain.text(u"Threshold"_s).isEmpty(), record.thresholds.empty());
        QCOMPARE(explain.text(u"Passed"_s).isEmpty(), record.passes.empty());
        QTest::keyClick(&timeline, Qt::Key_Comma); // Back to the event before it.
        QVERIFY(!selection.instant().has_value());
        QTRY_VERIFY_WITH_TIMEOUT(explain.text(u"Why"_s).isEmpty(), kPatience);
    }

    void aDecisionNamesItsEntryThresholdsAndWhatPassed()
    {
        select(u"policy:CONTENT_ACCURACY"_s);
        auto& selection = *window().services().selection;
        QVERIFY(test::trigger(window(), u"timeline.inflection"));
        const auto& event = selection.timeline()->events.at(*selection.event());
        auto& explain = pane<ui::RecordPane>(u"record"_s)->explain();
        QTRY_VERIFY_WITH_TIMEOUT(!explain.text(u"Ledger"_s).isEmpty(), kPatience);
        const auto record = recordAt(event.time);
        const auto own = std::find_if(
            record.ledger.begin(), record.ledger.end(), [&event](const domain::LedgerLink& link) {
                return event.decisionId && link.about == event.decisionId->text();
            });
        QVERIFY2(own != record.ledger.end(), "the server links the decision to its entry");
        QVERIFY2(explain.text(u"Ledger"_s).contains(u"entry %1"_s.arg(own->index)),
                 qPrintable(explain.text(u"Ledger"_s)));
        QVERIFY(explain.text(u"Ledger"_s).contains(ui::toQt(own->hash).left(16)));
        QVERIFY2(!record.thresholds.empty(), "the stories run under a budget");
        QVERIFY2(explain.text(u"Threshold"_s).contains(ui::grouped(record.thresholds.front().max)),
                 qPrintable(explain.text(u"Threshold"_s)));
    }

    void thePlayheadIsDragged()
    {
        select(u"policy:CONTENT_ACCURACY"_s);
        auto& selection = *window().services().selection;
        auto& timeline = pane<ui::TimelinePane>(u"timeline"_s)->timeline();
        QVERIFY(test::trigger(window(), u"timeline.inflection"));
        timeline.fit();
        const int y = timeline.height() / 2;
        const int x = int(timeline.view().xOf(double(timeline.data().durationUs()) / 2));
        QTest::mousePress(&timeline, Qt::LeftButton, {}, QPoint(x, y));
        for (const int to : {x + 40, x + 90}) {
            QTest::mouseMove(&timeline, QPoint(to, y));
            QTRY_VERIFY(selection.instant().has_value());
            const auto us = ui::offsetOf(*selection.timeline(), *selection.instant());
            QVERIFY2(std::abs(timeline.view().xOf(double(us)) - to) < 1.5,
                     qPrintable(u"%1 for %2"_s.arg(timeline.view().xOf(double(us))).arg(to)));
        }
        QTest::mouseRelease(&timeline, Qt::LeftButton, {}, QPoint(x + 90, y));
        const auto rests = selection.instant();
        QTest::mouseMove(&timeline, QPoint(x, y));
        QCOMPARE(selection.instant(), rests);
    }

private:
    /// Between two events that follow each other, from the start of the run.
    static std::pair<std::int64_t, std::int64_t> widestGap(const domain::TimelineReply& run)
    {
        std::pair<std::int64_t, std::int64_t> widest{0, 0};
        for (std::size_t i = 1; i < run.events.size(); ++i) {
            const auto from = ui::offsetOf(run, i - 1);
            const auto to = ui::offsetOf(run, i);
            widest = to - from > widest.second - widest.first ? std::pair(from, to) : widest;
        }
        return widest;
    }

    /// As the server tells it.
    domain::RunExplanation recordAt(UtcTime at)
    {
        const auto& run = window().services().selection->timeline()->runId;
        std::optional<domain::RunExplanation> record;
        const auto question = m_console->hub().explainer()->explain(
            run.text(), at, [&record](domain::SourceResult<domain::RunExplanation> reply) {
                record = reply.value();
            });
        const bool here = QTest::qWaitFor([&record] { return record.has_value(); }, kPatience);
        return here ? *record : domain::RunExplanation{};
    }

    void select(const QString& query)
    {
        find(query);
        QTRY_VERIFY_WITH_TIMEOUT(rows().rowCount() == 1, kPatience);
        const auto wanted = rows().hit(0)->incident.incidentId;
        const auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(
            selection.hit() != nullptr && selection.hit()->incident.incidentId == wanted
                && selection.timeline() != nullptr && selection.timeline()->incidentId == wanted,
            kPatience);
    }

    ui::JsonPage& page()
    {
        auto& tabs = pane<ui::RecordPane>(u"record"_s)->tabs();
        return *qobject_cast<ui::JsonPage*>(tabs.currentWidget());
    }

    QString shown()
    {
        const QString text = page().toPlainText();
        return page().isWorking() || text.contains(u"being fetched"_s) ? QString() : text;
    }

    /// What the tab says once it is there.
    QString text(int tab)
    {
        pane<ui::RecordPane>(u"record"_s)->tabs().setCurrentIndex(tab);
        const bool here = QTest::qWaitFor([this] { return !shown().isEmpty(); }, kPatience);
        return here ? shown() : u"nothing came"_s;
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::RecordTest)
#include "record_test.moc"
