// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_table.h"

#include "models/base/price_limits.h"
#include "models/base/traffic_limits.h"
#include "models/domain/policy.h"

#include <algorithm>
#include <cmath>

namespace exhibit::domain {

const ModelPrice* PriceTable::find(std::string_view model) const
{
    const auto found = std::find_if(models.begin(), models.end(), [model](const ModelPrice& price) {
        return globMatches(price.model, model);
    });
    return found == models.end() ? nullptr : &*found;
}

Microcents costOf(const Usage& usage, const ModelPrice& price)
{
    const auto part = [](std::int64_t tokens, std::int64_t perMillion) {
        return std::clamp(tokens, std::int64_t{0}, limits::kCallTokensMax)
            * std::clamp(perMillion, std::int64_t{0}, limits::kPriceMax);
    };
    const std::int64_t cached = std::clamp<std::int64_t>(
        usage.cachedTokens, 0, std::max<std::int64_t>(usage.promptTokens, 0));
    const std::int64_t sum = part(usage.promptTokens - cached, price.inputPerMillion)
        + part(cached, price.cachedInputPerMillion)
        + part(usage.completionTokens, price.outputPerMillion);
    return (sum + 500'000) / 1'000'000;
}

std::int64_t estimateTokens(std::size_t textBytes, const ModelPrice* price)
{
    const double perToken
        = price != nullptr && price->bytesPerToken > 0 ? price->bytesPerToken : 4.0;
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(textBytes) / perToken));
}

} // namespace exhibit::domain
