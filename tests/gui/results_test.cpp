// SPDX-License-Identifier: Apache-2.0
// How results stand: sorted by their headers and in groups, on a real server.
#include "models/query/fields.h"
#include "tests/gui/console_on_server.h"
#include "tests/gui/stall_monitor.h"
#include "ui/search/result_export.h"
#include "ui/search/results_pane.h"
#include "ui/search/results_view.h"
#include "ui/text.h"
#include "ui/widgets/dock_title.h"
#include "ui/widgets/message_bar.h"

#include <QAbstractButton>
#include <QFileDialog>
#include <QHeaderView>
#include <QInputDialog>
#include <QMenu>
#include <QTemporaryDir>

#include <algorithm>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

int columnOf(std::string_view id)
{
    for (std::size_t i = 0; i < incidentColumns().size(); ++i) {
        if (incidentColumns()[i].id == id) {
            return static_cast<int>(i);
        }
    }
    return -1;
}

} // namespace

class ResultsTest : public QObject, private test::ConsoleOnServer {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startConsole(u"results"_s); }
    void cleanupTestCase() { stopConsole(); }
    void init() { find({}); }

    void headersSortOnTheServerBothWaysAndShiftEndsIt()
    {
        clickHeader("latency");
        QVERIFY2(isSorted(latencies(), std::greater_equal<>()), "the slowest first");
        QCOMPARE(header().sortIndicatorSection(), columnOf("latency"));
        QCOMPARE(header().sortIndicatorOrder(), Qt::DescendingOrder);
        clickHeader("latency");
        QVERIFY(isSorted(latencies(), std::less_equal<>()));
        QCOMPARE(header().sortIndicatorOrder(), Qt::AscendingOrder);
        clickHeader("severity", Qt::ShiftModifier);
        QVERIFY(search().order().isNewestFirst());
        QCOMPARE(header().sortIndicatorSection(), columnOf("time"));
        QVERIFY(isSorted(times(), std::greater_equal<>()));
    }

    void aColumnWithoutAnOrderSaysWhyAndOffersGroups()
    {
        clickHeader("policy");
        QVERIFY(search().order().isNewestFirst());
        QCOMPARE(header().sortIndicatorSection(), columnOf("time"));
        auto& bar = results().bar();
        QVERIFY2(bar.text().contains(u"no order by policy"_s), qPrintable(bar.text()));
        auto* group = bar.findChild<QAbstractButton*>();
        QVERIFY(group != nullptr);
        group->click();
        QTRY_VERIFY_WITH_TIMEOUT(rows().layout().isGrouped(), kPatience);
        QVERIFY(bar.text().isEmpty());
    }

    void anExportAsksWhyAndThenWhere()
    {
        QVERIFY(test::trigger(window(), u"search.export_ndjson"));
        auto* why = window().findChild<QInputDialog*>(u"export.reason"_s);
        QVERIFY(why != nullptr && why->isVisible());
        why->setTextValue(u"asked for by the auditor"_s);
        why->accept();
        auto* where = window().findChild<QFileDialog*>();
        QVERIFY(where != nullptr && where->isVisible());
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"out.ndjson"_s);
        Q_EMIT where->fileSelected(file);
        where->close();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(file), kPatience);
        window().activateWindow(); // Offscreen, dialogs that close leave no window active.
        QVERIFY(QTest::qWaitForWindowActive(&window()));
    }

    void theOrderIsAStepOfBackAndForward()
    {
        view().setFocus();
        view().setCurrentIndex(rows().index(0, columnOf("severity")));
        QTest::keyClick(&view(), Qt::Key_O);
        settle();
        QCOMPARE(search().order().sort, domain::SearchSort::Severity);
        std::vector<domain::Severity> severities;
        for (int row = 0; row < rows().rowCount(); ++row) {
            severities.push_back(rows().hit(row)->incident.severity);
        }
        QVERIFY2(isSorted(severities, std::greater_equal<>()), "the worst first");
        QVERIFY2(note().contains(u"by severity"_s), qPrintable(note()));
        QVERIFY(test::trigger(window(), u"search.back"));
        settle();
        QVERIFY(search().order().isNewestFirst());
        QVERIFY(test::trigger(window(), u"search.forward"));
        settle();
        QCOMPARE(search().order().sort, domain::SearchSort::Severity);
        QTest::keyClick(&view(), Qt::Key_O, Qt::ShiftModifier);
        settle();
        QVERIFY(search().order().isNewestFirst());
    }

    void aSavedSearchKeepsItsOrderAndGroups()
    {
        ResultOrder order;
        order.sort = domain::SearchSort::Cost;
        order.group = query::Field::Policy;
        search().memory().save({u"dear"_s, {u"severity:high"_s, order}});
        const auto saved = search().memory().saved();
        QCOMPARE(saved.size(), 1);
        QVERIFY(saved.front().step == (SearchStep{u"severity:high"_s, order}));
        search().memory().forget(u"dear"_s);
    }

    void groupsHaveTheCountsOfTheServerAndTheirOwnRows()
    {
        const qint64 all = search().total();
        for (const auto field : groupFields()) {
            ResultOrder order;
            order.group = field;
            find({}, order);
            QVERIFY(rows().layout().isGrouped());
            rows().setAllOpen(true);
            QVERIFY(window().actions().action(u"search.close_groups"_s)->isEnabled());
            qint64 counted = 0;
            for (const auto& group : rows().layout().groups()) {
                counted += group.count;
            }
            QCOMPARE(counted, all);
            QTRY_VERIFY_WITH_TIMEOUT(everyRowIsIn(field), kPatience);
        }
    }

    void groupsOpenAndCloseByKeyAndMouse()
    {
        ResultOrder order;
        order.group = query::Field::Policy;
        find({}, order);
        const int groups = static_cast<int>(rows().layout().groups().size());
        QVERIFY(groups >= 3);
        QVERIFY2(rows().rowCount() > groups, "the first is open");
        QTRY_VERIFY_WITH_TIMEOUT(window().services().selection->hit() != nullptr, kPatience);
        view().setFocus();
        view().setCurrentIndex(rows().index(0, 0));
        QTest::keyClick(&view(), Qt::Key_Left);
        QCOMPARE(rows().rowCount(), groups);
        QTest::keyClick(&view(), Qt::Key_Down);
        QCOMPARE(view().currentIndex().row(), 1);
        QTest::keyClick(&view(), Qt::Key_Right);
        QCOMPARE(rows().rowCount(), groups + int(rows().layout().groups()[1].count));
        const QString said = rows().index(1, 0).data(Qt::AccessibleTextRole).toString();
        QVERIFY2(said.contains(u"open"_s) && said.contains(rows().groupTitle(1)), qPrintable(said));
        QTest::mouseClick(
            view().viewport(), Qt::LeftButton, {}, view().visualRect(rows().index(1, 0)).center());
        QCOMPARE(rows().rowCount(), groups);
        QTest::keyClick(&view(), Qt::Key_G, Qt::ShiftModifier);
        QCOMPARE(qint64(rows().rowCount()), groups + search().total());
        QTest::keyClick(&view(), Qt::Key_G, Qt::ControlModifier);
        QCOMPARE(rows().rowCount(), groups);
    }

    void whatTheQueryExcludesIsNoGroup()
    {
        ResultOrder order;
        order.group = query::Field::Policy;
        find(u"-policy:BUDGET"_s, order);
        QCOMPARE(titles().contains(u"BUDGET"_s), false);
        QVERIFY(!titles().isEmpty());
        find(u"policy:BUDGET"_s, order);
        QCOMPARE(titles(), QStringList{u"BUDGET"_s});
    }

    void groupsAreChosenFromTheMenuByKey()
    {
        view().setFocus();
        QTest::keyClick(&view(), Qt::Key_G);
        auto* menu = view().findChild<QMenu*>(u"group.menu"_s);
        QVERIFY(menu != nullptr);
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
        settle();
        QCOMPARE(search().order().group, std::optional(groupFields().front()));
        QVERIFY2(note().contains(u"grouped by"_s), qPrintable(note()));
    }

    void anExportStandsInTheOrderOfTheScreen()
    {
        clickHeader("latency");
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"out.ndjson"_s);
        const auto* job = ResultExport::start(
            search(), foundIncidents(search()), ExportFormat::Ndjson, file, {});
        QTRY_COMPARE_WITH_TIMEOUT(job->state(), Job::State::Done, kPatience);
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        std::vector<std::int64_t> list;
        for (const auto& line : written.readAll().trimmed().split('\n')) {
            QVERIFY2(!line.contains("user_id"), "the server wrote it, redacted");
            list.push_back(parseJson(line.toStdString())->at("latency_us").as_int64());
        }
        QVERIFY(list.size() > 3);
        QVERIFY(isSorted(list, std::greater_equal<>()));
    }

private:
    ResultsPane& results() { return *pane<ResultsPane>(u"results"_s); }
    ResultsView& view() { return results().view(); }
    QHeaderView& header() { return *view().horizontalHeader(); }
    QString note() { return titleOf(&results())->note(); }
    void settle() { QTRY_COMPARE_WITH_TIMEOUT(search().state(), SearchState::Done, kPatience); }

    void clickHeader(std::string_view id, Qt::KeyboardModifiers modifiers = {})
    {
        const int section = columnOf(id);
        const QPoint at(header().sectionViewportPosition(section) + 20, header().height() / 2);
        QTest::mouseClick(header().viewport(), Qt::LeftButton, modifiers, at);
        settle();
    }

    std::vector<std::int64_t> latencies()
    {
        std::vector<std::int64_t> list;
        for (int row = 0; row < rows().rowCount(); ++row) {
            list.push_back(rows().hit(row)->incident.latencyUs);
        }
        return list;
    }
    std::vector<UtcTime> times()
    {
        std::vector<UtcTime> list;
        for (int row = 0; row < rows().rowCount(); ++row) {
            list.push_back(rows().hit(row)->incident.createdAt);
        }
        return list;
    }
    template <class T, class Compare>
    static bool isSorted(const std::vector<T>& list, Compare holds)
    {
        return std::adjacent_find(
                   list.begin(), list.end(), [&](const T& a, const T& b) { return !holds(a, b); })
            == list.end();
    }
    QStringList titles()
    {
        QStringList list;
        for (std::size_t group = 0; group < rows().layout().groups().size(); ++group) {
            list << rows().groupTitle(static_cast<int>(group));
        }
        return list;
    }

    /// Every row is here and has the value of its group.
    bool everyRowIsIn(query::Field field)
    {
        const auto column = std::find_if(incidentColumns().begin(),
                                         incidentColumns().end(),
                                         [field](const auto& one) { return one.field == field; });
        for (int row = 0; row < rows().rowCount(); ++row) {
            const auto place = rows().layout().at(row);
            const auto& group = rows().layout().groups()[static_cast<std::size_t>(place.group)];
            (void)rows().index(row, 0).data(); // Asks for it.
            const auto hit = rows().hit(row);
            if (!place.isHeader() && (!hit || (group.value && column->raw(*hit) != *group.value))) {
                return false;
            }
        }
        return true;
    }
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::ResultsTest)
#include "results_test.moc"
