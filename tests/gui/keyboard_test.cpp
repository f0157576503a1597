// SPDX-License-Identifier: Apache-2.0
// From the first page to a root cause without a mouse: keys go to whatever has the focus, nothing
// else is called.
#include "app/console/console.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/sample_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/record_pane.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/column_chooser.h"
#include "ui/windows/layouts_dialog.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDockWidget>
#include <QListWidget>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 15'000;
constexpr int kStopsMax = 40;

} // namespace

class KeyboardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"keyboard"_s);
        QVERIFY2(m_server.start(), "exhibit-demo --stay did not get ready");
        m_console = test::openSafeConsole();
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }
    void cleanupTestCase()
    {
        m_console.reset();
        m_server.stop();
    }

    void fromTheWelcomePageToARootCause()
    {
        QVERIFY(tabTo(u"Address"_s));
        type(m_server.url());
        QVERIFY(tabTo(u"API key"_s));
        type(QString::fromLatin1(m_server.key()));
        press(Qt::Key_Return);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience);

        press(Qt::Key_F, Qt::ControlModifier);
        type(u"policy:CONTENT_ACCURACY"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(search().total(), 1, kPatience);
        window().activateWindow(); // Offscreen, a list that closes leaves no window active.
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        const auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.timeline() != nullptr, kPatience);

        QVERIFY(cycleTo(u"timeline"_s));
        press(Qt::Key_I);
        QVERIFY(selection.event().has_value());
        const auto inflection = *selection.event();
        press(Qt::Key_Return); // Explains it.
        auto& explain = record().explain();
        QCOMPARE(explain.text(u"Decision"_s), u"BLOCK"_s);
        QVERIFY(explain.text(u"Reason"_s).contains(u"auto_renew"_s));
        press(Qt::Key_C);
        QVERIFY(*selection.event() < inflection);
        const auto& cause = selection.timeline()->events.at(*selection.event());
        QCOMPARE(cause.stepIndex, selection.hit()->incident.rootCause->causingStep);

        QVERIFY(cycleTo(u"record"_s));
        QVERIFY(record().isVisible());
        press(Qt::Key_F6); // And on: no pane keeps the focus for itself.
        QVERIFY(!isInside(u"record"_s));
    }

    /// Dialogs that stay open are no traps: keys lead in and out, and go on where they were.
    void columnsAndLayoutsByKeysAlone()
    {
        QVERIFY(cycleTo(u"results"_s));
        runFromPalette(u"choose columns"_s);
        auto* columns = window().findChild<ui::ColumnChooser*>();
        QVERIFY(columns != nullptr);
        QCOMPARE(columns->windowTitle(), u"Columns of incidents"_s);
        QTRY_VERIFY(columns->isAncestorOf(QApplication::focusWidget()));
        type(u"policy"_s);
        press(Qt::Key_Down);
        auto* item = columns->list().currentItem();
        const auto before = item->checkState();
        press(Qt::Key_Space);
        QVERIFY(item->checkState() != before);
        press(Qt::Key_Space);
        for (int stop = 0; stop < 2 * kStopsMax && focus()->objectName() != u"columns.reset"_s;
             ++stop) {
            press(Qt::Key_Tab);
        }
        QCOMPARE(focus()->objectName(), u"columns.reset"_s);
        press(Qt::Key_Escape);
        backInTheWindow();
        QVERIFY(isInside(u"results"_s));

        runFromPalette(u"manage layouts"_s);
        auto* layouts = window().findChild<ui::LayoutsDialog*>();
        QVERIFY(layouts != nullptr);
        QTRY_VERIFY(layouts->isAncestorOf(QApplication::focusWidget()));
        type(u"by keys"_s);
        press(Qt::Key_Return);
        QCOMPARE(window().layouts().names(), QStringList{u"by keys"_s});
        press(Qt::Key_Delete);
        QVERIFY(window().layouts().names().isEmpty());
        QTest::qWait(1); // What the bar offers is laid out.
        QVERIFY(tabTo(u"Undo"_s));
        press(Qt::Key_Space);
        QCOMPARE(window().layouts().names(), QStringList{u"by keys"_s});
        press(Qt::Key_Delete);
        QVERIFY(window().layouts().names().isEmpty());
        press(Qt::Key_Escape);
        backInTheWindow();
        press(Qt::Key_F6);
        QVERIFY2(!isInside(u"results"_s), "F6 goes on from there");
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::RecordPane& record()
    {
        return *qobject_cast<ui::RecordPane*>(
            qobject_cast<QDockWidget*>(window().pane(u"record"_s))->widget());
    }

    /// Where a person's keys go.
    static QWidget* focus()
    {
        QWidget* at = QApplication::focusWidget();
        return at != nullptr ? at : QApplication::activeWindow();
    }
    static void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(focus(), key, modifiers);
    }
    static void type(const QString& text) { QTest::keyClicks(focus(), text); }

    void runFromPalette(const QString& text)
    {
        press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        auto* palette = window().findChild<ui::CommandPalette*>();
        QVERIFY(palette != nullptr);
        QTRY_VERIFY(palette->isAncestorOf(QApplication::focusWidget()));
        type(text);
        press(Qt::Key_Return);
    }
    /// Offscreen, a dialog that closes leaves no window active.
    void backInTheWindow()
    {
        QTRY_VERIFY(window().findChild<ui::ColumnChooser*>() == nullptr
                    && window().findChild<ui::LayoutsDialog*>() == nullptr);
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }

    static bool tabTo(const QString& name)
    {
        for (int stop = 0; stop < kStopsMax; ++stop) {
            const auto* button = qobject_cast<const QAbstractButton*>(focus());
            if (focus()->accessibleName() == name
                || (button != nullptr && button->text() == name)) {
                return true;
            }
            press(Qt::Key_Tab);
        }
        return false;
    }
    bool isInside(const QString& pane)
    {
        return window().pane(pane)->isAncestorOf(QApplication::focusWidget());
    }
    bool cycleTo(const QString& pane)
    {
        for (int stop = 0; stop < kStopsMax; ++stop) {
            if (isInside(pane)) {
                return true;
            }
            press(Qt::Key_F6);
        }
        return false;
    }

    test::SampleServer m_server;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::KeyboardTest)
#include "keyboard_test.moc"
