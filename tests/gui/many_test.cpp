// SPDX-License-Identifier: Apache-2.0
// A result of 100,000 rows, from a real exhibitd on a real PostgreSQL.
#include "app/console/console.h"
#include "models/base/limits.h"
#include "tests/gui/many_incidents.h"
#include "tests/gui/own_settings.h"
#include "tests/gui/safe_console.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/facets_pane.h"
#include "ui/search/result_delegate.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/search/search_controller.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/message_bar.h"

#include <QDockWidget>
#include <QInputDialog>
#include <QLineEdit>
#include <QScrollBar>
#include <QStandardPaths>
#include <QTest>
#include <QTreeView>

namespace exhibit::console {
namespace {

using namespace Qt::StringLiterals;

constexpr int kPatience = 30'000;
constexpr int kIncidents = 100'000;

} // namespace

class ManyTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        test::useOwnSettings(u"many"_s);
        m_server.emplace(kIncidents);
        m_console = test::openSafeConsole();
        m_console->connection().open(m_server->url(), m_server->key());
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        settle();
    }
    void cleanupTestCase()
    {
        m_console.reset();
        m_server.reset();
    }
    void init() { find({}, {}); }

    void everyRowIsOneScrollAway()
    {
        QTRY_VERIFY_WITH_TIMEOUT(!search().histogram().counts.empty(), kPatience);
        QVERIFY(std::abs(rows().rowCount() - kIncidents) < kIncidents / 10);
        for (const int row : {50'000, 77'777, 12'345, 0}) {
            QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), row + 1, kPatience);
        }
        view().verticalScrollBar()->setValue(view().verticalScrollBar()->maximum());
        QTRY_VERIFY_WITH_TIMEOUT(numberAt(rows().rowCount() - 1) > 0, kPatience);
    }

    void theRecordFollowsToARowThatIsNotHereYetAndBack()
    {
        QTRY_VERIFY_WITH_TIMEOUT(!search().histogram().counts.empty(), kPatience);
        constexpr int kFar = 33'333;
        QVERIFY(rows().hit(kFar) == nullptr);
        view().setCurrentIndex(rows().index(kFar, view().homeColumn()));
        const auto isOpen = [this](int row) {
            const auto hit = rows().hit(row);
            const auto* open = window().services().selection->hit();
            return hit && open != nullptr && open->incident.incidentId == hit->incident.incidentId;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isOpen(kFar), kPatience);
        QVERIFY(test::trigger(window(), u"search.back"));
        QTRY_VERIFY_WITH_TIMEOUT(isOpen(0) && view().currentIndex().row() == 0, kPatience);
        QVERIFY(test::trigger(window(), u"search.forward"));
        QTRY_COMPARE_WITH_TIMEOUT(view().currentIndex().row(), kFar, kPatience);
        find(u"wordsthatnobodywrote"_s, {});
        QCOMPARE(rows().rowCount(), 0);
        QVERIFY(window().services().selection->hit() == nullptr);
        QVERIFY(test::trigger(window(), u"search.back"));
        QTRY_VERIFY_WITH_TIMEOUT(isOpen(kFar) && view().currentIndex().row() == kFar, kPatience);
    }

    void whatIsDoneToManyRowsIsDoneToAllOfThemOrNone()
    {
        auto& bar = pane().bar();
        view().selectAll();
        QVERIFY(test::trigger(window(), u"case.tag"));
        QVERIFY(window().findChild<QInputDialog*>() == nullptr);
        QVERIFY2(bar.text().contains(u"At most 10\u2009000"_s), qPrintable(bar.text()));
        view().selectRow(0);
        view().selectionModel()->select(QItemSelection(rows().index(0, 0), rows().index(449, 0)),
                                        QItemSelectionModel::ClearAndSelect
                                            | QItemSelectionModel::Rows);
        QVERIFY(test::trigger(window(), u"case.tag"));
        QVERIFY(window().findChild<QInputDialog*>() == nullptr);
        QVERIFY2(bar.text().contains(u"not here yet"_s), qPrintable(bar.text()));
        const auto allAreHere = [this] {
            for (int row = 0; row < 450; row += 50) {
                if (rows().hit(row) == nullptr) {
                    return false;
                }
            }
            return true;
        };
        QTRY_VERIFY_WITH_TIMEOUT(allAreHere(), kPatience);
        QVERIFY(test::trigger(window(), u"case.tag")); // It was read meanwhile.
        auto* dialog = window().findChild<QInputDialog*>();
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(u"many"_s);
        dialog->accept();
        QTRY_VERIFY_WITH_TIMEOUT(bar.text().contains(u"of 450 incidents"_s), kPatience);
        QCOMPARE(rows().hit(449)->incident.tags, std::vector<std::string>{"many"});
    }

    void theOldestFirstReachesAllOfThemToo()
    {
        find({}, {domain::SearchSort::Time, domain::SearchOrder::Ascending, {}});
        QTRY_VERIFY_WITH_TIMEOUT(!search().histogram().counts.empty(), kPatience);
        for (const int row : {0, 9'999, 60'000}) {
            QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), kIncidents - row, kPatience);
        }
    }

    void aBoundInsideABarRepeatsNoRow()
    {
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(2'400), 2'401, kPatience);
        const auto newest = rows().hit(2'400)->incident.createdAt;
        const auto bound = QString::fromStdString(formatTime(newest + std::chrono::seconds(1)));
        find(u"before:"_s + bound, {});
        QTRY_COMPARE_WITH_TIMEOUT(search().bars(), ui::Counted::Yes, kPatience);
        for (const int row : {0, 9'999, 10'100, 50'000, 77'777}) {
            QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), 2'401 + row, kPatience);
        }
        find(u"after:"_s + bound, {domain::SearchSort::Time, domain::SearchOrder::Ascending, {}});
        QCOMPARE(rows().rowCount(), 2'400);
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(0), 2'400, kPatience);
    }

    void anOrderWithoutFarRowsSaysWhereItEnds()
    {
        find({}, {domain::SearchSort::Cost, domain::SearchOrder::Descending, {}});
        const int last = static_cast<int>(limits::kPageOffsetMax) + ui::PageCache::kPageRows;
        QCOMPARE(rows().rowCount(), last);
        QVERIFY(rows().isCut());
        QVERIFY2(note().contains(u"only the first"_s), qPrintable(note()));
        for (const int row : {0, 5'000, last - 1}) {
            QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), kIncidents - row, kPatience);
        }
        find(u"rare"_s, {domain::SearchSort::Latency, domain::SearchOrder::Ascending, {}});
        QCOMPARE(rows().rowCount(), 100);
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(0), 1000, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(99), kIncidents, kPatience);
    }

    void facetsThatAreProjectedSaySo()
    {
        QTRY_COMPARE_WITH_TIMEOUT(search().facetsCounted(), ui::Counted::Yes, kPatience);
        QVERIFY(search().facets().isEstimate);
        const auto index = facet(u"user:user-1"_s);
        QVERIFY(index.data(ui::kFacetAboutRole).toBool());
        QVERIFY2(index.data(Qt::AccessibleTextRole).toString().contains(u"about"_s),
                 qPrintable(index.data(Qt::AccessibleTextRole).toString()));
        find(u"rare"_s, {});
        QTRY_COMPARE_WITH_TIMEOUT(search().facetsCounted(), ui::Counted::Yes, kPatience);
        QVERIFY(!facet(u"severity:high"_s).data(ui::kFacetAboutRole).toBool());
    }

    void whatOldMatchesAloneHaveIsCountedToo()
    {
        QTRY_COMPARE_WITH_TIMEOUT(search().facetsCounted(), ui::Counted::Yes, kPatience);
        const auto count = [this](const std::string& value) {
            for (const auto& facet : search().facets().facets) {
                for (const auto& one : facet.values) {
                    if (facet.field == "policy" && one.value == value) {
                        return one.count;
                    }
                }
            }
            return std::int64_t{0};
        };
        QVERIFY2(count("RETIRED") > 500 && count("RETIRED") < 1600,
                 qPrintable(QString::number(count("RETIRED"))));
        QVERIFY(std::abs(count("SAFETY") + count("RETIRED") - search().total()) < 100);
        find(u"policy:RETIRED"_s, {});
        QCOMPARE(search().total(), 1000);
    }

    void moreValuesAreListedWhenAsked()
    {
        QTRY_COMPARE_WITH_TIMEOUT(search().facetsCounted(), ui::Counted::Yes, kPatience);
        const auto listed = [this] {
            int models = 0;
            for (int n = 0; n < 30; ++n) {
                models += facet(u"model:model-%1"_s.arg(n)).isValid() ? 1 : 0;
            }
            return models;
        };
        QCOMPARE(listed(), 12);
        const auto more = facet(u"more:model"_s);
        QVERIFY(more.isValid());
        Q_EMIT facets().view().activated(more);
        QTRY_COMPARE_WITH_TIMEOUT(listed(), 30, kPatience);
        Q_EMIT facets().view().activated(facet(u"fewer:model"_s));
        QCOMPARE(listed(), 12);
        auto* filter = facets().findChild<QLineEdit*>();
        for (const auto* name : {"model-7", "model-28", "model-29"}) { // One of them is not listed.
            filter->setText(QString::fromLatin1(name));
            QTRY_VERIFY_WITH_TIMEOUT(facet(u"model:"_s + QLatin1String(name)).isValid(), kPatience);
        }
        filter->setText(u"model-nobody-lists"_s);
        QTRY_VERIFY_WITH_TIMEOUT(facet(u"exactly:model:model-nobody-lists"_s).isValid(), kPatience);
        filter->clear();
    }

    void groupsShowTheirSizeAndTheirFirstRows()
    {
        find({}, {domain::SearchSort::Time, domain::SearchOrder::Descending, query::Field::User});
        QCOMPARE(rows().layout().groups().size(), std::size_t(5));
        for (const auto& group : rows().layout().groups()) {
            QVERIFY(group.isEstimate || group.count == kIncidents / 5);
        }
        QTRY_VERIFY_WITH_TIMEOUT(numberAt(1) > 0, kPatience);
        rows().setAllOpen(true);
        // Looked up anew each time: a group above may turn out to have another number of rows.
        const auto first = [this] { return rows().layout().rowOf({4, -1}) + 1; };
        QTRY_VERIFY_WITH_TIMEOUT(numberAt(first()) > 0, kPatience);
        QCOMPARE(rows().hit(first())->incident.userId, rows().layout().groups().back().value);
    }

    void readingAgainLeavesTheRowWhereItIs()
    {
        const auto& selection = *window().services().selection;
        for (const int row : {60'000, 3}) {
            QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), row + 1, kPatience);
            view().setCurrentIndex(rows().index(row, 1));
            view().verticalScrollBar()->setValue(row - 2);
            const auto id = rows().hit(row)->incident.incidentId;
            QCOMPARE(selection.hit()->incident.incidentId, id);
            QVERIFY(test::trigger(window(), u"search.refresh"));
            QVERIFY(test::trigger(window(), u"search.refresh")); // In the middle of the first.
            settle();
            QTRY_COMPARE_WITH_TIMEOUT(view().currentIndex().row(), row, kPatience);
            QTRY_COMPARE_WITH_TIMEOUT(view().verticalScrollBar()->value(), row - 2, kPatience);
            QCOMPARE(selection.hit()->incident.incidentId, id);
        }
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(60'000), 60'001, kPatience);
        view().setCurrentIndex(rows().index(60'000, 1));
        find(u"rare"_s, {}); // Another search begins at its first row.
        QTRY_COMPARE_WITH_TIMEOUT(view().currentIndex().row(), 0, kPatience);
    }

    void aRowChosenWhileAnotherIsSoughtIsTheOneThatIsKept()
    {
        pane().restore({{u"row"_s, 3'000}, {u"top"_s, 2'998}});
        window().services().selection->setIncident(nullptr);
        window().services().selection->want(rows().hit(0)->incident.incidentId.text());
        view().setCurrentIndex({});
        find({}, {domain::SearchSort::Time, domain::SearchOrder::Ascending, {}});
        view().setCurrentIndex(rows().index(7, 1));
        QCOMPARE(pane().state().value(u"row"_s).toInt(), 7);
    }

    /// The last one: it needs consoles of its own.
    void aRestartFindsTheIncidentWhereverItStands_data()
    {
        QTest::addColumn<int>("row");
        QTest::addColumn<bool>("isHintWrong");
        QTest::newRow("counted by the server") << 3'000 << true;
        QTest::newRow("too far to be counted") << 60'000 << false;
    }
    void aRestartFindsTheIncidentWhereverItStands()
    {
        QFETCH(const int, row);
        QFETCH(const bool, isHintWrong);
        restart();
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(row), row + 1, kPatience);
        view().setCurrentIndex(rows().index(row, 1));
        view().verticalScrollBar()->setValue(row - 2);
        const auto id = rows().hit(row)->incident.incidentId;
        const auto& selection = *window().services().selection;
        QTRY_VERIFY_WITH_TIMEOUT(selection.hit() && selection.hit()->incident.incidentId == id,
                                 kPatience);
        QVERIFY(window().close());
        if (isHintWrong) { // As when others came before it.
            const SessionStore store = sessions();
            auto state = store.readState();
            auto& panes = state.windows.first().panes;
            auto results = panes.value("results"_L1).toObject();
            results.insert("row"_L1, row - 500);
            results.insert("top"_L1, row - 502);
            panes.insert("results"_L1, results);
            store.saveState(state);
        }
        restart();
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
        QVERIFY2(window().services().selection->hit()->incident.incidentId == id,
                 "nothing else is shown before");
        QTRY_COMPARE_WITH_TIMEOUT(view().currentIndex().row(), row, kPatience);
        QVERIFY(view().selectionModel()->isRowSelected(row));
        QCOMPARE(view().verticalScrollBar()->value(), row - 2);
        sessions().endCleanly();
    }

    /// After all others: there is one incident more then.
    void showingWhatIsNewKeepsTheRecordThatIsOpen()
    {
        QTRY_COMPARE_WITH_TIMEOUT(numberAt(3'000), 3'001, kPatience);
        view().setCurrentIndex(rows().index(3'000, 1));
        const auto open = window().services().selection->hit()->incident.incidentId;
        m_server->add(1);
        search().showNew();
        settle();
        QTRY_COMPARE_WITH_TIMEOUT(view().currentIndex().row(), 3'001, kPatience);
        QCOMPARE(window().services().selection->hit()->incident.incidentId, open);
        QCOMPARE(view().verticalScrollBar()->value(), 0);
    }

private:
    ui::MainWindow& window() { return m_console->window(); }
    ui::SearchController& search() { return ui::SearchController::of(window().services()); }
    ui::ResultsModel& rows() { return search().results(); }
    ui::ResultsPane& pane()
    {
        return *qobject_cast<ui::ResultsPane*>(
            qobject_cast<QDockWidget*>(window().pane(u"results"_s))->widget());
    }
    ui::ResultsView& view() { return pane().view(); }
    ui::FacetsPane& facets()
    {
        return *qobject_cast<ui::FacetsPane*>(
            qobject_cast<QDockWidget*>(window().pane(u"facets"_s))->widget());
    }
    QModelIndex facet(const QString& key)
    {
        auto* model = facets().view().model();
        const auto found = model->match(
            model->index(0, 0), ui::kFacetKeyRole, key, 1, Qt::MatchExactly | Qt::MatchRecursive);
        return found.isEmpty() ? QModelIndex() : found.first();
    }
    QString note() { return ui::titleOf(&pane())->note(); }
    static SessionStore sessions()
    {
        return SessionStore(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
    }
    /// A console as a person starts it again.
    void restart()
    {
        sessions().endCleanly();
        CommandLine options;
        options.newInstance = true;
        options.server = m_server->url();
        options.keyFile = m_server->keyFile();
        m_console.reset(); // There is one theme, and one console, in a process.
        m_console = std::make_unique<Console>(options);
        m_console->openWindow();
        m_console->begin();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isHome(), kPatience);
        settle();
    }
    void settle() { QTRY_COMPARE_WITH_TIMEOUT(search().state(), ui::SearchState::Done, kPatience); }
    void find(const QString& query, const ui::ResultOrder& order)
    {
        search().show({query, order});
        settle();
    }
    /// Looks at the row, as scrolling there does; its number, or 0 while it is on its way.
    int numberAt(int row)
    {
        view().scrollTo(rows().index(row, 0));
        (void)rows().index(row, 2).data();
        const auto hit = rows().hit(row);
        return hit ? static_cast<int>(hit->incident.costMicrocents) : 0;
    }

    std::optional<test::ManyIncidents> m_server;
    std::unique_ptr<Console> m_console;
};

} // namespace exhibit::console

EXHIBIT_GUI_TEST_MAIN(exhibit::console::ManyTest)
#include "many_test.moc"
