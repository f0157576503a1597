// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_document.h"

#include "models/base/price_limits.h"

#include <algorithm>
#include <set>

namespace exhibit::domain {
namespace {

Result<void> check(bool good, std::string message, std::string pointer)
{
    return good ? Result<void>{}
                : fail(ErrorCode::InvalidInput, std::move(message), std::move(pointer));
}

/// It stands in the record of every call, in reports and in file names.
bool isVersion(const std::string& text)
{
    return !text.empty() && text.size() <= limits::kPriceVersionBytesMax
        && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                   || c == '.' || c == '_' || c == '-';
           });
}

bool isCurrency(const std::string& text)
{
    return text.size() == 3
        && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

Result<void> checkModel(const ModelPrice& price, const std::string& pointer)
{
    const auto& glob = price.model;
    EXHIBIT_CHECK(check(!glob.empty() && glob.size() <= limits::kPricedModelBytesMax
                            && glob.find('\0') == std::string::npos,
                        "expected a model or a glob of 1 to "
                            + std::to_string(limits::kPricedModelBytesMax) + " bytes",
                        pointer + "/model"));
    const std::pair<const char*, std::optional<std::int64_t>> figures[]
        = {{"input_per_million", price.inputPerMillion},
           {"cached_input_per_million", price.cachedInputPerMillion},
           {"output_per_million", price.outputPerMillion},
           {"cache_write_per_million", price.cacheWritePerMillion},
           {"reasoning_per_million", price.reasoningPerMillion},
           {"audio_input_per_million", price.audioInputPerMillion},
           {"audio_output_per_million", price.audioOutputPerMillion}};
    for (const auto& [name, figure] : figures) {
        EXHIBIT_CHECK(check(!figure || (*figure >= 0 && *figure <= limits::kPriceMax),
                            "expected 0 to " + std::to_string(limits::kPriceMax)
                                + " microcents per million tokens",
                            pointer + '/' + name));
    }
    return check(price.bytesPerToken > 0 && price.bytesPerToken <= limits::kBytesPerTokenMax,
                 "expected more than 0 and at most 64 bytes",
                 pointer + "/bytes_per_token");
}

} // namespace

Result<PriceTable> priceTableFromDocument(const Json& document)
{
    EXHIBIT_TRY(auto table, fromJson<PriceTable>(document, UnknownMembers::Reject));
    EXHIBIT_CHECK(check(isVersion(table.version),
                        "expected 1 to " + std::to_string(limits::kPriceVersionBytesMax)
                            + " letters, digits, . _ and -",
                        "/version"));
    EXHIBIT_CHECK(
        check(isCurrency(table.currency), "expected a currency of ISO 4217, as USD", "/currency"));
    EXHIBIT_CHECK(check(!table.models.empty() && table.models.size() <= limits::kPricedModelsMax,
                        "expected 1 to " + std::to_string(limits::kPricedModelsMax) + " models",
                        "/models"));
    std::set<std::string> globs;
    for (std::size_t at = 0; at < table.models.size(); ++at) {
        const std::string pointer = "/models/" + std::to_string(at);
        EXHIBIT_CHECK(checkModel(table.models[at], pointer));
        EXHIBIT_CHECK(check(globs.insert(table.models[at].model).second,
                            "the first that matches counts: this one stands further up already",
                            pointer + "/model"));
    }
    return table;
}

} // namespace exhibit::domain
