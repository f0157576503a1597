// SPDX-License-Identifier: Apache-2.0
// What a person arranges: columns and named layouts, by actions and by keys alone.
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/calls/calls_pane.h"
#include "ui/calls/calls_view.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/widgets/column_chooser.h"
#include "ui/widgets/message_bar.h"
#include "ui/windows/layouts_dialog.h"

#include <QApplication>
#include <QDockWidget>
#include <QHeaderView>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QTest>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

} // namespace

class ArrangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::useOwnSettings(u"arrange"_s); }
    void init()
    {
        QSettings().clear();
        start();
    }
    void cleanup() { m_console.reset(); }

    void theChooserStaysOpenAndColumnsFollowAtOnce()
    {
        auto& list = choose(u"search.columns"_s).list();
        const QStringList before = results().visibleColumns();
        const int first = sectionOf(list, 0);
        QVERIFY(!results().isColumnHidden(first));
        press(Qt::Key_Down); // From the search into the list.
        QCOMPARE(QApplication::focusWidget(), &list);
        press(Qt::Key_Space);
        QVERIFY(results().isColumnHidden(first));
        QVERIFY2(chooser()->isVisible(), "one tick is seldom the last");
        press(Qt::Key_Space);
        QCOMPARE(results().visibleColumns(), before);
        press(Qt::Key_Escape);
        QTRY_VERIFY(chooser() == nullptr);
    }

    void columnsAreMovedByKeysAndByTheMouse()
    {
        auto& list = choose(u"search.columns"_s).list();
        const QStringList before = results().visibleColumns();
        const int first = sectionOf(list, 0);
        press(Qt::Key_Down);
        press(Qt::Key_Down, Qt::AltModifier);
        QCOMPARE(header().visualIndex(first), 1);
        QVERIFY2(sectionOf(list, list.currentRow()) == first, "the column stays the current one");
        press(Qt::Key_Up, Qt::AltModifier);
        press(Qt::Key_Up, Qt::AltModifier); // There is nothing before the first.
        QCOMPARE(results().visibleColumns(), before);
        QVERIFY(list.model()->moveRow({}, 0, {}, 3)); // As a row that is dropped there.
        QCOMPARE(header().visualIndex(first), 2);
        header().moveSection(header().visualIndex(first), 0); // In the table itself.
        QCOMPARE(sectionOf(list, 0), first);
    }

    void typingFindsAColumn()
    {
        auto& list = choose(u"search.columns"_s).list();
        type(u"cost"_s);
        QCOMPARE(shownRows(list), QStringList{u"Cost"_s});
        auto* up = chooser()->findChild<QPushButton*>(u"columns.up"_s);
        QVERIFY2(!up->isEnabled(), "nobody sees what it would pass");
        const int cost = sectionOf(list, list.currentRow());
        const bool hidden = results().isColumnHidden(cost);
        const int place = header().visualIndex(cost);
        press(Qt::Key_Up, Qt::AltModifier);
        QCOMPARE(header().visualIndex(cost), place);
        press(Qt::Key_Down);
        press(Qt::Key_Space);
        QCOMPARE(results().isColumnHidden(cost), !hidden);
        press(Qt::Key_X); // Letters in the list go on with the search.
        QVERIFY(shownRows(list).isEmpty());
        QVERIFY(chooser()->findChild<QLineEdit*>()->hasFocus());
    }

    void oneColumnAlwaysStays()
    {
        auto& list = choose(u"search.columns"_s).list();
        for (int row = 0; row < list.count(); ++row) {
            list.item(row)->setCheckState(Qt::Unchecked);
        }
        QCOMPARE(results().visibleColumns().size(), 1);
        const auto current = results().currentIndex();
        QVERIFY(current.isValid());
        QVERIFY2(!results().isColumnHidden(current.column()), "keys go to a cell that is seen");
        chooser()->findChild<QPushButton*>(u"columns.reset"_s)->click();
        QVERIFY(results().visibleColumns().size() > 3);
        QCOMPARE(list.item(0)->checkState(), Qt::Checked);
    }

    void whatWasClosedOpensAgain()
    {
        choose(u"search.columns"_s).close(); // It goes later.
        QVERIFY(test::trigger(window(), u"search.columns"));
        const auto choosers = window().findChildren<ui::ColumnChooser*>();
        QVERIFY(std::any_of(
            choosers.begin(), choosers.end(), [](const auto* one) { return one->isVisible(); }));
        manage().close();
        QVERIFY(test::trigger(window(), u"window.layouts"));
        const auto dialogs = window().findChildren<ui::LayoutsDialog*>();
        QVERIFY(std::any_of(
            dialogs.begin(), dialogs.end(), [](const auto* one) { return one->isVisible(); }));
    }

    void eachListKeepsItsColumns()
    {
        {
            auto& list = choose(u"search.columns"_s).list();
            press(Qt::Key_Down);
            press(Qt::Key_Down, Qt::AltModifier);
            list.item(0)->setCheckState(Qt::Unchecked);
            chooser()->close();
        }
        const QStringList kept = results().visibleColumns();
        QTRY_VERIFY(chooser() == nullptr);
        QVERIFY(test::trigger(window(), u"search.calls"));
        const int hidden = [this] {
            auto& list = choose(u"search.call_columns"_s).list();
            list.item(2)->setCheckState(Qt::Unchecked);
            return sectionOf(list, 2);
        }();
        QVERIFY(calls().isColumnHidden(hidden));
        QCOMPARE(results().visibleColumns(), kept);
        m_console.reset();
        start();
        QCOMPARE(results().visibleColumns(), kept);
        QVERIFY(calls().isColumnHidden(hidden));
        choose(u"search.call_columns"_s);
        chooser()->findChild<QPushButton*>(u"columns.reset"_s)->click();
        QVERIFY(!calls().isColumnHidden(hidden));
        QCOMPARE(results().visibleColumns(), kept);
    }

    void layoutsAreSavedShownRenamedAndDeletedByKeys()
    {
        auto& dialog = manage();
        type(u" wide  one "_s);
        press(Qt::Key_Return);
        QCOMPARE(names(), QStringList{u"wide one"_s});
        QVERIFY(menuHas(u"Layout: wide one"_s));
        auto& list = *dialog.findChild<QListWidget*>();
        QCOMPARE(QApplication::focusWidget(), &list);
        window().pane(u"record"_s)->hide();
        press(Qt::Key_Return); // Shows it.
        QVERIFY(window().pane(u"record"_s)->isVisible());

        press(Qt::Key_F2);
        type(u"narrow/one & more"_s);
        press(Qt::Key_Return);
        QTRY_COMPARE(names(), QStringList{u"narrow/one & more"_s});
        QVERIFY2(bar().text().contains(u"narrow/one & more"_s), qPrintable(bar().text()));
        QTRY_COMPARE(list.count(), 1);
        QVERIFY(menuHas(u"Layout: narrow/one && more"_s));
        QVERIFY(window().layouts().restore(u"narrow/one & more"_s));

        list.setFocus();
        press(Qt::Key_Delete);
        QVERIFY(names().isEmpty());
        QVERIFY(!menuHas(u"Layout: narrow/one && more"_s));
        QVERIFY2(bar().text().contains(u"narrow/one & more"_s), "what is gone is named");
        undo();
        QCOMPARE(names(), QStringList{u"narrow/one & more"_s});
        QVERIFY(window().layouts().restore(u"narrow/one & more"_s));
        press(Qt::Key_Escape);
        QTRY_VERIFY(window().findChild<ui::LayoutsDialog*>() == nullptr);
    }

    void aLayoutThatIsReplacedComesBack()
    {
        QVERIFY(window().layouts().save(u"mine"_s));
        window().pane(u"record"_s)->hide();
        auto& dialog = manage();
        type(u"mine"_s);
        QCOMPARE(dialog.findChild<QPushButton*>(u"layouts.save"_s)->text(), u"&Replace"_s);
        press(Qt::Key_Return);
        QVERIFY(window().layouts().restore(u"mine"_s));
        QVERIFY(!window().pane(u"record"_s)->isVisible());
        undo();
        QVERIFY(window().layouts().restore(u"mine"_s));
        QVERIFY(window().pane(u"record"_s)->isVisible());
    }

    void aNameIsOfOneLayout()
    {
        QVERIFY(window().layouts().save(u"a"_s));
        QVERIFY(window().layouts().save(u"b"_s));
        auto& dialog = manage();
        auto& list = *dialog.findChild<QListWidget*>();
        list.item(0)->setText(u" b "_s);
        QTRY_COMPARE(list.item(0)->text(), u"a"_s);
        QVERIFY2(bar().text().contains(u"Another layout"_s), qPrintable(bar().text()));
        list.item(0)->setText(u"  "_s);
        QTRY_COMPARE(list.item(0)->text(), u"a"_s);
        QCOMPARE(names(), (QStringList{u"a"_s, u"b"_s}));
    }

    void layoutsHaveLimits()
    {
        auto& layouts = window().layouts();
        QVERIFY(!layouts.save(u" \n "_s));
        QVERIFY(layouts.save(QString(500, u'n')));
        QCOMPARE(layouts.names().first().size(), ui::Layouts::kNameMax);
        for (int i = 1; i < ui::Layouts::kLayoutsMax; ++i) {
            QVERIFY(layouts.save(QString::number(i)));
        }
        QVERIFY(!layouts.save(u"one more"_s));
        QVERIFY2(layouts.save(u"1"_s), "one that is there is replaced");
        auto& dialog = manage();
        type(u"one more"_s);
        press(Qt::Key_Return);
        QVERIFY2(bar().text().contains(u"50"_s), qPrintable(bar().text()));
        QVERIFY(dialog.isVisible());
    }

    void aPageHasNoLayouts()
    {
        QVERIFY(window().layouts().save(u"mine"_s));
        QVERIFY(test::trigger(window(), u"workspace.certificate"));
        for (const QStringView id :
             {u"window.layouts", u"window.save_layout", u"window.reset_layout"}) {
            QVERIFY(!window().actions().trigger(id));
        }
        QVERIFY(!window().pane(u"record"_s)->isVisible());
        QVERIFY(test::trigger(window(), u"workspace.investigate"));
        QVERIFY(window().pane(u"record"_s)->isVisible());
        auto& dialog = manage();
        const auto* save = dialog.findChild<QPushButton*>(u"layouts.save"_s);
        type(u"late"_s);
        QVERIFY(save->isEnabled());
        QVERIFY(test::trigger(window(), u"workspace.certificate")); // The dialog stays.
        QVERIFY(!save->isEnabled());
        QVERIFY(!dialog.findChild<QPushButton*>(u"layouts.show"_s)->isEnabled());
        QTest::keyClick(dialog.findChild<QLineEdit*>(u"layouts.name"_s), Qt::Key_Return);
        QCOMPARE(names(), QStringList{u"mine"_s});
        QVERIFY(test::trigger(window(), u"workspace.investigate"));
        QVERIFY(save->isEnabled());
    }

    void undoTouchesOneLayout()
    {
        QVERIFY(window().layouts().save(u"a"_s));
        QVERIFY(window().layouts().save(u"b"_s));
        auto& list = *manage().findChild<QListWidget*>();
        list.setFocus();
        list.setCurrentRow(0);
        press(Qt::Key_Delete);
        QVERIFY(window().layouts().save(u"c"_s)); // As in another window, meanwhile.
        window().layouts().remove(u"b"_s);
        undo();
        QCOMPARE(names(), (QStringList{u"a"_s, u"c"_s}));
        list.setCurrentRow(0);
        press(Qt::Key_Delete);
        window().pane(u"record"_s)->hide();
        QVERIFY(window().layouts().save(u"a"_s));
        undo();
        QVERIFY2(bar().text().contains(u"did not come back"_s), qPrintable(bar().text()));
        QVERIFY(window().layouts().restore(u"a"_s));
        QVERIFY2(!window().pane(u"record"_s)->isVisible(), "the newer one of that name stays");
    }

private:
    void start()
    {
        CommandLine options;
        options.newInstance = true;
        m_console = std::make_unique<Console>(options);
        m_console->openWindow();
        m_console->hub().setSource(std::make_shared<test::PictureSource>(),
                                   u"exhibit.example"_s,
                                   u"https://exhibit.example"_s);
        window().showHome(false);
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        auto& search = ui::SearchController::of(window().services());
        QTRY_COMPARE(search.state(), ui::SearchState::Done);
    }

    ui::MainWindow& window() { return m_console->window(); }
    template <class T>
    T& pane(const QString& id)
    {
        return *qobject_cast<T*>(qobject_cast<QDockWidget*>(window().pane(id))->widget());
    }
    ui::ResultsView& results() { return pane<ui::ResultsPane>(u"results"_s).view(); }
    QHeaderView& header() { return *results().horizontalHeader(); }
    ui::CallsView& calls() { return pane<ui::CallsPane>(u"calls"_s).view(); }

    ui::ColumnChooser* chooser() { return window().findChild<ui::ColumnChooser*>(); }
    ui::ColumnChooser& choose(const QString& action)
    {
        if (!test::trigger(window(), action) || chooser() == nullptr || !hasFocus(*chooser())) {
            qFatal("no columns to choose");
        }
        return *chooser();
    }
    static int sectionOf(const QListWidget& list, int row)
    {
        return list.item(row)->data(Qt::UserRole).toInt();
    }
    static QStringList shownRows(const QListWidget& list)
    {
        QStringList texts;
        for (int row = 0; row < list.count(); ++row) {
            if (!list.item(row)->isHidden()) {
                texts << list.item(row)->text();
            }
        }
        return texts;
    }

    ui::LayoutsDialog& manage()
    {
        auto* dialog = test::trigger(window(), u"window.layouts")
            ? window().findChild<ui::LayoutsDialog*>()
            : nullptr;
        if (dialog == nullptr || !hasFocus(*dialog)) {
            qFatal("no layouts to manage");
        }
        return *dialog;
    }
    ui::MessageBar& bar()
    {
        return *window().findChild<ui::LayoutsDialog*>()->findChild<ui::MessageBar*>();
    }
    void undo()
    {
        QPushButton* found = nullptr; // The last one: those before are being deleted.
        for (auto* button : bar().findChildren<QPushButton*>()) {
            found = button->text() == u"Undo"_s ? button : found;
        }
        QVERIFY2(found != nullptr, "there is no way back");
        found->click();
    }
    QStringList names() { return window().layouts().names(); }
    bool menuHas(const QString& text)
    {
        const auto items = window().actions().menu(ui::MenuId::Window)->actions();
        return std::any_of(items.begin(), items.end(), [&text](const QAction* item) {
            return item->text() == text;
        });
    }

    static bool hasFocus(QWidget& dialog)
    {
        return QTest::qWaitFor([&] { return dialog.isAncestorOf(QApplication::focusWidget()); });
    }
    /// To whatever has the focus, as a person's keys.
    static void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(QApplication::focusWidget(), key, modifiers);
    }
    static void type(const QString& text) { QTest::keyClicks(QApplication::focusWidget(), text); }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ArrangeTest)
#include "arrange_test.moc"
