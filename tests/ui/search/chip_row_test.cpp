// SPDX-License-Identifier: Apache-2.0
#include "ui/search/chip_row.h"
#include "ui/widgets/time_display.h"

#include <QTest>
#include <QTimeZone>

namespace exhibit::ui {

class ChipRowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
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
        TimeDisplay::instance().setZone(QTimeZone::utc());
        QVERIFY(chipText(all[0]).value.contains(QStringLiteral("09:45")));
    }

    void aChipOfAnotherYearSaysWhichYear()
    {
        const auto query = query::parse("after:2019-05-03T10:30:00Z").value();
        const auto all = query::restrictions(query);
        QVERIFY2(chipText(all[0]).value.contains(QStringLiteral("2019")),
                 qPrintable(chipText(all[0]).value));
    }

    void severalValuesKeepTheirOrderWhateverTheirDirection()
    {
        const auto query = query::parse("user:\"אבג\" or user:\"דהו\" policy:A").value();
        const auto all = query::restrictions(query);
        QCOMPARE(chipText(all[0]).value, QStringLiteral(u"\u2068אבג\u2069, \u2068דהו\u2069"));
        QCOMPARE(chipText(all[1]).value, QStringLiteral("A"));
    }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::ChipRowTest)
#include "chip_row_test.moc"
