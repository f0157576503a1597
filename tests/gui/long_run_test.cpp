// SPDX-License-Identifier: Apache-2.0
// Runs that are long: two million events in the painted timeline, and in the console as many as a
// server sends. What is done is delivered as events, so that each step is timed.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_source.h"
#include "tests/gui/stall_monitor.h"
#include "tests/ui/support/long_run.h"
#include "ui/text.h"
#include "ui/theme/theme.h"
#include "ui/timeline/event_cards.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/message_bar.h"

#include <QApplication>
#include <QDockWidget>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 30'000;
/// A tenth of it with sanitizers, which make the run itself too slow to write.
constexpr std::size_t kMillions = 2'000'000 / test::WatchedApplication::kSlower;
constexpr std::size_t kMillionsInflection = kMillions / 8 * 6 + 3;
constexpr std::size_t kSent = 20'000; ///< The most that a server sends of a run.
constexpr std::size_t kInflection = 15'003;

/// The incidents of pictures; the first that is asked for has a long run, made beforehand as a
/// client has it when it calls back.
class LongSource : public test::PictureSource {
public:
    LongSource()
    {
        const auto run = test::longRun(kSent, kInflection);
        m_reply = *run.reply;
        for (std::size_t i = 0; i < 6; ++i) { // The incidents' call.
            m_reply.events[kInflection / 6 * 6 + i].callId = CallId{};
        }
    }
    /// As of a run that is longer and left its course before.
    void takeFromTheMiddle()
    {
        m_reply.truncated = true;
        m_reply.stepCount = 3 * kSent;
        m_reply.inflectionStep = 7;
        for (std::size_t i = 0; i < 6; ++i) { // Its first call is counted as 0.
            m_reply.events[i].callId.reset();
        }
        for (auto& event : m_reply.events) {
            event.stepIndex += kSent;
            event.isInflection = false;
        }
    }

    domain::Question timeline(std::string id,
                              domain::AnswerTo<domain::TimelineReply> answer) override
    {
        return PictureSource::timeline(
            std::move(id), [this, answer](const domain::SourceResult<domain::TimelineReply>&) {
                answer(std::move(m_reply));
            });
    }

private:
    domain::TimelineReply m_reply;
};

} // namespace

class LongRunTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"long"_s); }

    void twoMillionEventsFollowTheHand()
    {
        const ui::Theme theme(nullptr);
        const auto run = test::longRun(kMillions, kMillionsInflection);
        ui::TimelineWidget widget(nullptr);
        widget.resize(1'200, widget.sizeHint().height());
        widget.setData(ui::TimelineData::of(*run.reply, run.cause), run.reply, run.cause);
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget));
        widget.setSelected(kMillionsInflection);
        settle();

        auto& view = widget.view();
        const QPointF at(view.xOf(kMillionsInflection * 500.0), widget.height() - 20.0);
        for (int turn = 0; turn < 60; ++turn) { // From the whole run down to its labels.
            wheel(widget, at, 120);
        }
        QVERIFY2(view.toUs() - view.fromUs() < 20'000, "labels and bars were on the way");
        for (int turn = 0; turn < 20; ++turn) {
            wheel(widget, at, 0, 120);
        }
        for (int turn = 0; turn < 30; ++turn) {
            wheel(widget, at, -120);
        }
        drag(widget, QPoint(300, 14), QPoint(900, 14)); // Through the overview.
        drag(widget, QPoint(300, 100), QPoint(700, 100)); // The playhead.

        const QSignalSpy chosen(&widget, &ui::TimelineWidget::eventChosen);
        connect(&widget, &ui::TimelineWidget::eventChosen, &widget, [&widget](quint32 event) {
            widget.setSelected(event);
        });
        for (int x = 120; x < 1'180; x += 53) {
            QTest::mouseClick(&widget, Qt::LeftButton, {}, QPoint(x, 120));
            settle();
        }
        QVERIFY(chosen.size() > 3);
        for (int step = 0; step < 30; ++step) { // What keys of the pane do.
            later(widget, [&widget, step] {
                step % 3 == 0 ? widget.fit() : step % 3 == 1 ? widget.zoom(0.001) : widget.pan(1);
            });
        }
    }

    void anAnswerStandsFromItsOwnCallOn()
    {
        const auto run = test::longRun(kMillions, kMillionsInflection);
        const auto data = ui::TimelineData::of(*run.reply, run.cause);
        constexpr std::uint32_t kAnswer = kMillions / 10 * 6 + 5;
        const auto answer = data.find(kAnswer);
        QVERIFY(answer.has_value());
        QCOMPARE(answer->first, ui::Lane::Output);
        const auto call = data.callBefore(*run.reply->events[kAnswer].callId, answer->second.atUs);
        QVERIFY(call.has_value());
        QCOMPARE(call->event, kAnswer - 3);
        QVERIFY(!data.callBefore(*run.reply->events[kAnswer].callId, call->atUs).has_value());
    }

    void theCardOfALateInflectionIsShown()
    {
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        auto& window = console.window();
        window.resize(1600, 1000);
        console.hub().setSource(std::make_shared<LongSource>(), u"long"_s, {});
        console.hub().setState(ui::ConnectionState::Connected);
        window.showHome(false);
        const auto& selection = *window.services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.timeline() != nullptr, kPatience);
        QCOMPARE(selection.timeline()->events.size(), kSent);
        auto& pane = *qobject_cast<ui::TimelinePane*>(
            qobject_cast<QDockWidget*>(window.pane(u"timeline"_s))->widget());
        auto* cards = pane.findChild<ui::EventCards*>();
        const auto isShown = [&](std::size_t event) {
            const auto row = pane.model().index(pane.model().rowOf(event), 0);
            return cards->currentIndex() == row
                && cards->viewport()->rect().intersects(cards->visualRect(row));
        };
        QTRY_VERIFY_WITH_TIMEOUT(isShown(kInflection), kPatience); // As a run is opened.

        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        pane.timeline().setFocus();
        press(Qt::Key_Period);
        QTRY_VERIFY(isShown(kInflection + 1));
        for (int turn = 0; turn < 20; ++turn) {
            wheel(*cards->viewport(), QPointF(100, 40), 1'200);
        }
        QVERIFY(!isShown(kInflection + 1));
        press(Qt::Key_I);
        QTRY_VERIFY(isShown(kInflection));
        for (const auto key : {Qt::Key_F, Qt::Key_W, Qt::Key_W, Qt::Key_D, Qt::Key_S, Qt::Key_A}) {
            press(key);
        }
        press(Qt::Key_C);
        QTRY_VERIFY(*selection.event() < kInflection);
        press(Qt::Key_Return); // Explains it.
        settle();
    }

    void ofALongerRunTheIncidentsOwnCallIsShown()
    {
        CommandLine options;
        options.safeMode = true;
        Console console(options);
        console.openWindow();
        const auto source = std::make_shared<LongSource>();
        source->takeFromTheMiddle();
        console.hub().setSource(source, u"long"_s, {});
        console.hub().setState(ui::ConnectionState::Connected);
        console.window().showHome(false);
        const auto& selection = *console.window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.timeline() != nullptr, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(*selection.event(), kInflection / 6 * 6, kPatience);
        const auto bars = console.window().pane(u"timeline"_s)->findChildren<ui::MessageBar*>();
        QVERIFY(std::any_of(bars.begin(), bars.end(), [](const ui::MessageBar* bar) {
            return bar->accessibleDescription().contains(ui::grouped(20'001) + u" to "_s
                                                         + ui::grouped(40'000) + u" of "_s
                                                         + ui::grouped(60'000));
        }));
    }

private:
    static void settle() { QCoreApplication::processEvents(); }
    static void press(Qt::Key key)
    {
        QTest::keyClick(QApplication::focusWidget(), key);
        settle();
    }
    static void later(QObject& receiver, std::function<void()> run)
    {
        QMetaObject::invokeMethod(&receiver, std::move(run), Qt::QueuedConnection);
        settle();
    }
    static void wheel(QWidget& widget, const QPointF& at, int turn, int sideways = 0)
    {
        QWheelEvent event(at,
                          widget.mapToGlobal(at),
                          {},
                          {sideways, turn},
                          Qt::NoButton,
                          Qt::NoModifier,
                          Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(&widget, &event);
        settle();
    }
    static void drag(QWidget& widget, const QPoint& from, const QPoint& to)
    {
        QTest::mousePress(&widget, Qt::LeftButton, {}, from);
        for (int step = 1; step <= 20; ++step) {
            QTest::mouseMove(&widget, from + (to - from) * step / 20);
            settle();
        }
        QTest::mouseRelease(&widget, Qt::LeftButton, {}, to);
        settle();
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::LongRunTest)
#include "long_run_test.moc"
