// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/time_display.h"

#include <QTest>

namespace exhibit::ui {
namespace {

using namespace Qt::StringLiterals;

UtcTime at(const char* text)
{
    return parseTime(text).value();
}

} // namespace

class TimeDisplayTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void amountsAndDurationsFollowTheLocale()
    {
        const QLocale before;
        QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
        const QString duration = durationText(1204);
        const QString cost = costText(230'000, std::string("USD"));
        const QString large = costText(150'000'000'000, std::nullopt);
        QLocale::setDefault(before);
        QCOMPARE(duration, QStringLiteral("1,2 ms"));
        QCOMPARE(cost, QStringLiteral("USD") + QChar(QChar::Nbsp) + QStringLiteral("0,0023"));
        QCOMPARE(large, QStringLiteral("1500,00"));
    }

    void init() { TimeDisplay::instance().setZone(QTimeZone::utc()); }

    void copiedTimesAreIsoWithTheirOffset()
    {
        const UtcTime time = at("2026-11-21T10:00:01.788600Z");
        QCOMPARE(display().iso(time), u"2026-11-21T10:00:01.788600Z"_s);
        display().setZone(QTimeZone("Europe/Vienna"));
        QCOMPARE(display().iso(time), u"2026-11-21T11:00:01.788600+01:00"_s);
    }

    void todayIsAClockAndOtherDaysAreNamed()
    {
        const UtcTime now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())
            + std::chrono::hours(12);
        QCOMPARE(display().clock(now), u"12:00:00.000"_s);
        QCOMPARE(display().shortClock(now), u"12:00"_s);
        const auto other = at("2019-05-03T10:30:59Z");
        QVERIFY2(display().clock(other).contains(u"2019"_s)
                     && display().clock(other).contains(u"10:30:59"_s),
                 qPrintable(display().clock(other)));
        QVERIFY2(display().shortClock(other).contains(u"2019"_s)
                     && display().shortClock(other).endsWith(u"10:30"_s),
                 qPrintable(display().shortClock(other)));
        const int day = display().inZone(now).date().dayOfYear() > 180 ? -90 : 90;
        const UtcTime near = now + std::chrono::days(day); // Of this year.
        QVERIFY(
            !display().clock(near).contains(QString::number(display().inZone(near).date().year())));
        QVERIFY(display().shortClock(near).size() > 6);
    }

    void amountsNameTheirCurrencyByItsCode()
    {
        QCOMPARE(costText(230'000, "USD"), u"USD\u00a00.0023"_s);
        QCOMPARE(costText(1'250'000'000, "EUR"), u"EUR\u00a012.50"_s);
        QCOMPARE(costText(0, std::nullopt), u"0.00"_s); // Of a currency that nobody named.
        QCOMPARE(costText(33, std::nullopt), u"0.00000033"_s); // Not nothing.
    }

private:
    static TimeDisplay& display() { return TimeDisplay::instance(); }
};

} // namespace exhibit::ui

QTEST_GUILESS_MAIN(exhibit::ui::TimeDisplayTest)
#include "time_display_test.moc"
