// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/stall_monitor.h"
#include "ui/actions/action_registry.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/fuzzy.h"
#include "ui/actions/shortcuts_dialog.h"
#include "ui/theme/theme.h"

#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QStandardPaths>
#include <QTest>

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
    void cleanupTestCase() { m_theme.reset(); }

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

private:
    std::unique_ptr<Theme> m_theme;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::ActionTableTest)
#include "action_table_test.moc"
