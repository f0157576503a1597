// SPDX-License-Identifier: Apache-2.0
// What one does between two searches: going back, copying, folding, looking at tags.
#include "tests/gui/own_settings.h"
#include "tests/gui/picture_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/itemmodels/incident_columns.h"
#include "ui/search/facets_pane.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/saved_searches.h"
#include "ui/search/search_controller.h"
#include "ui/text.h"
#include "ui/widgets/time_display.h"

#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QStatusBar>
#include <QTest>
#include <QTreeView>

#include <algorithm>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;
using namespace std::string_literals;

} // namespace

class StepsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"steps"_s);
        m_console = test::pictureConsole();
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

    void whatWasTypedIsAStepWhenItIsLeft()
    {
        const auto type = [this](const QString& text) {
            search().setText(text, false); // As the field does while somebody types.
            QTRY_COMPARE(search().shownRequest().query, ui::fromQt(text));
        };
        type(u"policy:PROMPT_INJECTION"_s);
        search().setQuery(query::withAdded(search().query(), query::Field::Severity, "high"));
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), u"policy:PROMPT_INJECTION"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), QString());
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        type(u"severity:critical"_s);
        QVERIFY2(test::trigger(window(), u"search.back"), "from what was just typed");
        QCOMPARE(search().text(), QString());
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        type(u"status:open"_s);
        QTRY_COMPARE(search().memory().past().first().query, u"status:open"_s);
    }

    void whatIsTypedOnTheWayIsNoStep()
    {
        search().setText(u"severity:hig"_s, false);
        QVERIFY2(search().error(), "there is no such severity");
        QVERIFY(search().shownRequest().query.value_or("").empty());
        search().setText(u"policy:P"_s, false);
        QTRY_COMPARE(search().shownRequest().query, "policy:P"s);
        search().setText(u"policy:PROMPT_INJECTION"_s, true);
        QTRY_COMPARE(search().shownRequest().query, "policy:PROMPT_INJECTION"s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(test::trigger(window(), u"search.back"));
        QCOMPARE(search().text(), QString());
    }

    void aCopiedCellIsWhole()
    {
        auto& view = results().view();
        view.setFocus();
        const auto copied = [&view](const char* id) {
            const auto columns = ui::incidentColumns();
            for (std::size_t i = 0; i < columns.size(); ++i) {
                if (QLatin1StringView(columns[i].id) == QLatin1StringView(id)) {
                    view.setColumnHidden(static_cast<int>(i), false);
                    view.setCurrentIndex(view.model()->index(0, static_cast<int>(i)));
                }
            }
            QTest::keySequence(&view, QKeySequence(QKeySequence::Copy));
            return QGuiApplication::clipboard()->text();
        };
        const auto& incident = search().results().hit(0)->incident;
        QCOMPARE(copied("id"), ui::toQt(incident.incidentId.text()));
        QCOMPARE(copied("time"), ui::TimeDisplay::instance().iso(incident.createdAt));
        QCOMPARE(copied("policy"), u"CONTENT_ACCURACY"_s);
        view.resetColumns();
    }

    void everyCellIsFilteredByOrSaysWhyNot()
    {
        auto& view = results().view();
        auto& rows = search().results();
        const auto at = [&](const char* id) {
            const auto columns = ui::incidentColumns();
            const auto column = std::find_if(columns.begin(), columns.end(), [id](const auto& one) {
                return std::string_view(one.id) == id;
            });
            const int section = static_cast<int>(column - columns.begin());
            view.setColumnHidden(section, false);
            view.setCurrentIndex(rows.index(0, section));
            window().statusBar()->clearMessage();
            window().actions().action(u"search.only_this")->trigger();
            return window().statusBar()->currentMessage();
        };
        const auto choices = [this] {
            QStringList texts;
            const std::unique_ptr<QMenu> menu(results().findChild<QMenu*>(u"filter.choice"_s));
            for (const auto* action : menu ? menu->actions() : QList<QAction*>()) {
                texts << action->text();
            }
            if (menu) {
                menu->actions().constFirst()->trigger();
            }
            return texts;
        };
        QVERIFY2(at("title").contains(u"no filter by what happened"_s), qPrintable(at("title")));
        QVERIFY(at("tags").contains(u"nothing to filter by in this cell"_s));
        QVERIFY(at("latency").isEmpty());
        QCOMPARE(choices(), (QStringList{u"Only latency:>=837ms"_s, u"Only latency:<=837ms"_s}));
        QCOMPARE(search().text(), u"latency:>=837ms"_s);
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        QVERIFY(at("time").isEmpty());
        QCOMPARE(choices().value(0),
                 u"Only after:2025-03-01T10:00:00Z before:2025-03-01T10:01:00Z"_s);
        QCOMPARE(search().text(),
                 u"latency:>=837ms after:2025-03-01T10:00:00Z before:2025-03-01T10:01:00Z"_s);
        view.resetColumns();
    }

    void aSearchOfANameIsReplacedOrForgottenUntilThatIsUndone()
    {
        const auto saved = [this] { return search().memory().saved(); };
        const auto save = [this](const QString& name) {
            QVERIFY(test::trigger(window(), u"search.save"));
            auto* dialog = window().findChild<QInputDialog*>(u"search.save.dialog"_s);
            QVERIFY(dialog != nullptr);
            dialog->setTextValue(name);
            m_said = dialog->okButtonText();
            dialog->accept();
            delete dialog;
        };
        save(u" PII / output "_s);
        QCOMPARE(m_said, u"&Save"_s);
        search().setQuery(query::parse("severity:high").value());
        QTRY_COMPARE(search().state(), ui::SearchState::Done);
        save(u"PII / output"_s);
        QCOMPARE(m_said, u"&Replace"_s);
        QCOMPARE(saved().size(), 1);
        QCOMPARE(saved().front().step.query, u"severity:high"_s);
        QVERIFY(window().actions().action(u"edit.undo")->text().contains(u"PII / output"_s));
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QCOMPARE(saved().front().step.query, QString());
        QMenu menu;
        auto* searches = window().findChild<ui::SavedSearches*>();
        searches->fill(menu);
        menu.actions().constLast()->menu()->actions().constLast()->trigger();
        QVERIFY(saved().isEmpty());
        QVERIFY(window().statusBar()->currentMessage().contains(u"Undo"_s));
        QVERIFY(test::trigger(window(), u"edit.undo"));
        QCOMPARE(saved().value(0).name, u"PII / output"_s);
        window().services().undo->clear();
        window().statusBar()->clearMessage();
        search().memory().forget(u"PII / output"_s);
    }

    void aFoldedFacetStaysFolded()
    {
        auto& view = qobject_cast<ui::FacetsPane*>(inDock(u"facets"_s))->view();
        QTRY_VERIFY(view.model()->rowCount() > 1);
        const auto heading = [&view] { return view.model()->index(1, 0); };
        const QString title = heading().data().toString();
        view.setFocus();
        view.setCurrentIndex(heading());
        QVERIFY(view.isExpanded(heading()));
        const QImage open = view.viewport()->grab(view.visualRect(heading())).toImage();
        QTest::keyClick(&view, Qt::Key_Left);
        QVERIFY(!view.isExpanded(heading()));
        QVERIFY2(view.viewport()->grab(view.visualRect(heading())).toImage() != open,
                 "its sign points to the side");
        search().search();
        QTRY_COMPARE(search().facetsCounted(), ui::Counted::Yes);
        QCOMPARE(heading().data().toString(), title);
        QVERIFY(!view.isExpanded(heading()));
        view.setCurrentIndex(heading());
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.isExpanded(heading()));
    }

    void theRecordShowsTheTagsOfItsIncident()
    {
        auto* tags = window().pane(u"record"_s)->findChild<QLabel*>(u"record.tags"_s);
        QVERIFY(tags != nullptr && !tags->isVisible());
        auto* selection = window().services().selection;
        auto tagged = std::make_shared<domain::SearchHit>(*selection->hit());
        tagged->incident.tags = {"seen by ada", "<b>"};
        selection->setIncident(tagged);
        QVERIFY(tags->isVisible());
        QCOMPARE(ui::withoutIsolates(tags->text()), u"Tags: seen by ada, <b>"_s);
    }

    void whatCannotBeCopiedSaysSo()
    {
        auto* selection = window().services().selection;
        auto other = std::make_shared<domain::SearchHit>(*selection->hit());
        other->incident.incidentId = IncidentId::generate();
        selection->setIncident(other); // Its timeline is still to come.
        auto* bar = window().statusBar();
        bar->clearMessage();
        QVERIFY(test::trigger(window(), u"edit.copy_curl"));
        QVERIFY2(bar->currentMessage().contains(u"Nothing was copied"_s),
                 qPrintable(bar->currentMessage()));
        const QImage shown = bar->grab().toImage();
        bool written = false; // Not only kept: the bar paints itself.
        for (int x = 10; x < shown.width() / 4; ++x) {
            written = written || shown.pixelColor(x, shown.height() / 2) != shown.pixelColor(1, 10);
        }
        QVERIFY(written);
        bar->clearMessage();
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    QWidget* inDock(const QString& id)
    {
        return qobject_cast<QDockWidget*>(window().pane(id))->widget();
    }
    ui::ResultsPane& results() { return *qobject_cast<ui::ResultsPane*>(inDock(u"results"_s)); }

    std::unique_ptr<Console> m_console;
    QString m_said;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::StepsTest)
#include "steps_test.moc"
