// SPDX-License-Identifier: Apache-2.0
#include "models/domain/money.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::domain {
namespace {

constexpr Microcents kUnit = 100'000'000;

bool isDigits(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The integer `digits` * `unit`, unless it overflows.
std::optional<std::int64_t> multiplied(std::string_view digits, std::int64_t unit)
{
    std::int64_t value = 0;
    for (const char c : digits) {
        if (__builtin_mul_overflow(value, 10, &value)
            || __builtin_add_overflow(value, c - '0', &value)) {
            return std::nullopt;
        }
    }
    if (__builtin_mul_overflow(value, unit, &value)) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<std::int64_t> decimalTimes(std::string_view text, std::int64_t unit)
{
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    std::string_view fraction = point < text.size() ? text.substr(point + 1) : "0";
    if (whole.empty() || fraction.empty() || !isDigits(whole) || !isDigits(fraction)) {
        return std::nullopt;
    }
    while (fraction.ends_with('0')) {
        fraction.remove_suffix(1);
    }
    std::int64_t scale = 1;
    for (std::size_t i = 0; i < fraction.size(); ++i) {
        if (__builtin_mul_overflow(scale, 10, &scale)) {
            return std::nullopt;
        }
    }
    const auto wholePart = multiplied(whole, unit);
    const auto scaled = multiplied(fraction, unit);
    std::int64_t sum = 0;
    if (!wholePart || !scaled || *scaled % scale != 0
        || __builtin_add_overflow(*wholePart, *scaled / scale, &sum)) {
        return std::nullopt;
    }
    return sum;
}

std::optional<Microcents> parseAmount(std::string_view text)
{
    return decimalTimes(text, kUnit);
}

std::string amountOf(Microcents microcents)
{
    const char* const sign = microcents < 0 ? "-" : "";
    const auto magnitude = microcents < 0 ? -microcents : microcents;
    std::string text = fmt::format("{}{}.{:08}", sign, magnitude / kUnit, magnitude % kUnit);
    const std::size_t cents = text.find('.') + 3;
    text.erase(std::max(cents, text.find_last_not_of('0') + 1));
    return text;
}

} // namespace exhibit::domain
