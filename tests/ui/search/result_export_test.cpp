// SPDX-License-Identifier: Apache-2.0
#include "ui/search/chip_row.h"
#include "ui/search/result_export.h"
#include "ui/search/search_history.h"

#include <QStandardPaths>
#include <QTest>
#include <QTimeZone>

#include "ui/widgets/time_display.h"

namespace exhibit::ui {

class ResultExportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void cellsAreQuotedAndFormulasAreText()
    {
        QCOMPARE(csvLine({"a", "b,c", "d\"e", "=1+1", "", "x\ny"}),
                 QByteArray("a,\"b,c\",\"d\"\"e\",'=1+1,,\"x\ny\"\r\n"));
        QCOMPARE(csvLine({"", "a"}), QByteArray(",a\r\n"));
    }

    void trailWalksBackAndForward()
    {
        SearchTrail trail;
        trail.push({QStringLiteral("a"), {}});
        trail.push({QStringLiteral("b"), {}});
        trail.push({QStringLiteral("b"), {}});
        QCOMPARE(trail.back().query, QStringLiteral("a"));
        QVERIFY(!trail.canGoBack());
        QCOMPARE(trail.forward().query, QStringLiteral("b"));
        (void)trail.back();
        trail.push({QStringLiteral("c"), {}});
        QVERIFY(!trail.canGoForward());
    }

    void chipsSayTimesInTheChosenZone()
    {
        TimeDisplay::instance().setZone(QTimeZone("Europe/Vienna"));
        const auto query
            = query::parse(
                  "after:2026-11-21T09:45:00Z before:2026-11-21T10:18:00Z -status:resolved")
                  .value();
        const auto all = query::restrictions(query);
        QCOMPARE(chipText(all[0]).name, QStringLiteral("time"));
        QVERIFY2(chipText(all[0]).value.contains(QStringLiteral("10:45")),
                 qPrintable(chipText(all[0]).value));
        QCOMPARE(chipText(all[1]).name, QStringLiteral("not status"));
        const UtcTime time = parseTime("2026-11-21T10:00:01.788600Z").value();
        QCOMPARE(TimeDisplay::instance().iso(time),
                 QStringLiteral("2026-11-21T11:00:01.788600+01:00"));
        TimeDisplay::instance().setZone(QTimeZone::utc());
        QVERIFY(chipText(all[0]).value.contains(QStringLiteral("09:45")));
        QCOMPARE(TimeDisplay::instance().iso(time), QStringLiteral("2026-11-21T10:00:01.788600Z"));
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::ResultExportTest)
#include "result_export_test.moc"
