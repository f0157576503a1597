// SPDX-License-Identifier: Apache-2.0
#include "ui/windows/trail.h"

#include <QTest>

namespace exhibit::ui {
namespace {

using namespace std::chrono_literals;

using Way = Trail<int>;

} // namespace

class TrailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void walksBackAndForward()
    {
        Way trail;
        QVERIFY(trail.isEmpty() && !trail.canGoBack() && !trail.canGoForward());
        trail.push(1);
        trail.push(2);
        QCOMPARE(trail.back(2), 1);
        QVERIFY(!trail.canGoBack());
        QCOMPARE(trail.forward(1), 2);
        QCOMPARE(trail.back(2), 1);
        trail.push(3);
        QVERIFY2(!trail.canGoForward(), "what was ahead is gone");
        QCOMPARE(trail.back(3), 1);
    }

    void aPlaceIsAsItWasLeft()
    {
        Way trail;
        trail.push(1);
        trail.begin(10, StepKind::Event, kStart); // 1 became 10 of itself.
        QCOMPARE(trail.back(2), 10);
        QCOMPARE(trail.forward(11), 2);
        QCOMPARE(trail.back(2), 11);
    }

    void whatIsPassedThroughIsOneStep()
    {
        Way trail;
        trail.push(1);
        for (int row = 1; row < 8; ++row) { // An arrow that is held: longer than a second in all.
            trail.begin(row, StepKind::Incident, kStart + row * 500ms);
        }
        QCOMPARE(trail.back(8), 1);
        QVERIFY(!trail.canGoBack());
        QCOMPARE(trail.forward(1), 8);
    }

    void whatStoodOrIsOfAnotherKindIsAStep()
    {
        Way trail;
        trail.push(1);
        trail.begin(1, StepKind::Incident, kStart);
        trail.begin(2, StepKind::Event, kStart + 1ms);
        trail.begin(3, StepKind::Event, kStart + 1ms + Way::kPassing);
        QCOMPARE(trail.back(4), 3);
        QCOMPARE(trail.back(3), 2);
        QCOMPARE(trail.back(2), 1);
    }

    void afterGoingBackTheNextChangeIsAStep()
    {
        Way trail;
        trail.push(1);
        trail.begin(1, StepKind::Stretch, kStart);
        QCOMPARE(trail.back(2), 1);
        trail.begin(1, StepKind::Stretch, kStart + 1ms);
        QVERIFY(!trail.canGoForward());
        QCOMPARE(trail.back(3), 1);
    }

    void theFirstPlacesOfALongWayAreForgotten()
    {
        Way trail;
        for (int place = 0; place <= Way::kPlacesMax; ++place) {
            trail.push(place);
        }
        int last = int(Way::kPlacesMax);
        while (trail.canGoBack()) {
            last = trail.back(last);
        }
        QCOMPARE(last, 1);
    }

private:
    static constexpr Way::Clock::time_point kStart{};
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::TrailTest)
#include "trail_test.moc"
