// SPDX-License-Identifier: Apache-2.0
// How the console looks and reads, without a server: nothing is cut, also with words twice as long,
// right to left and at twice the scale, and what it says to those who cannot see it.
#include "app/console/console.h"
#include "models/base/json.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/explain_section.h"
#include "ui/search/search_controller.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/mark_row.h"
#include "ui/widgets/time_display.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QTranslator>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kButtonPadding = 8;

/// Every text at least twice as long as in English, with its placeholders.
class LongWords : public QTranslator {
public:
    [[nodiscard]] QString translate(const char*,
                                    const char* source,
                                    const char*,
                                    int) const override
    {
        const QString text = QString::fromUtf8(source);
        return text + QLatin1Char(' ') + QString(text.size(), QChar(0x00e4));
    }
    [[nodiscard]] bool isEmpty() const override { return false; }
};

QString clipped(const QWidget& window)
{
    QStringList found;
    for (const auto* widget : window.findChildren<QWidget*>()) {
        const bool ofQt = widget->inherits("QLineEditIconButton")
            || (widget->parentWidget() != nullptr && widget->parentWidget()->inherits("QTabBar"));
        if (!widget->isVisible() || widget->visibleRegion().isEmpty() || ofQt) {
            continue;
        }
        const auto* label = qobject_cast<const QLabel*>(widget);
        const bool text = label != nullptr && !label->wordWrap() && label->pixmap().isNull()
            && qobject_cast<const ui::ElidedLabel*>(widget) == nullptr
            && label->metaObject() == &QLabel::staticMetaObject;
        const bool button = qobject_cast<const QPushButton*>(widget) != nullptr
            || (qobject_cast<const QToolButton*>(widget) != nullptr);
        // Who set a least width cuts by itself, with an ellipsis; a button has its padding to give.
        const int spare = button ? kButtonPadding : 1;
        if ((text || button) && widget->minimumWidth() == 0
            && widget->width() < widget->minimumSizeHint().width() - spare) {
            found << QString::fromLatin1(widget->metaObject()->className()) + u" \""_s
                    + (label != nullptr ? label->text() : widget->accessibleName()) + u"\" "_s
                    + QString::number(widget->width()) + u" of "_s
                    + QString::number(widget->minimumSizeHint().width());
        }
    }
    return found.join(u"; "_s);
}

} // namespace

class LooksTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"looks"_s);
        ui::TimeDisplay::instance().setZone(QTimeZone::utc());
        open();
    }

    void cleanupTestCase() { m_console.reset(); }

    void nothingIsCutAtTheSizeOfTheDesign()
    {
        const QString cut = clipped(window());
        QVERIFY2(cut.isEmpty(), qPrintable(cut));
    }

    void fitsTheSmallestWindow()
    {
        window().resize(1024, 640);
        QTest::qWait(100);
        QCOMPARE(window().size(), QSize(1024, 640));
        QVERIFY2(!window().pane(u"facets"_s)->isVisible(), "facets close first");
        const QString cut = clipped(window());
        window().resize(1600, 1000);
        QTest::qWait(50);
        QVERIFY2(cut.isEmpty(), qPrintable(cut));
        QVERIFY(window().pane(u"facets"_s)->isVisible());
    }

    void whatANarrowWindowGaveUpComesBackAsItWas_data()
    {
        QTest::addColumn<QList<QSize>>("sizes");
        QTest::newRow("in one step") << QList<QSize>{{1024, 640}, {1600, 1000}};
        QTest::newRow("by its edge")
            << QList<QSize>{{1300, 900}, {1024, 700}, {1100, 640}, {1600, 1000}};
    }

    void whatANarrowWindowGaveUpComesBackAsItWas()
    {
        QFETCH(const QList<QSize>, sizes);
        reopen(); // As a window that was never narrow.
        const auto panes = {window().pane(u"facets"_s),
                            window().pane(u"results"_s),
                            window().pane(u"timeline"_s),
                            window().pane(u"record"_s)};
        QList<QRect> before;
        for (const auto* pane : panes) {
            before << pane->geometry();
        }
        for (const QSize& size : sizes) {
            window().resize(size);
            QTest::qWait(50);
        }
        QList<QRect> after;
        for (const auto* pane : panes) {
            after << pane->geometry();
        }
        QCOMPARE(after, before);
    }

    void everythingThatTakesTheFocusHasAName()
    {
        QStringList nameless;
        for (auto* widget : window().findChildren<QWidget*>()) {
            if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus)
                || widget->focusProxy() != nullptr) {
                continue;
            }
            const auto* one = QAccessible::queryAccessibleInterface(widget);
            if (one == nullptr || one->text(QAccessible::Name).trimmed().isEmpty()) {
                nameless << QString::fromLatin1(widget->metaObject()->className()) + u" in "_s
                        + QString::fromLatin1(widget->parentWidget()->metaObject()->className());
            }
        }
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(u", "_s)));
    }

    void theTimelineHasATwinThatIsRead()
    {
        auto* cards = window().findChild<QAbstractItemView*>(u"timeline.cards"_s);
        QVERIFY(cards != nullptr);
        auto* list = QAccessible::queryAccessibleInterface(cards);
        QCOMPARE(list->childCount(), 6);
        const QString cause = list->child(1)->text(QAccessible::Name);
        QVERIFY2(cause.contains(u"root cause"_s), qPrintable(cause));
        const QString inflection = list->child(4)->text(QAccessible::Name);
        QVERIFY2(inflection.contains(u"CONTENT_ACCURACY BLOCK inflection point"_s),
                 qPrintable(inflection));
    }

    void aShortTimelineKeepsItsTwinAndSaysWhatIsChosen()
    {
        auto* cards = window().findChild<QAbstractItemView*>(u"timeline.cards"_s);
        auto* timeline = window().findChild<ui::TimelineWidget*>();
        window().resizeDocks(
            {qobject_cast<QDockWidget*>(window().pane(u"timeline"_s))}, {1}, Qt::Vertical);
        QTRY_COMPARE(cards->height(), 0);
        QTRY_VERIFY2(cards->focusPolicy() == Qt::NoFocus, "no key goes to what nobody sees");
        auto* list = QAccessible::queryAccessibleInterface(cards);
        QVERIFY(!list->state().invisible);
        QCOMPARE(list->childCount(), 6);
        QVERIFY(!list->child(1)->text(QAccessible::Name).isEmpty());
        const QString before = timeline->accessibleDescription();
        QVERIFY(!before.isEmpty());
        QVERIFY(test::trigger(window(), u"timeline.previous"));
        QVERIFY(timeline->accessibleDescription() != before);
        reopen();
        cards = window().findChild<QAbstractItemView*>(u"timeline.cards"_s);
        QVERIFY(cards->height() > 0);
        QVERIFY(cards->focusPolicy() & Qt::TabFocus);
    }

    void aNarrowRecordWrapsItsDecision()
    {
        const auto rows = window().pane(u"record"_s)->findChildren<ui::MarkRow*>();
        QVERIFY(!rows.isEmpty());
        for (auto* row : rows) {
            QVERIFY2(row->heightForWidth(90) > row->heightForWidth(900), "the text goes below");
            QVERIFY(row->height() >= row->heightForWidth(row->width()));
        }
        window().resizeDocks(
            {qobject_cast<QDockWidget*>(window().pane(u"record"_s))}, {1}, Qt::Horizontal);
        QTest::qWait(50);
        for (auto* row : rows) {
            QVERIFY(row->height() >= row->heightForWidth(row->width()));
        }
        reopen();
    }

    void aNarrowLimitIsReadWhole()
    {
        domain::TimelineEvent decided;
        decided.type = domain::StepType::Policy;
        decided.result = domain::DecisionResult::Block;
        decided.data = parseJson(R"({"metric":"run.cost","used":49800,"limit":100000000})").value();
        ui::ExplainSection section(nullptr);
        section.show(decided, std::nullopt, "USD");
        section.resize(230, 400);
        static_cast<QWidget&>(section).show();
        for (auto* row : section.findChildren<QWidget*>()) {
            if (!row->accessibleName().contains(u" allowed, "_s)) {
                continue;
            }
            const auto lines = [row] {
                return row->fontMetrics()
                    .boundingRect(
                        QRect(0, 0, row->width(), 1000), Qt::TextWordWrap, row->accessibleName())
                    .height();
            };
            QTRY_VERIFY2(lines() > row->fontMetrics().height(), "it takes two lines");
            QTRY_VERIFY(row->height() >= lines());
            return;
        }
        QFAIL("no limit is shown");
    }

    void wordsTwiceAsLongAndRightToLeftStillFit()
    {
        m_console.reset();
        LongWords words;
        QVERIFY(QCoreApplication::installTranslator(&words));
        QApplication::setLayoutDirection(Qt::RightToLeft);
        open();
        const QString cut = clipped(window());
        QCOMPARE(window().pane(u"results"_s)->layoutDirection(), Qt::RightToLeft);
        QVERIFY2(window().pane(u"record"_s)->geometry().left()
                     < window().pane(u"results"_s)->geometry().left(),
                 "panes mirror");
        if (const QString folder = qEnvironmentVariable("EXHIBIT_PICTURES"); !folder.isEmpty()) {
            window().grab().save(folder + u"/long-rtl.png"_s);
        }
        m_console.reset();
        QApplication::setLayoutDirection(Qt::LeftToRight);
        QCoreApplication::removeTranslator(&words);
        open();
        QVERIFY2(cut.isEmpty(), qPrintable(cut));
    }

private:
    void reopen()
    {
        m_console.reset();
        open();
    }
    void open()
    {
        m_console = test::pictureConsole(u"light"_s);
        m_console->hub().setState(ui::ConnectionState::Connected);
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
        QTRY_VERIFY(!ui::SearchController::of(window().services()).histogram().counts.empty());
        QTest::qWait(100);
    }
    ui::MainWindow& window() { return m_console->window(); }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::LooksTest)
#include "looks_test.moc"
