// SPDX-License-Identifier: Apache-2.0
// Tags that are given to incidents of a real server and taken away again.
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"

#include <QCompleter>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using Tags = std::vector<std::string>;

} // namespace

class TagsTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"tags"_s); }
    void cleanupTestCase() { stopConsole(); }
    void init()
    {
        find({});
        selectRows(1);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
    }
    void cleanup()
    {
        while (window().services().undo->canUndo()) {
            window().services().undo->undo();
        }
        QTRY_VERIFY_WITH_TIMEOUT(tags().empty(), kPatience);
        window().services().undo->clear();
    }

    void aTagIsRemovedAndUndoBringsItBack()
    {
        selectRows(3);
        tag(u"batch"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 3, kPatience);
        QVERIFY(test::trigger(window(), u"case.untag"));
        auto* menu = window().findChild<QMenu*>(u"untag.menu"_s);
        QVERIFY(menu != nullptr);
        QCOMPARE(menu->actions().front()->text(), u"batch (of 3)"_s);
        menu->actions().front()->trigger();
        delete menu;
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 0, kPatience);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 3, kPatience);
        QVERIFY(test::trigger(window(), u"edit.redo"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("batch"), 0, kPatience);
        selectRows(1);
        results().bar().clear();
        QVERIFY(test::trigger(window(), u"case.untag"));
        QVERIFY2(results().bar().text().contains(u"no tag"_s), qPrintable(results().bar().text()));
    }

    void aBookmarkIsATagThatOneKeyGivesAndTakes()
    {
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"bookmark"}, kPatience);
        find(u"tag:bookmark"_s);
        QTRY_COMPARE_WITH_TIMEOUT(rows().rowCount(), 1, kPatience);
        find({});
        selectRows(3); // One of them has it: now all do.
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("bookmark"), 3, kPatience);
        QVERIFY(test::trigger(window(), u"case.bookmark"));
        QTRY_COMPARE_WITH_TIMEOUT(rowsWithTag("bookmark"), 0, kPatience);
        QVERIFY(window().services().undo->undoText().startsWith(u"removing tag"_s));
        selectRows(1);
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
    }

    void theTagsOfARecordAreRemovedWhereTheyStand()
    {
        tag(u"a & b"_s);
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"a & b"}, kPatience);
        auto* line = window().findChild<QLabel*>(u"record.tags"_s);
        Q_EMIT line->customContextMenuRequested({1, 1});
        auto* menu = window().pane(u"record"_s)->findChild<QMenu*>(u"record.menu"_s);
        QVERIFY(menu != nullptr);
        const auto actions = menu->actions();
        const auto remove = std::find_if(actions.begin(), actions.end(), [](const auto* one) {
            return one->text().startsWith(u"Remove tag"_s);
        });
        QVERIFY(remove != actions.end());
        (*remove)->trigger();
        delete menu;
        QTRY_VERIFY_WITH_TIMEOUT(tags().empty(), kPatience);
    }

    void theTagsOfOthersAreOffered()
    {
        tag(u"zebra crossing"_s);
        QTRY_COMPARE_WITH_TIMEOUT(tags(), Tags{"zebra crossing"}, kPatience);
        QVERIFY(window().services().actions->trigger(u"case.tag"));
        auto* dialog = window().findChild<QInputDialog*>(u"tag.dialog"_s);
        const auto* offered = dialog->findChild<QLineEdit*>()->completer();
        QVERIFY(offered != nullptr);
        QTest::keyClicks(dialog->findChild<QLineEdit*>(), u"ze"_s);
        QTRY_COMPARE_WITH_TIMEOUT(offered->currentCompletion(), u"zebra crossing"_s, kPatience);
        dialog->reject();
        delete dialog;
    }

private:
    ui::ResultsPane& results() { return *pane<ui::ResultsPane>(u"results"_s); }
    /// The first ones; the first is the current one.
    void selectRows(int count)
    {
        auto& view = results().view();
        view.selectRow(0);
        view.selectionModel()->select(
            QItemSelection(rows().index(0, 0), rows().index(count - 1, 0)),
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    int rowsWithTag(const std::string& tag)
    {
        int found = 0;
        for (int row = 0; row < rows().rowCount(); ++row) {
            const auto hit = rows().hit(row);
            found += hit && std::ranges::count(hit->incident.tags, tag) > 0 ? 1 : 0;
        }
        return found;
    }
    Tags tags() { return window().services().selection->hit()->incident.tags; }
    void tag(const QString& text)
    {
        QVERIFY(test::trigger(window(), u"case.tag"));
        auto* dialog = window().findChild<QInputDialog*>(u"tag.dialog"_s);
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(text);
        dialog->accept();
        delete dialog;
    }
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::TagsTest)
#include "tags_test.moc"
