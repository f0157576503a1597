// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"

#include <string>
#include <vector>

namespace exhibit::domain {

/// Prices of the models that a glob names, in microcents per million tokens.
struct ModelPrice {
    std::string model; ///< Glob; the first that matches counts.
    std::int64_t inputPerMillion = 0;
    std::int64_t cachedInputPerMillion = 0;
    std::int64_t outputPerMillion = 0;
    double bytesPerToken = 4.0; ///< For estimates until the provider reports usage.
    // Parts of the input and the output; absent: they cost what the rest of it does.
    std::optional<std::int64_t> cacheWritePerMillion;
    std::optional<std::int64_t> reasoningPerMillion;
    std::optional<std::int64_t> audioInputPerMillion;
    std::optional<std::int64_t> audioOutputPerMillion;
};

template <class V>
void visitFields(V& visit, Of<V, ModelPrice>& price)
{
    visit("model", price.model);
    visit("input_per_million", price.inputPerMillion);
    visit("cached_input_per_million", price.cachedInputPerMillion);
    visit("output_per_million", price.outputPerMillion);
    visit.defaulted("bytes_per_token", price.bytesPerToken);
    visit("cache_write_per_million", price.cacheWritePerMillion);
    visit("reasoning_per_million", price.reasoningPerMillion);
    visit("audio_input_per_million", price.audioInputPerMillion);
    visit("audio_output_per_million", price.audioOutputPerMillion);
}

/// Immutable once published; a call records the version that priced it.
struct PriceTable {
    std::string version;
    std::string currency; ///< ISO 4217.
    std::vector<ModelPrice> models;

    /// nullptr when no glob matches: such a call has no known cost.
    [[nodiscard]] const ModelPrice* find(std::string_view model) const;
};

template <class V>
void visitFields(V& visit, Of<V, PriceTable>& table)
{
    visit("version", table.version);
    visit("currency", table.currency);
    visit("models", table.models);
}

/// Rounded half up to a microcent. Of a provider's parts that are more than their whole, the first
/// count: cached, written to the cache, sound; reasoning, sound.
[[nodiscard]] Microcents costOf(const Usage& usage, const ModelPrice& price);
/// Whole tokens, at least 1 for any text.
[[nodiscard]] std::int64_t estimateTokens(std::size_t textBytes, const ModelPrice* price);

} // namespace exhibit::domain
