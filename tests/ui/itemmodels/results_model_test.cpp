// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
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
        model.setBars(source.bars());
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
        model.showResult({}, std::move(first));
    }

    std::unique_ptr<Theme> m_theme;
};

} // namespace exhibit::ui

QTEST_MAIN(exhibit::ui::ResultsModelTest)
#include "results_model_test.moc"
