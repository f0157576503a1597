// SPDX-License-Identifier: Apache-2.0
// What a screen reader hears of the histogram.
#include "tests/gui/stall_monitor.h"
#include "ui/search/histogram_widget.h"
#include "ui/theme/theme.h"
#include "ui/widgets/time_display.h"

#include <QAccessible>
#include <QSignalSpy>
#include <QTest>

#include <memory>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

domain::HistogramReply hours()
{
    domain::HistogramReply bars;
    bars.barSeconds = 3600;
    bars.from = parseTime("2025-11-12T00:00:00Z").value();
    for (int bar = 0; bar < 120; ++bar) {
        bars.counts.push_back(bar);
    }
    return bars;
}

} // namespace

class HistogramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        TimeDisplay::instance().setZone(QTimeZone::utc());
        m_theme = std::make_unique<Theme>(nullptr);
    }
    void init()
    {
        m_histogram = std::make_unique<HistogramWidget>(nullptr);
        m_histogram->resize(800, 80);
        m_histogram->setBars(hours(), Counted::Yes);
        m_histogram->show();
        m_histogram->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_histogram.get()));
        m_histogram->setFocus();
    }
    void cleanup() { m_histogram.reset(); }
    void cleanupTestCase() { m_theme.reset(); }

    void eachBarIsAChildWithItsTimeAndCount()
    {
        const auto* all = QAccessible::queryAccessibleInterface(m_histogram.get());
        QCOMPARE(all->childCount(), 120);
        const auto* bar = all->child(42);
        QVERIFY(bar->isValid());
        QCOMPARE(bar->text(QAccessible::Name),
                 u"13 Nov 2025 18:00 to 13 Nov 2025 19:00, 42 incident(s), bar 43 of 120"_s);
        QCOMPARE(all->indexOfChild(bar), 42);
        QCOMPARE(all->childAt(bar->rect().center().x(), bar->rect().center().y()), bar);
        QVERIFY(all->child(120) == nullptr);
        auto fewer = hours();
        fewer.counts.resize(60);
        m_histogram->setBars(fewer, Counted::Yes);
        QVERIFY(bar->isValid());
        QVERIFY(QAccessible::queryAccessibleInterface(m_histogram.get())->childCount() == 60);
    }

    void aBarThatIsGoneIsNotRead()
    {
        const auto* bar = QAccessible::queryAccessibleInterface(m_histogram.get())->child(119);
        auto fewer = hours();
        fewer.counts.resize(60);
        m_histogram->setRange(fewer.from, std::nullopt);
        m_histogram->setBars(fewer, Counted::Yes);
        QVERIFY(!bar->isValid());
        QVERIFY(bar->text(QAccessible::Name).isEmpty() && bar->rect().isEmpty());
    }

    void arrowsReadTheBarAndShiftTheRange()
    {
        QTest::keyClick(m_histogram.get(), Qt::Key_Right);
        QVERIFY2(focused().endsWith(u"1 incident(s), bar 2 of 120"_s), qPrintable(focused()));
        const QSignalSpy grown(m_histogram.get(), &HistogramWidget::rangeGrows);
        QTest::keyClick(m_histogram.get(), Qt::Key_Right, Qt::ShiftModifier);
        QTest::keyClick(m_histogram.get(), Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(grown.size(), 2);
        QVERIFY2(grown.at(0).at(2).toBool() && !grown.at(1).at(2).toBool(), "one range that grows");
        const QString chosen = u"Chosen: 12 Nov 2025 01:00 to 12 Nov 2025 04:00, 6 incident(s)"_s;
        QVERIFY2(focused().endsWith(chosen), qPrintable(focused()));
        QVERIFY(m_histogram->accessibleDescription().startsWith(chosen));
        const auto* all = QAccessible::queryAccessibleInterface(m_histogram.get());
        QVERIFY(all->child(3)->state().selected && !all->child(4)->state().selected);
        QTest::keyClick(m_histogram.get(), Qt::Key_Escape);
        QVERIFY(!m_histogram->accessibleDescription().contains(u"Chosen"_s));
    }

    void aRangeStaysWhereItIsInTimeWhenOtherBarsCome()
    {
        const QSignalSpy chosen(m_histogram.get(), &HistogramWidget::rangeChosen);
        const QSignalSpy grown(m_histogram.get(), &HistogramWidget::rangeGrows);
        const auto at = [this](int bar) { return m_histogram->barRect(bar).center(); };
        QTest::mousePress(m_histogram.get(), Qt::LeftButton, {}, at(40));
        m_histogram->setBars(earlier(), Counted::Yes); // Bar 40 is bar 44 now.
        QTest::mouseMove(m_histogram.get(), at(46));
        QTest::mouseRelease(m_histogram.get(), Qt::LeftButton, {}, at(46));
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.at(0).at(0).value<UtcTime>(), hourOf(40));
        QCOMPARE(chosen.at(0).at(1).value<UtcTime>(), hourOf(43));

        m_histogram->setRange(std::nullopt, std::nullopt);
        m_histogram->setBars(hours(), Counted::Yes);
        const int cursor = m_histogram->cursorBar();
        QTest::keyClick(m_histogram.get(), Qt::Key_Right, Qt::ShiftModifier);
        m_histogram->setBars(earlier(), Counted::Yes);
        QTest::keyClick(m_histogram.get(), Qt::Key_Right, Qt::ShiftModifier);
        QCOMPARE(grown.size(), 2);
        QVERIFY2(grown.at(0).at(2).toBool(), "the range before is gone");
        QCOMPARE(grown.at(1).at(0).value<UtcTime>(), hourOf(cursor));
        QCOMPARE(grown.at(1).at(1).value<UtcTime>(), hourOf(cursor + 3));
    }

    void whatIsReadFollowsTheZone()
    {
        m_histogram->setRange(hourOf(1), hourOf(2));
        const QString before = m_histogram->accessibleDescription();
        TimeDisplay::instance().setZone(QTimeZone(3600));
        QVERIFY(m_histogram->accessibleDescription() != before);
        TimeDisplay::instance().setZone(QTimeZone::utc());
        QCOMPARE(m_histogram->accessibleDescription(), before);
    }

private:
    static UtcTime hourOf(int bar) { return hours().from + std::chrono::hours(bar); }
    /// The same, and four hours before them.
    static domain::HistogramReply earlier()
    {
        auto bars = hours();
        bars.from -= std::chrono::hours(4);
        bars.counts.insert(bars.counts.begin(), 4, 1);
        return bars;
    }

    /// What has the focus in the picture.
    QString focused()
    {
        const auto* bar = QAccessible::queryAccessibleInterface(m_histogram.get())->focusChild();
        return bar != nullptr && bar->state().focused ? bar->text(QAccessible::Name) : QString();
    }

    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<HistogramWidget> m_histogram;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::HistogramTest)
#include "histogram_test.moc"
