// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/stall_monitor.h"
#include "ui/theme/fonts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/timeline/card_delegate.h"
#include "ui/timeline/event_text.h"
#include "ui/timeline/timeline_model.h"
#include "ui/timeline/timeline_widget.h"

#include <QAbstractItemModelTester>
#include <QImage>
#include <QSignalSpy>
#include <QTest>

namespace exhibit::ui {
namespace {

Json json(std::string_view text)
{
    return parseJson(text).value();
}

domain::TimelineEvent event(std::int64_t step,
                            std::int64_t atMs,
                            domain::StepType type,
                            std::string_view data)
{
    domain::TimelineEvent made;
    made.stepIndex = step;
    made.time = parseTime("2026-11-21T10:00:00Z").value() + std::chrono::milliseconds(atMs);
    made.type = type;
    made.data = json(data);
    return made;
}

/// A renewal that nobody confirmed, as recorded.
std::shared_ptr<const domain::TimelineReply> story()
{
    auto reply = std::make_shared<domain::TimelineReply>();
    using enum domain::StepType;
    reply->events.push_back(
        event(0, 0, Input, R"({"messages":[{"role":"user","content":"Is it auto-renewed?"}]})"));
    reply->events.push_back(
        event(1,
              1,
              Context,
              R"({"states":{"contract.plan":"present","contract.auto_renew":"null",)"
              R"("contract.date":"absent"},"facts":{"contract":{"plan":"Business",)"
              R"("auto_renew":null}}})"));
    reply->events.push_back(
        event(2, 6, LlmCall, R"({"model":"gpt-4o","latency_us":780000,"first_byte_us":210000})"));
    reply->events.push_back(
        event(3,
              788,
              Policy,
              R"({"should_have":"Offer to check.","actually_did":"Claimed.",)"
              R"("inflection":{"byte_offset":212,"channel":"choices/0/content"}})"));
    reply->events.back().policy = "CONTENT_ACCURACY";
    reply->events.back().result = domain::DecisionResult::Block;
    reply->events.push_back(event(4, 837, Output, R"({"released_bytes":180,"withheld_bytes":61})"));
    reply->events.push_back(event(5, 837, RootCause, "{}"));
    reply->inflectionStep = 3;
    return reply;
}

/// Steps of a long run: its offsets change from milliseconds to seconds.
std::shared_ptr<const domain::TimelineReply> slowStory()
{
    auto reply = std::make_shared<domain::TimelineReply>();
    using enum domain::StepType;
    reply->events = {event(0, 0, Input, "{}"),
                     event(1, 9'500, ToolCall, "{}"),
                     event(20'003, 123'456, ToolCall, "{}")};
    return reply;
}

domain::RootCause cause()
{
    domain::RootCause made;
    made.kind = domain::GapKind::DataGap;
    made.causingStep = 1;
    made.analysis = "The application sent auto_renew as null. It was stopped.";
    return made;
}

} // namespace

class TimelineTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(nullptr); }
    void cleanupTestCase() { m_theme.reset(); }

    void tellsPresentNullAndAbsentApart()
    {
        const auto facts = factsOf(story()->events[1]);
        QCOMPARE(facts.size(), std::size_t{3});
        QCOMPARE(facts[0].value, QStringLiteral("\"Business\""));
        QCOMPARE(facts[1].state, FactState::Null);
        QCOMPARE(facts[2].state, FactState::Absent);
        QVERIFY(stateWord(FactState::Null) != stateWord(FactState::Absent));
    }

    void headlineNamesGapStepPolicyAndByte()
    {
        domain::Incident incident;
        incident.rootCause = cause();
        const auto headline = headlineOf(incident, story().get());
        QCOMPARE(headline.sentence, QStringLiteral("The application sent auto_renew as null."));
        QCOMPARE(headline.detail,
                 QStringLiteral(u"Data gap at step 1. Step 3 decided: \u2066CONTENT_ACCURACY\u2069 "
                                "\u2066BLOCK\u2069 at byte 212."));
        incident.rootCause.reset();
        QVERIFY(!headlineOf(incident, nullptr).hasCause);
    }

    void headlineSaysWhatWasReleasedAndNotWhatArrived()
    {
        domain::Incident incident;
        incident.rootCause = cause();
        incident.callId = CallId::generate();
        auto reply = *story();
        for (auto& one : reply.events) {
            one.callId = incident.callId;
        }
        const QString whole = headlineOf(incident, &reply).detail;
        QVERIFY2(whole.endsWith(QStringLiteral(" 180 bytes were released. 61 were withheld.")),
                 qPrintable(whole));
        reply.events[4].data.as_object()["recovered"] = true;
        const QString most = headlineOf(incident, &reply).detail;
        QVERIFY2(most.contains(QStringLiteral("At most 180 bytes were released")),
                 qPrintable(most));
    }

    /// Tool calls alone: what went out are bytes of the stream, and no text of it.
    void anAnswerWithoutTextSaysSoEverywhere()
    {
        domain::Incident incident;
        incident.rootCause = cause();
        incident.callId = CallId::generate();
        auto reply = std::make_shared<domain::TimelineReply>(*story());
        reply->events[4].data = json(R"({"texts":[],"released_bytes":774,"withheld_bytes":0})");
        reply->events.push_back(
            ui::event(6, 830, domain::StepType::ToolCall, R"({"name":"lookup","released":true})"));
        reply->events.push_back(
            ui::event(7, 830, domain::StepType::ToolCall, R"({"name":"pay","released":false})"));
        for (auto& one : reply->events) {
            one.callId = incident.callId;
        }
        QVERIFY(answerBytesOf(reply->events[4]).isWire);
        QCOMPARE(toolsOf(*reply, incident.callId), QStringLiteral("lookup, pay (withheld)"));
        QCOMPARE(toolsOf(*reply, CallId::generate()), QString());
        const QString said = headlineOf(incident, reply.get()).detail;
        QVERIFY2(said.endsWith(QStringLiteral(" No text is recorded of the answer. The answer was "
                                              "released whole, 774 bytes.")),
                 qPrintable(said));
        TimelineModel model;
        model.setReply(reply, cause());
        const QString spoken = model.index(4, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.contains(QStringLiteral("No text recorded: 774 B released.")),
                 qPrintable(spoken));
        reply->events[4].data = json(
            R"({"texts":[{"channel":"choices/0/content","released":"Hi","released_bytes":2}],)"
            R"("released_bytes":774})");
        QVERIFY(!answerBytesOf(reply->events[4]).isWire);
    }

    void whatACallCostIsInTheTimelinesCurrency()
    {
        auto reply = std::make_shared<domain::TimelineReply>(*story());
        reply->currency = "EUR";
        reply->events[2].data.as_object()["cost_microcents"] = 230'000;
        TimelineModel model;
        model.setReply(reply, cause());
        const QString spoken = model.index(2, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.contains(QStringLiteral("cost EUR\u00a00.0023")), qPrintable(spoken));
    }

    void twinHoldsEveryEventButTheFindingItself()
    {
        TimelineModel model;
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setReply(story(), cause());
        QCOMPARE(model.rowCount(), 5);
        QVERIFY(model.index(1, 0).data(kIsRootCauseRole).toBool());
        const QString spoken = model.index(3, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(spoken.contains(QStringLiteral("BLOCK"))
                     && spoken.contains(QStringLiteral("inflection")),
                 qPrintable(spoken));
    }

    void bucketsCountAndKeepTheWorst()
    {
        TimelineData data;
        for (int i = 0; i < 1'000; ++i) {
            TimelineItem item;
            item.atUs = i;
            item.mark = i == 700 ? Mark::Block : Mark::Pass;
            data.add(Lane::Policy, item);
        }
        data.finish();
        const auto all = data.bucket(Lane::Policy, 3, 997);
        QCOMPARE(all.count, std::size_t{994});
        QCOMPARE(all.worst, Mark::Block);
        QCOMPARE(data.bucket(Lane::Policy, 0, 700).worst, Mark::Pass);
        QCOMPARE(data.bucket(Lane::Policy, 700, 701).worst, Mark::Block);
    }

    void zoomKeepsWhatIsUnderTheCursor()
    {
        TimelineView view;
        view.setWidth(100, 900);
        view.setDuration(1'000'000);
        const double before = view.usAt(400);
        view.zoomAt(400, 0.2);
        QVERIFY(qAbs(view.usAt(400) - before) < 1.0);
        view.zoomAt(400, 1e9);
        QCOMPARE(view.fromUs(), view.least());
        view.zoomAt(400, 1e-12);
        QVERIFY(view.toUs() - view.fromUs() >= 10);
        view.pan(1e9);
        QVERIFY(view.toUs() <= view.most() + 1);
    }

    void nobodyMovesWhereThereIsNoMore()
    {
        const auto reply = story();
        int refused = 0;
        for (int width = 500; width < 540; ++width) {
            TimelineWidget widget(nullptr);
            widget.resize(width, widget.sizeHint().height());
            widget.setData(TimelineData::of(*reply, cause()), reply, cause());
            const QSignalSpy moves(&widget, &TimelineWidget::moving);
            widget.zoom(1.25);
            widget.zoom(1.25);
            widget.pan(-1);
            QCOMPARE(moves.size(), 0);
            widget.zoom(0.8);
            refused += static_cast<int>(moves.size());
        }
        QVERIFY2(refused == 40, "the ways inwards are moves");
    }

    void theWordOfTheInflectionIsDroppedBeforeItIsCut()
    {
        auto reply = std::make_shared<domain::TimelineReply>(*story());
        auto warned = ui::event(3, 784, domain::StepType::Policy, "{}");
        warned.policy = "BUDGET";
        warned.result = domain::DecisionResult::Warn; // It is never covered.
        reply->events.insert(reply->events.begin() + 3, warned);
        reply->inflectionStep.reset();
        reply->events.at(4).isInflection = true;
        TimelineWidget widget(nullptr);
        widget.resize(500, widget.sizeHint().height());
        widget.setData(TimelineData::of(*reply, std::nullopt), reply, std::nullopt);
        widget.showRange(0, 870'000);
        const QImage picture = widget.grab().toImage();
        const int lane = scaled(28 + 24) + 2 * scaled(28);
        const QRect edge(picture.width() - 3, lane + 4, 2, scaled(28) - 8);
        const QRgb base = picture.pixel(edge.topLeft());
        bool isInked = false;
        for (int y = edge.top(); y <= edge.bottom(); ++y) {
            for (int x = edge.left(); x <= edge.right(); ++x) {
                isInked = isInked || picture.pixel(x, y) != base;
            }
        }
        QVERIFY2(!isInked, "a shred of a word says nothing");
    }

    void clickOnAMarkChoosesItsEvent()
    {
        TimelineWidget widget(nullptr);
        widget.resize(1'200, widget.sizeHint().height());
        const auto reply = story();
        test::WatchedApplication::deliver(QStringLiteral("run"), [&] {
            widget.setData(TimelineData::of(*reply, cause()), reply, cause());
        });
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget)); // Painted, by events that are timed.
        QSignalSpy chosen(&widget, &TimelineWidget::eventChosen);
        const int x = static_cast<int>(widget.view().xOf(788'000));
        const int y
            = widget.height() - 3 * widget.height() / 8; // The policy lane is the third of six.
        for (int at = y - 60; at < widget.height() && chosen.isEmpty(); at += 8) {
            QTest::mouseClick(&widget, Qt::LeftButton, {}, QPoint(x, at));
        }
        QVERIFY(!chosen.isEmpty());
        widget.setSelected(3);
        QVERIFY(!widget.grab().isNull());
    }

    void theRightButtonChoosesWhatItsMenuIsOf()
    {
        TimelineWidget widget(nullptr);
        widget.resize(900, widget.sizeHint().height());
        widget.setData(TimelineData::of(*story(), cause()), story(), cause());
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget));
        widget.setSelected(0);
        QSignalSpy chosen(&widget, &TimelineWidget::eventChosen);
        const int policies = scaled(28 + 24) + 2 * scaled(28) + scaled(14); // The third lane.
        const QPoint at(static_cast<int>(widget.view().xOf(788'000)), policies);
        QTest::mouseClick(&widget, Qt::RightButton, {}, at);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.first().first().toUInt(), 3U);
    }

    void aCardKeepsTheUnitOfItsTime()
    {
        TimelineModel model(nullptr);
        model.setReply(slowStory(), {});
        const int width = CardDelegate().sizeHint({}, model.index(0, 0)).width() - scaled(26);
        QVERIFY2(cardHead(model, 1, width).offset.endsWith(QStringLiteral(" ms")),
                 qPrintable(cardHead(model, 1, width).offset));
        QVERIFY(cardHead(model, 1, width).step.startsWith(QStringLiteral("1 ")));
        const auto last = cardHead(model, 2, width);
        QVERIFY2(last.offset.endsWith(QStringLiteral(" s")), qPrintable(last.offset));
        const int needed = QFontMetrics(typeFont(TypeRole::Label)).horizontalAdvance(last.step)
            + QFontMetrics(typeFont(TypeRole::Caption)).horizontalAdvance(last.offset);
        QVERIFY2(needed <= width, "one does not run into the other");
    }

private:
    std::unique_ptr<Theme> m_theme;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::TimelineTest)
#include "timeline_test.moc"
