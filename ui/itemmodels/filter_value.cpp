// SPDX-License-Identifier: Apache-2.0
#include "ui/itemmodels/filter_value.h"

#include "models/domain/money.h"
#include "ui/widgets/time_display.h"

namespace exhibit::ui {
namespace {

using query::Field;

UtcTime startOf(const QDateTime& time)
{
    return UtcTime(std::chrono::milliseconds(time.toMSecsSinceEpoch()));
}

FilterValue range(UtcTime from, UtcTime to)
{
    return {Field::After, formatTime(from), formatTime(to)};
}

FilterValues bothSides(Field field, const std::string& value)
{
    return {{field, ">=" + value}, {field, "<=" + value}};
}

} // namespace

FilterValues timeValues(UtcTime at)
{
    const auto minute = std::chrono::floor<std::chrono::minutes>(at);
    const auto& display = TimeDisplay::instance();
    const QDate day = display.inZone(at).date();
    return {range(minute, minute + std::chrono::minutes(1)),
            range(startOf(day.startOfDay(display.zone())),
                  startOf(day.addDays(1).startOfDay(display.zone()))),
            {Field::After, formatTime(at)},
            {Field::Before, formatTime(at)}};
}

FilterValues latencyValues(std::int64_t microseconds)
{
    return bothSides(Field::Latency, std::to_string(microseconds) + "us");
}

FilterValues costValues(domain::Microcents microcents)
{
    return bothSides(Field::Cost, domain::amountOf(microcents));
}

} // namespace exhibit::ui
