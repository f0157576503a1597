// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/stall_monitor.h"
#include "ui/actions/action_registry.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/fuzzy.h"
#include "ui/actions/shortcuts_dialog.h"
#include "ui/theme/theme.h"

#include <QKeySequenceEdit>
#include <QLabel>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QSet>
#include <QSettings>
#include <QStandardPaths>
#include <QTableWidget>
#include <QTest>

#include <algorithm>

namespace exhibit::ui {

class ActionTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("ExhibitTest"));
        m_theme = std::make_unique<Theme>(nullptr);
    }
    void init() { QSettings().remove(QStringLiteral("shortcuts")); }
    void cleanupTestCase()
    {
        init();
        m_theme.reset();
    }

    void idsAreUnique()
    {
        QSet<QString> ids;
        for (const auto& spec : actionTable()) {
            QVERIFY2(!ids.contains(QString::fromLatin1(spec.id)), spec.id);
            ids << QString::fromLatin1(spec.id);
        }
    }

    void noTwoActionsOfOnePlaceShareAKey()
    {
        QMainWindow window;
        ActionRegistry registry(&window);
        for (QAction* action : registry.all()) {
            for (const auto& keys : action->shortcuts()) {
                const QAction* taken = ShortcutsDialog::conflict(registry, action, keys);
                QVERIFY2(taken == nullptr,
                         qPrintable(action->objectName() + QLatin1Char(' ') + keys.toString()));
            }
        }
    }

    void everyActionStandsInAMenu()
    {
        QMainWindow window;
        ActionRegistry registry(&window);
        registry.fillMenuBar(window.menuBar());
        QSet<QAction*> reachable;
        for (QAction* entry : window.menuBar()->actions()) {
            for (QAction* action : entry->menu()->actions()) {
                reachable << action;
            }
        }
        for (QAction* action : registry.all()) {
            QVERIFY2(reachable.contains(action), qPrintable(action->objectName()));
        }
    }

    void whatNobodyHandlesIsOffAndNotInThePalette()
    {
        QMainWindow window;
        ActionRegistry registry(&window);
        QVERIFY(!registry.trigger(u"edit.copy_id"));
        int runs = 0;
        registry.handle(u"search.refresh", &window, [&runs] { ++runs; });
        auto* palette = new CommandPalette(registry, {}, CommandPalette::Scope::Actions, &window);
        QCOMPARE(palette->visibleTexts().last(), QStringLiteral("Search again"));
        palette->setText(QStringLiteral("agn"));
        QVERIFY(palette->visibleTexts().contains(QStringLiteral("Search again")));
        palette->setText(QStringLiteral("zzz"));
        QVERIFY(palette->visibleTexts().isEmpty());
        QVERIFY(registry.trigger(u"search.refresh"));
        QCOMPARE(runs, 1);
    }

    void fuzzyMatchPrefersWholeWords()
    {
        const auto word
            = fuzzyMatch(QStringLiteral("expl"), QStringLiteral("Explain this instant"));
        const auto spread
            = fuzzyMatch(QStringLiteral("expl"), QStringLiteral("Export as plain list"));
        QVERIFY(word && spread);
        QVERIFY(word->score > spread->score);
        QCOMPARE(word->positions, (QList<int>{0, 1, 2, 3}));
        QVERIFY(!fuzzyMatch(QStringLiteral("xyz"), QStringLiteral("Explain")));
    }

    void aChangedKeyLeavesTheOthersAndReachesEveryWindow()
    {
        QMainWindow window;
        QMainWindow other;
        ActionRegistry registry(&window);
        ActionRegistry there(&other);
        ShortcutsDialog dialog(registry, Context::Timeline, &window);
        dialog.show();
        const QKeySequence plus(Qt::Key_Plus);
        type(dialog, "timeline.zoom_in", "keys.change", Qt::Key_Y);
        const QList<QKeySequence> expected{QKeySequence(Qt::Key_Y), plus};
        QTRY_COMPARE(registry.action(u"timeline.zoom_in")->shortcuts(), expected);
        QCOMPARE(there.action(u"timeline.zoom_in")->shortcuts(), expected);
        const ActionRegistry later(&window);
        QCOMPARE(later.action(u"timeline.zoom_in")->shortcuts(), expected);
        const ActionRegistry safe(&window, false);
        QCOMPARE(safe.action(u"timeline.zoom_in")->shortcuts().first(), QKeySequence(Qt::Key_W));
        type(dialog, "timeline.zoom_in", "keys.add", Qt::Key_U);
        QTRY_COMPARE(there.action(u"timeline.zoom_in")->shortcuts(),
                     expected + QList<QKeySequence>{QKeySequence(Qt::Key_U)});
        press(dialog, "timeline.zoom_in", "keys.remove");
        QVERIFY(there.action(u"timeline.zoom_in")->shortcuts().isEmpty());
        press(dialog, "timeline.zoom_in", "keys.reset");
        QCOMPARE(there.action(u"timeline.zoom_in")->shortcuts(),
                 (QList<QKeySequence>{QKeySequence(Qt::Key_W), plus}));
    }

    void aKeyThatAnotherHasIsRefusedAndNamed()
    {
        QMainWindow window;
        ActionRegistry registry(&window);
        ShortcutsDialog dialog(registry, Context::Timeline, &window);
        dialog.show();
        type(dialog, "timeline.zoom_in", "keys.change", Qt::Key_M);
        const auto says = [&dialog](const QString& text) {
            const auto labels = dialog.findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&text](const QLabel* label) {
                return label->text().contains(text);
            });
        };
        QTRY_VERIFY(says(QStringLiteral("taken by “Measure”")));
        QCOMPARE(registry.action(u"timeline.zoom_in")->shortcut(), QKeySequence(Qt::Key_W));
        // Its own key was given away: the default is refused until the other one lets go of it.
        type(dialog, "timeline.zoom_in", "keys.change", Qt::Key_Y);
        QTRY_COMPARE(registry.action(u"timeline.zoom_in")->shortcut(), QKeySequence(Qt::Key_Y));
        type(dialog, "timeline.measure", "keys.change", Qt::Key_W);
        QTRY_COMPARE(registry.action(u"timeline.measure")->shortcut(), QKeySequence(Qt::Key_W));
        press(dialog, "timeline.zoom_in", "keys.reset");
        QVERIFY(says(QStringLiteral("taken by “Measure”")));
        QCOMPARE(registry.action(u"timeline.zoom_in")->shortcut(), QKeySequence(Qt::Key_Y));
        press(dialog, "timeline.zoom_in", "keys.reset_all");
        QCOMPARE(registry.action(u"timeline.zoom_in")->shortcut(), QKeySequence(Qt::Key_W));
        QCOMPARE(registry.action(u"timeline.measure")->shortcut(), QKeySequence(Qt::Key_M));
    }

    void aNewDefaultLeavesAnothersOwnKey()
    {
        // As chosen before a version gave the same keys to other actions.
        QSettings().setValue(QStringLiteral("shortcuts/timeline.measure"), QStringLiteral("W"));
        QMainWindow window;
        ActionRegistry registry(&window);
        QCOMPARE(registry.action(u"timeline.measure")->shortcut(), QKeySequence(Qt::Key_W));
        const QList<QKeySequence> plus{QKeySequence(Qt::Key_Plus)};
        QCOMPARE(registry.action(u"timeline.zoom_in")->shortcuts(), plus);
        ShortcutsDialog dialog(registry, Context::Timeline, &window);
        press(dialog, "timeline.measure", "keys.reset");
        const QList<QKeySequence> both{QKeySequence(Qt::Key_W), QKeySequence(Qt::Key_Plus)};
        QCOMPARE(registry.action(u"timeline.zoom_in")->shortcuts(), both);
    }

private:
    static void press(ShortcutsDialog& dialog, const char* action, const char* button)
    {
        auto* table = dialog.findChild<QTableWidget*>();
        for (int row = 0; row < table->rowCount(); ++row) {
            if (table->item(row, 0)->data(Qt::UserRole).toString() == QLatin1String(action)) {
                table->setCurrentCell(row, 1);
            }
        }
        dialog.findChild<QPushButton*>(QString::fromLatin1(button))->click();
    }
    static void type(ShortcutsDialog& dialog, const char* action, const char* button, Qt::Key key)
    {
        press(dialog, action, button);
        QKeySequenceEdit* field = nullptr; // The last one: those before are being deleted.
        for (auto* one : dialog.findChildren<QKeySequenceEdit*>()) {
            field = one;
        }
        QVERIFY(field != nullptr);
        QTest::keyClick(field, key);
    }

    std::unique_ptr<Theme> m_theme;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::ActionTableTest)
#include "action_table_test.moc"
