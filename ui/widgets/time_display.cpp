// SPDX-License-Identifier: Apache-2.0
#include "ui/widgets/time_display.h"

#include "ui/text.h"

#include <QLocale>

#include <cmath>

namespace exhibit::ui {

using namespace Qt::StringLiterals;

TimeDisplay::TimeDisplay()
    : m_zone(QTimeZone::systemTimeZone())
{
}

TimeDisplay& TimeDisplay::instance()
{
    static TimeDisplay display;
    return display;
}

void TimeDisplay::setZone(const QTimeZone& zone)
{
    if (zone.isValid() && zone != m_zone) {
        m_zone = zone;
        Q_EMIT changed();
    }
}

QDateTime TimeDisplay::inZone(UtcTime time) const
{
    return QDateTime::fromMSecsSinceEpoch(toMicroseconds(time) / 1000, Qt::UTC).toTimeZone(m_zone);
}

QString TimeDisplay::clock(UtcTime time) const
{
    const QDateTime shown = inZone(time);
    return isToday(time) ? shown.toString(u"HH:mm:ss.zzz"_s)
                         : day(time) + shown.toString(u" HH:mm:ss"_s);
}

QString TimeDisplay::shortClock(UtcTime time) const
{
    const QString clock = inZone(time).toString(u"HH:mm"_s);
    return isToday(time) ? clock : day(time) + u' ' + clock;
}

QString TimeDisplay::day(UtcTime time) const
{
    const QDateTime shown = inZone(time);
    const int year = QDateTime::currentDateTime().toTimeZone(m_zone).date().year();
    return QLocale().toString(shown, shown.date().year() == year ? u"d MMM"_s : u"d MMM yyyy"_s);
}

bool TimeDisplay::isToday(UtcTime time) const
{
    return inZone(time).date() == QDateTime::currentDateTime().toTimeZone(m_zone).date();
}

QString TimeDisplay::dateAndClock(UtcTime time) const
{
    return QLocale().toString(inZone(time), u"d MMM yyyy HH:mm:ss.zzz"_s);
}

QString TimeDisplay::iso(UtcTime time) const
{
    const qint64 micros = ((toMicroseconds(time) % 1'000'000) + 1'000'000) % 1'000'000;
    const QDateTime shown = inZone(time);
    const int offset = shown.offsetFromUtc();
    const QString zone = offset == 0
        ? u"Z"_s
        : u"%1%2:%3"_s.arg(offset < 0 ? u"-"_s : u"+"_s)
              .arg(std::abs(offset) / 3600, 2, 10, QLatin1Char('0'))
              .arg(std::abs(offset) / 60 % 60, 2, 10, QLatin1Char('0'));
    return shown.toString(u"yyyy-MM-dd'T'HH:mm:ss"_s)
        + u".%1"_s.arg(micros, 6, 10, QLatin1Char('0')) + zone;
}

QString TimeDisplay::offsetText(UtcTime at) const
{
    const int offset = inZone(at).offsetFromUtc();
    if (offset == 0) {
        return u"UTC"_s;
    }
    return u"UTC%1%2:%3"_s.arg(offset < 0 ? QChar(0x2212) : QChar(u'+'))
        .arg(std::abs(offset) / 3600, 2, 10, QLatin1Char('0'))
        .arg(std::abs(offset) / 60 % 60, 2, 10, QLatin1Char('0'));
}

QString TimeDisplay::zoneText(UtcTime at) const
{
    QString city = QString::fromLatin1(m_zone.id()).section(QLatin1Char('/'), -1);
    city.replace(QLatin1Char('_'), QLatin1Char(' '));
    const QString offset = offsetText(at);
    return city.startsWith("UTC"_L1) || city.isEmpty() ? offset : u"%1 (%2)"_s.arg(offset, city);
}

QString durationText(qint64 microseconds)
{
    if (microseconds < 1000) {
        return u"%1 µs"_s.arg(microseconds);
    }
    if (microseconds < 10'000) {
        return u"%1 ms"_s.arg(decimal(double(microseconds) / 1000.0, 1));
    }
    return u"%1 ms"_s.arg(grouped(qRound64(double(microseconds) / 1000.0)));
}

QString costText(qint64 microcents, const std::optional<std::string>& currency)
{
    const double amount = double(microcents) / 1e8;
    const int decimals = microcents == 0 || amount >= 0.1 ? 2
        : amount >= 0.001                                 ? 4
        : amount >= 0.00001                               ? 6
                                                          : 8;
    const QString code = currency ? toQt(*currency) + QChar(QChar::Nbsp) : QString();
    return code + decimal(amount, decimals);
}

} // namespace exhibit::ui
