// SPDX-License-Identifier: Apache-2.0
// Everything an investigator does without a mouse, on incidents that never change.
#include "models/query/fields.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/actions/command_palette.h"
#include "ui/actions/shortcuts_dialog.h"
#include "ui/detail/explain_section.h"
#include "ui/detail/figure_strip.h"
#include "ui/detail/record_pane.h"
#include "ui/search/query_bar.h"
#include "ui/search/query_field.h"
#include "ui/search/query_reference.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"
#include "ui/timeline/event_cards.h"
#include "ui/timeline/timeline_pane.h"
#include "ui/timeline/timeline_widget.h"
#include "ui/widgets/section.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QTest>
#include <QTreeView>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using namespace std::string_literals;

} // namespace

class FlowsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"flows"_s);
        m_console = test::pictureConsole();
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }

    void cleanupTestCase() { m_console.reset(); }

    void init()
    {
        window().activateWindow(); // Offscreen, a list that closes leaves no window active.
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        search().setQuery({});
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QTRY_VERIFY(window().services().selection->timeline() != nullptr);
    }

    void theRowsHaveTheFocusAndArrowsSelect()
    {
        auto& view = results().view();
        view.setFocus();
        view.selectRow(0);
        QTest::keyClick(&view, Qt::Key_Down);
        QTRY_COMPARE(window().services().selection->hit()->incident.policyId, "PROMPT_INJECTION"s);
        QTest::keyClick(&view, Qt::Key_Up);
        QTRY_COMPARE(window().services().selection->hit()->incident.policyId, "CONTENT_ACCURACY"s);
    }

    void aRecordNeverShowsTheRunOfAnotherIncident()
    {
        auto* record = window().pane(u"record"_s)->findChild<ui::RecordPane*>();
        QVERIFY(record != nullptr);
        QVERIFY(test::trigger(window(), u"timeline.inflection"));
        QCOMPARE(record->explain().text(u"Decision"_s), u"BLOCK"_s);
        auto* selection = window().services().selection;
        auto other = std::make_shared<domain::SearchHit>(*selection->hit());
        other->incident.incidentId = IncidentId::generate();
        selection->setIncident(other); // Its timeline is still to come.
        QVERIFY(record->explain().text(u"Decision"_s).isEmpty());
        for (const auto* section : record->findChildren<ui::Section*>()) {
            QVERIFY2(!section->isVisible(), qPrintable(section->objectName()));
        }
    }

    void aCellBecomesAFilterByKeys()
    {
        auto& view = results().view();
        view.setFocus();
        view.setCurrentIndex(search().results().index(0, 3)); // Its policy.
        QTest::keyClick(&view, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(search().text(), u"policy:CONTENT_ACCURACY"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        view.setCurrentIndex(search().results().index(0, 0)); // Its severity.
        QTest::keyClick(&view, Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(search().text(), u"policy:CONTENT_ACCURACY -severity:critical"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        view.setCurrentIndex(search().results().index(0, 0));
        QVERIFY(test::trigger(window(), u"search.copy_filter"));
        QCOMPARE(QGuiApplication::clipboard()->text(), u"severity:critical"_s);
        QTest::keyClick(&view, Qt::Key_Left, Qt::AltModifier);
        QTRY_COMPARE(search().text(), u"policy:CONTENT_ACCURACY"_s);
    }

    void completionOffersFieldsAndValuesThatExist()
    {
        QTRY_VERIFY(!search().facets().facets.empty());
        QVERIFY(test::trigger(window(), u"search.focus"));
        auto& field = qobject_cast<ui::QueryBar*>(window().pane(u"query"_s))->field();
        field.clear();
        QTest::keyClicks(&field, u"pol"_s);
        QVERIFY2(!field.completionTexts().filter(u"policy:"_s).isEmpty(),
                 qPrintable(field.completionTexts().join(u" | "_s)));
        QTest::keyClicks(&field, u"icy:PR"_s);
        QVERIFY2(!field.completionTexts().filter(u"PROMPT_INJECTION"_s).isEmpty(),
                 qPrintable(field.completionTexts().join(u" | "_s)));
        QTest::keyClick(&field, Qt::Key_Escape); // The list first, then the text.
        field.clear();
    }

    void theTimelineZoomsPansAndStepsByKeys()
    {
        auto& timeline = timelinePane().timeline();
        timeline.setFocus();
        const auto span = [&timeline] { return timeline.view().toUs() - timeline.view().fromUs(); };
        QTest::keyClick(&timeline, Qt::Key_F);
        const double whole = span();
        QTest::keyClick(&timeline, Qt::Key_W);
        QVERIFY(span() < whole);
        const double from = timeline.view().fromUs();
        QTest::keyClick(&timeline, Qt::Key_A);
        QVERIFY(timeline.view().fromUs() < from);
        QTest::keyClick(&timeline, Qt::Key_D);
        QTest::keyClick(&timeline, Qt::Key_S);
        QTest::keyClick(&timeline, Qt::Key_F);
        QCOMPARE(span(), whole);
        QTest::keyClick(&timeline, Qt::Key_I);
        QCOMPARE(event(), std::size_t{4});
        QTest::keyClick(&timeline, Qt::Key_C);
        QCOMPARE(event(), std::size_t{1});
        QTest::keyClick(&timeline, Qt::Key_Period);
        QCOMPARE(event(), std::size_t{2});
        QTest::keyClick(&timeline, Qt::Key_Right);
        QCOMPARE(event(), std::size_t{3});
        QTest::keyClick(&timeline, Qt::Key_Left);
        QTest::keyClick(&timeline, Qt::Key_Comma);
        QCOMPARE(event(), std::size_t{1});
        QTest::keyClick(&timeline, Qt::Key_M);
        QVERIFY(timeline.isMeasuring());
        QTest::keyClick(&timeline, Qt::Key_M);
        QVERIFY(!timeline.isMeasuring());
    }

    void thePaletteFindsAndRunsByKeys()
    {
        QVERIFY(test::trigger(window(), u"tools.palette"));
        auto* palette = window().findChild<ui::CommandPalette*>(u"palette"_s);
        QVERIFY(palette != nullptr);
        auto* field = palette->findChild<QLineEdit*>();
        QTest::keyClicks(field, u"high con"_s);
        QVERIFY(palette->visibleTexts().contains(u"High contrast"_s));
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_VERIFY(ui::Theme::instance().isHighContrast());
        QVERIFY(test::trigger(window(), u"view.theme_light"));
    }

    void everythingFindsRecordsAndSavedSearches()
    {
        search().memory().save({u"Unhedged claims"_s, {u"policy:CONTENT_ACCURACY"_s, {}}});
        QVERIFY(test::trigger(window(), u"tools.everything"));
        auto* palette = window().findChild<ui::CommandPalette*>(u"palette"_s);
        QVERIFY(palette != nullptr);
        auto* field = palette->findChild<QLineEdit*>();
        QTest::keyClicks(field, u"unhedged"_s);
        QCOMPARE(palette->visibleTexts().value(1), u"Unhedged claims"_s);
        QTest::keyClick(field, Qt::Key_Return);
        QTRY_COMPARE(search().text(), u"policy:CONTENT_ACCURACY"_s);
        search().memory().forget(u"Unhedged claims"_s);
        QVERIFY(search().memory().saved().isEmpty());
    }

    void aStatusIsOneStepThatNamesItselfAndCanBeUndone()
    {
        const auto status
            = [this] { return window().services().selection->hit()->incident.status; };
        results().view().setFocus();
        QTest::keyClick(&results().view(), Qt::Key_S, Qt::ShiftModifier);
        auto* menu = window().findChild<QMenu*>(u"status.menu"_s);
        QVERIFY(menu != nullptr);
        menu->actions().at(2)->trigger();
        menu->close();
        QTRY_COMPARE(status(), domain::IncidentStatus::Contained);
        QCOMPARE(window().actions().action(u"edit.undo")->text(), u"&Undo status Contained"_s);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE(status(), domain::IncidentStatus::Open);
        QVERIFY(test::trigger(window(), u"edit.redo"));
        QTRY_COMPARE(status(), domain::IncidentStatus::Contained);
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QTRY_COMPARE(status(), domain::IncidentStatus::Open);
    }

    void copiesHoldWhatIsShown()
    {
        QVERIFY(test::trigger(window(), u"edit.copy_markdown"));
        QTRY_VERIFY(QGuiApplication::clipboard()->text().contains(u"auto\\_renew"_s)
                    || QGuiApplication::clipboard()->text().contains(u"auto_renew"_s));
        QVERIFY(test::trigger(window(), u"edit.copy_curl"));
        QTRY_VERIFY(QGuiApplication::clipboard()->text().contains(u"$EXHIBIT_API_KEY"_s));
        QVERIFY(QGuiApplication::clipboard()->text().contains(
            u"'https://exhibit.example/gateway/v1/chat/completions'"_s));
        QVERIFY(QGuiApplication::clipboard()->text().contains(u"Is my contract auto-renewed?"_s));
    }

    void valuesOfACardAndOfTheRecordAreSomethingToFilterBy()
    {
        QVERIFY(test::trigger(window(), u"timeline.inflection"));
        auto* cards = timelinePane().findChild<ui::EventCards*>(u"timeline.cards"_s);
        QVERIFY(cards != nullptr);
        const auto card = cards->visualRect(cards->currentIndex()).center();
        Q_EMIT cards->customContextMenuRequested(card);
        choose(timelinePane(), u"timeline.menu"_s, u"policy:CONTENT_ACCURACY"_s, 0);
        QTRY_COMPARE(search().text(), u"policy:CONTENT_ACCURACY"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        auto* record = qobject_cast<ui::RecordPane*>(inDock(u"record"_s));
        auto* figures = record->findChild<ui::FigureStrip*>();
        Q_EMIT figures->customContextMenuRequested(figures->rect().center());
        const auto& incident = window().services().selection->hit()->incident;
        choose(*record, u"record.menu"_s, u"model:"_s + ui::toQt(incident.model), 1);
        QTRY_COMPARE(search().text(),
                     u"policy:CONTENT_ACCURACY -model:"_s + ui::toQt(incident.model));
    }

    void everyViewHasItsMenuByKeys()
    {
        test::trigger(window(), u"search.calls");
        auto* calls = inDock(u"calls"_s)->findChild<QTableView*>();
        QTRY_VERIFY(calls->model()->rowCount() > 0);
        auto* facets = inDock(u"facets"_s)->findChild<QTreeView*>();
        const auto heading = facets->model()->index(0, 0);
        facets->setCurrentIndex(facets->model()->index(0, 0, heading));
        calls->setCurrentIndex(calls->model()->index(0, 0));
        results().view().setCurrentIndex(results().view().model()->index(0, 0));
        test::trigger(window(), u"timeline.inflection");
        auto* cards = timelinePane().findChild<ui::EventCards*>();
        for (QWidget* view :
             QList<QWidget*>{calls, &results().view(), facets, &timelinePane().timeline(), cards}) {
            window().activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&window()));
            for (auto* at = view; at != nullptr; at = at->parentWidget()) {
                at->raise();
            }
            view->setFocus();
            QTest::keyClick(view, Qt::Key_F10, Qt::ShiftModifier);
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY2(menu != nullptr && !menu->isEmpty(), qPrintable(view->accessibleName()));
            QTest::keyClick(menu, Qt::Key_Escape);
        }
        window().pane(u"calls"_s)->hide();
    }

    void everyActionIsDoneBySomebody()
    {
        for (const auto& spec : ui::actionTable()) {
            QVERIFY2(window().actions().isHandled(QString::fromLatin1(spec.id)), spec.id);
        }
    }

    void theQueryReferenceSaysWhatTheLanguageTakes()
    {
        results().view().setFocus();
        QTest::keyClick(&results().view(), Qt::Key_F1);
        auto* reference = window().findChild<ui::QueryReference*>();
        QVERIFY(reference != nullptr && reference->isVisible());
        const QString text = ui::QueryReference::text();
        QStringList examples = ui::QueryReference::examples();
        for (const auto& field : query::kFields) {
            examples << ui::QueryReference::exampleOf(field);
            QVERIFY2(text.contains(ui::toQt(field.label).toHtmlEscaped()), field.name.data());
        }
        for (const QString& example : examples) {
            QVERIFY2(text.contains(example.toHtmlEscaped()), qPrintable(example));
            QVERIFY2(query::parse(ui::fromQt(example)), qPrintable(example));
        }
        reference->close();
        window().activateWindow();
    }

    void questionMarkListsTheKeys()
    {
        timelinePane().timeline().setFocus();
        QVERIFY(test::trigger(window(), u"help.keys"));
        auto* keys = window().findChild<ui::ShortcutsDialog*>();
        QVERIFY(keys != nullptr);
        keys->close();
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    QWidget* inDock(const QString& id)
    {
        return qobject_cast<QDockWidget*>(window().pane(id))->widget();
    }
    ui::ResultsPane& results() { return *qobject_cast<ui::ResultsPane*>(inDock(u"results"_s)); }
    ui::TimelinePane& timelinePane()
    {
        return *qobject_cast<ui::TimelinePane*>(inDock(u"timeline"_s));
    }
    /// Of the menu that a part of the window opened: one of the four ways of a value.
    static void choose(QWidget& part, const QString& menuName, const QString& value, int way)
    {
        auto* menu = part.findChild<QMenu*>(menuName);
        QVERIFY(menu != nullptr);
        QStringList offered;
        for (const auto* action : menu->actions()) {
            offered << action->text();
            if (action->text() == value) {
                action->menu()->actions().at(way)->trigger();
            }
        }
        delete menu;
        QVERIFY2(offered.contains(value), qPrintable(offered.join(u", "_s)));
    }
    std::size_t event() { return window().services().selection->event().value_or(99); }

    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::FlowsTest)
#include "flows_test.moc"
