// SPDX-License-Identifier: Apache-2.0
#include "models/domain/money.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::domain {
namespace {

constexpr Microcents kUnit = 100'000'000;

} // namespace

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
