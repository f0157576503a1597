// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "tests/gui/stall_monitor.h"
#include "tests/ui/support/generated_source.h"
#include "ui/itemmodels/results_model.h"
#include "ui/text.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

namespace exhibit::ui {
namespace {

constexpr int kTitle = 2;

} // namespace

class ResultsModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_theme = std::make_unique<Theme>(nullptr); }
    void cleanupTestCase() { m_theme.reset(); }

    void keepsTheRulesOfModels()
    {
        test::GeneratedSource source(450);
        ResultsModel model(nullptr);
        model.setSource(&source);
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        show(model, source, 450);
        (void)title(model, 449);
        QTRY_COMPARE(title(model, 449), QStringLiteral("Incident 449"));
        model.setStale(true);
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void groupsKeepTheRulesOfModels()
    {
        test::GeneratedSource source(
            120); // Every group finds all of them, whatever it was thought.
        ResultsModel model(nullptr);
        model.setSource(&source);
        const QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setGroupField(query::Field::Policy);
        model.showGroups({{"A", 100, true, true}, {"B", 150, true, false}, {{}, 3, false, false}},
                         {{}, {}, {}},
                         false);
        QCOMPARE(model.rowCount(), 103);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("A"));
        QVERIFY(model.hit(0) == nullptr);
        (void)title(model, 1);
        QTRY_COMPARE(title(model, 1), QStringLiteral("Incident 0"));
        QTRY_COMPARE(model.rowCount(), 123);
        model.setGroupOpen(1, true);
        QCOMPARE(model.rowCount(), 273);
        (void)title(model, 122);
        QTRY_COMPARE(title(model, 122), QStringLiteral("Incident 0"));
        QTRY_COMPARE(model.rowCount(), 243);
        (void)title(model, 241);
        QTRY_COMPARE(title(model, 241), QStringLiteral("Incident 119"));
        model.setGroupOpen(0, false);
        QCOMPARE(model.rowCount(), 123);
        QCOMPARE(title(model, 2), QStringLiteral("Incident 0"));
        model.setAllOpen(false);
        QCOMPARE(model.rowCount(), 3);
        model.showResult({}, {});
        QCOMPARE(model.rowCount(), 0);
    }

    void reachesTheOldestFirstThroughTheHistogramToo()
    {
        domain::SearchRequest request;
        request.sort = domain::SearchSort::Time;
        request.order = domain::SearchOrder::Ascending;
        const auto first = parseTime("2026-11-01T00:10:00Z").value();
        ResultPager pager(request, first, std::nullopt);
        domain::HistogramReply bars;
        bars.from = parseTime("2026-11-01T00:00:00Z").value();
        bars.barSeconds = 600;
        bars.counts = {9'999, 8'000, 0, 7'000, 5'000}; // The first bar lies before the first row.
        pager.setBars(bars);
        QVERIFY2(!pager.requestFor(120, 100), "how much of the second bar is found is not known");
        const auto count = pager.firstBarRequest();
        QVERIFY(count && count->limit == 1U);
        QCOMPARE(formatTime(*count->timeFrom), formatTime(first));
        QCOMPARE(formatTime(*count->timeTo), formatTime(first + std::chrono::minutes(10)));
        domain::SearchReply counted;
        counted.total = 8'000;
        pager.setFirstBar(counted);
        const auto near = pager.requestFor(3, 100);
        QVERIFY(near && near->offset == 300U && !near->timeFrom);
        const auto far = pager.requestFor(120, 100); // 12,000: 4,000 rows into the fourth bar.
        QVERIFY(far.has_value());
        QCOMPARE(formatTime(*far->timeFrom), formatTime(parseTime("2026-11-01T00:30:00Z").value()));
        QCOMPARE(far->offset.value_or(0), 4'000U);
        QCOMPARE(pager.reach(20'000, 100), 20'000);
        request.sort = domain::SearchSort::Cost;
        const ResultPager other(request, first, std::nullopt);
        QCOMPARE(other.reach(20'000, 100), 10'100);
        QVERIFY(!other.requestFor(120, 100));
    }

    void aBoundInsideABarMovesNoRow()
    {
        domain::SearchRequest request;
        request.query = "before:2026-05-03T10:30:00Z";
        const auto first = parseTime("2026-05-03T10:29:00Z").value();
        ResultPager pager(request, first, first + std::chrono::microseconds(1));
        domain::HistogramReply bars; // As if nothing bounded the time.
        bars.from = parseTime("2026-05-01T00:00:00Z").value();
        bars.barSeconds = 86'400;
        bars.counts = {20'000, 9'000, 4'000, 9'999};
        pager.setBars(bars);
        const auto count = pager.firstBarRequest();
        QVERIFY(count);
        QCOMPARE(formatTime(*count->timeTo), formatTime(first + std::chrono::microseconds(1)));
        domain::SearchReply counted;
        counted.total = 2'100; // Of the third bar; the fourth lies behind the bound.
        pager.setFirstBar(counted);
        const auto far = pager.requestFor(111, 100);
        QVERIFY(far);
        QCOMPARE(formatTime(*far->timeTo), formatTime(bars.from + std::chrono::days(1)));
        QCOMPARE(far->offset.value_or(0), 0U);
        QCOMPARE(pager.requestFor(110, 100)->offset.value_or(0), 8'900U);
        counted.totalIsEstimate = true;
        pager.setFirstBar(counted);
        QVERIFY2(!pager.requestFor(111, 100), "not the wrong rows");
    }

    void fetchesOnlyThePagesLookedAt()
    {
        test::GeneratedSource source(100'000);
        ResultsModel model(nullptr);
        model.setSource(&source);
        show(model, source, 100'000);
        const int before = source.asked();
        QVERIFY(model.index(5'000, kTitle).data(kPendingRole).toBool());
        QTRY_COMPARE(title(model, 5'000), QStringLiteral("Incident 5000"));
        QCOMPARE(source.asked() - before, 1);
    }

    void reachesAnyRowOfAMillionThroughTheHistogram()
    {
        test::GeneratedSource source(1'000'000);
        ResultsModel model(nullptr);
        model.setSource(&source);
        show(model, source, 1'000'000);
        QVERIFY(title(model, 777'777).isEmpty());
        QTest::qWait(60);
        QVERIFY2(title(model, 777'777).isEmpty(), "out of reach until the bars are known");
        test::WatchedApplication::deliver(QStringLiteral("bars"),
                                          [&] { model.setBars(source.bars()); });
        for (const int row : {777'777, 999'999, static_cast<int>(limits::kPageOffsetMax) + 1, 0}) {
            (void)title(model, row);
            QTRY_COMPARE(title(model, row), QStringLiteral("Incident %1").arg(row));
        }
    }

    void forgetsPagesThatWereLeft()
    {
        PageCache cache;
        for (qint64 page = 0; page < 200; ++page) {
            std::vector<domain::SearchHit> rows(PageCache::kPageRows);
            cache.insert(page, std::move(rows));
        }
        QCOMPARE(cache.pages(), PageCache::kPagesMax);
        QVERIFY(cache.row(199 * PageCache::kPageRows) != nullptr);
        QVERIFY(cache.row(0) == nullptr);
    }

    void endsWhereRowsStopComing()
    {
        test::GeneratedSource source(250);
        ResultsModel model(nullptr);
        model.setSource(&source);
        show(model, source, 900); // An estimate that was too high.
        (void)title(model, 240);
        QTRY_COMPARE(model.rowCount(), 250);
    }

    void saysWhenAPageCannotBeRead()
    {
        test::GeneratedSource source(1'000);
        ResultsModel model(nullptr);
        model.setSource(&source);
        show(model, source, 1'000);
        QSignalSpy failures(&model, &ResultsModel::pageFailed);
        source.failNext();
        (void)title(model, 500);
        QTRY_COMPARE(failures.size(), 1);
        QVERIFY(model.index(500, kTitle).data(kPendingRole).toBool());
        QTRY_COMPARE(title(model, 500), QStringLiteral("Incident 500"));
    }

private:
    static QString title(const ResultsModel& model, int row)
    {
        return model.index(row, kTitle).data().toString();
    }

    static void show(ResultsModel& model, const test::GeneratedSource& source, std::int64_t total)
    {
        domain::SearchReply first;
        first.total = total;
        for (std::int64_t i = 0; i < PageCache::kPageRows; ++i) {
            first.incidents.push_back(source.hit(i));
        }
        test::WatchedApplication::deliver(QStringLiteral("first page"),
                                          [&] { model.showResult({}, std::move(first)); });
    }

    std::unique_ptr<Theme> m_theme;
};

} // namespace exhibit::ui

EXHIBIT_GUI_TEST_MAIN(exhibit::ui::ResultsModelTest)
#include "results_model_test.moc"
