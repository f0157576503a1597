// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_table.h"

#include "models/base/price_limits.h"
#include "models/base/traffic_limits.h"
#include "models/domain/policy.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace exhibit::domain {
namespace {

struct PricedPart {
    std::int64_t tokens;
    std::int64_t perMillion;
};

/// `total` tokens, those outside the parts at `perMillion`. In microcents and a million: at most
/// kCallTokensMax times kPriceMax.
std::int64_t costOfParts(std::int64_t total,
                         std::int64_t perMillion,
                         std::initializer_list<PricedPart> parts)
{
    const auto priced
        = [](std::int64_t price) { return std::clamp(price, std::int64_t{0}, limits::kPriceMax); };
    std::int64_t left = std::clamp(total, std::int64_t{0}, limits::kCallTokensMax);
    std::int64_t sum = 0;
    for (const auto& part : parts) {
        const auto tokens = std::clamp(part.tokens, std::int64_t{0}, left);
        sum += tokens * priced(part.perMillion);
        left -= tokens;
    }
    return sum + left * priced(perMillion);
}

} // namespace

const ModelPrice* PriceTable::find(std::string_view model) const
{
    const auto found = std::find_if(models.begin(), models.end(), [model](const ModelPrice& price) {
        return globMatches(price.model, model);
    });
    return found == models.end() ? nullptr : &*found;
}

Microcents costOf(const Usage& usage, const ModelPrice& price)
{
    const auto input = price.inputPerMillion;
    const auto output = price.outputPerMillion;
    const std::int64_t sum
        = costOfParts(
              usage.promptTokens,
              input,
              {{usage.cachedTokens, price.cachedInputPerMillion},
               {usage.cacheWriteTokens.value_or(0), price.cacheWritePerMillion.value_or(input)},
               {usage.audioInputTokens.value_or(0), price.audioInputPerMillion.value_or(input)}})
        + costOfParts(usage.completionTokens,
                      output,
                      {{usage.reasoningTokens, price.reasoningPerMillion.value_or(output)},
                       {usage.audioOutputTokens.value_or(0),
                        price.audioOutputPerMillion.value_or(output)}});
    return (sum + 500'000) / 1'000'000;
}

std::int64_t estimateTokens(std::size_t textBytes, const ModelPrice* price)
{
    const double perToken
        = price != nullptr && price->bytesPerToken > 0 ? price->bytesPerToken : 4.0;
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(textBytes) / perToken));
}

} // namespace exhibit::domain
