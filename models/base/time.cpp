// SPDX-License-Identifier: Apache-2.0
#include "models/base/time.h"

#include <optional>

namespace exhibit {
namespace {

/// Takes `count` decimal digits off the front; nullopt when there are fewer.
std::optional<int> takeDigits(std::string_view& text, std::size_t count)
{
    if (text.size() < count) {
        return std::nullopt;
    }
    int value = 0;
    for (const char c : text.substr(0, count)) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool takeChar(std::string_view& text, std::string_view anyOf)
{
    if (text.empty() || anyOf.find(text.front()) == std::string_view::npos) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::sys_days> takeDate(std::string_view& text)
{
    const auto year = takeDigits(text, 4);
    const bool first = takeChar(text, "-");
    const auto month = takeDigits(text, 2);
    const bool second = takeChar(text, "-");
    const auto day = takeDigits(text, 2);
    if (!year || !month || !day || !first || !second) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    // 64 bits of nanoseconds reach from 1677 to 2262.
    if (!date.ok() || *year < 1678 || *year > 2261) {
        return std::nullopt;
    }
    return std::chrono::sys_days{date};
}

std::optional<std::chrono::nanoseconds> takeClock(std::string_view& text)
{
    const auto hour = takeDigits(text, 2);
    const bool first = takeChar(text, ":");
    const auto minute = takeDigits(text, 2);
    const bool second = takeChar(text, ":");
    const auto seconds = takeDigits(text, 2);
    if (!hour || !minute || !seconds || !first || !second || *hour > 23 || *minute > 59
        || *seconds > 60) {
        return std::nullopt;
    }
    std::chrono::nanoseconds time = std::chrono::hours{*hour} + std::chrono::minutes{*minute}
        + std::chrono::seconds{*seconds};
    if (takeChar(text, ".")) {
        std::int64_t unit = 100'000'000;
        const std::size_t before = text.size();
        while (const auto digit = takeDigits(text, 1)) {
            time += std::chrono::nanoseconds{*digit * unit};
            unit /= 10;
        }
        if (before == text.size() || before - text.size() > 9) {
            return std::nullopt;
        }
    }
    return time;
}

std::optional<std::chrono::minutes> takeOffset(std::string_view& text)
{
    if (takeChar(text, "Zz")) {
        return std::chrono::minutes{0};
    }
    const bool east = text.starts_with('+');
    if (!takeChar(text, "+-")) {
        return std::nullopt;
    }
    const auto hours = takeDigits(text, 2);
    const bool colon = takeChar(text, ":");
    const auto minutes = takeDigits(text, 2);
    if (!hours || !minutes || !colon || *hours > 23 || *minutes > 59) {
        return std::nullopt;
    }
    const std::chrono::minutes offset = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
    return east ? offset : -offset;
}

/// Writes the last `count` decimal digits of `value` at `at`.
void putDigits(std::string& text, std::size_t at, std::size_t count, std::int64_t value)
{
    for (std::size_t i = at + count; i-- > at; value /= 10) {
        text[i] = static_cast<char>('0' + value % 10);
    }
}

} // namespace

UtcTime utcNow() noexcept
{
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

std::string formatTime(UtcTime time)
{
    // In microseconds: the first day begins before the first nanosecond that 64 bits can count.
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time);
    const auto days = std::chrono::floor<std::chrono::days>(micros);
    const std::chrono::year_month_day date{days};
    const std::chrono::hh_mm_ss clock{micros - days};
    // By hand: every record and header of a call carries times, and fmt takes several times as
    // long.
    std::string text = "0000-00-00T00:00:00.000000Z";
    putDigits(text, 0, 4, static_cast<int>(date.year()));
    putDigits(text, 5, 2, static_cast<unsigned>(date.month()));
    putDigits(text, 8, 2, static_cast<unsigned>(date.day()));
    putDigits(text, 11, 2, clock.hours().count());
    putDigits(text, 14, 2, clock.minutes().count());
    putDigits(text, 17, 2, clock.seconds().count());
    putDigits(text, 20, 6, clock.subseconds().count());
    return text;
}

Result<UtcTime> parseTime(std::string_view text)
{
    constexpr auto kExpected
        = "expected a time like 2026-11-21T10:00:00Z or a date like 2026-11-21";
    const auto date = takeDate(text);
    if (!date) {
        return fail(ErrorCode::InvalidInput, kExpected);
    }
    if (text.empty()) {
        return UtcTime{*date};
    }
    if (!takeChar(text, "Tt ")) {
        return fail(ErrorCode::InvalidInput, kExpected);
    }
    const auto clock = takeClock(text);
    const auto offset = takeOffset(text);
    if (!clock || !offset || !text.empty()) {
        return fail(ErrorCode::InvalidInput, kExpected);
    }
    return UtcTime{*date} + *clock - *offset;
}

} // namespace exhibit
