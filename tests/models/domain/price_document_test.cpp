// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_document.h"

#include "models/base/price_limits.h"

#include <gtest/gtest.h>

namespace exhibit::domain {
namespace {

JsonObject model(std::string glob)
{
    return {{"model", std::move(glob)},
            {"input_per_million", 100},
            {"cached_input_per_million", 50},
            {"output_per_million", 200},
            {"bytes_per_token", 3.5}};
}

Json good()
{
    return JsonObject{
        {"version", "2027-01.b"}, {"currency", "EUR"}, {"models", JsonArray{model("gpt-*")}}};
}

/// Figures that may be left out.
constexpr const char* kParts[] = {"cache_write_per_million",
                                  "reasoning_per_million",
                                  "audio_input_per_million",
                                  "audio_output_per_million"};

/// Where the fault is said to be; "read" when there is none.
std::string faultOf(const Json& document)
{
    const auto table = priceTableFromDocument(document);
    return table ? "read" : table.error().subject;
}

/// The good document with another value there.
template <class T>
std::string faultWith(std::string_view pointer, const T& value)
{
    Json document = good();
    document.at_pointer(pointer) = value;
    return faultOf(document);
}

TEST(PriceDocument, isReadAsItIsWritten)
{
    Json document = good();
    for (int parts = 0; parts < 2; ++parts) {
        const auto table = priceTableFromDocument(document);
        ASSERT_TRUE(table) << table.error().message;
        EXPECT_EQ(toJson(*table), document);
        for (const auto* name : kParts) {
            document.at_pointer("/models/0").as_object()[name] = 7;
        }
    }
}

TEST(PriceDocument, namesWhereItIsWrong)
{
    for (const auto* version : {"", "a b", "2026/11", "v\n"}) {
        EXPECT_EQ(faultWith("/version", version), "/version") << version;
    }
    for (const auto* currency : {"", "usd", "US", "USDX"}) {
        EXPECT_EQ(faultWith("/currency", currency), "/currency") << currency;
    }
    EXPECT_EQ(faultWith("/models", JsonArray{}), "/models");
    EXPECT_EQ(faultWith("/models", JsonArray{model("a"), model("b"), model("a")}),
              "/models/2/model");
    EXPECT_EQ(faultWith("/models/0/model", ""), "/models/0/model");
    EXPECT_EQ(faultWith("/models/0/model", std::string("a\0b", 3)), "/models/0/model");
    for (const auto* name :
         {"input_per_million", "cached_input_per_million", "output_per_million"}) {
        const std::string pointer = std::string("/models/0/") + name;
        EXPECT_EQ(faultWith(pointer, -1), pointer);
        EXPECT_EQ(faultWith(pointer, "100"), pointer);
        Json without = good();
        without.at_pointer("/models/0").as_object().erase(name);
        EXPECT_EQ(faultOf(without), pointer) << "no price is not a price of nothing";
    }
    for (const auto* name : kParts) {
        Json document = good();
        document.at_pointer("/models/0").as_object()[name] = -1;
        EXPECT_EQ(faultOf(document), std::string("/models/0/") + name);
    }
    EXPECT_EQ(faultWith("/models/0/bytes_per_token", 0), "/models/0/bytes_per_token");
    Json more = good();
    more.at_pointer("/models/0").as_object()["image_per_million"] = 1;
    EXPECT_EQ(faultOf(more), "/models/0/image_per_million");
    EXPECT_NE(faultOf(Json(JsonArray{})), "read");
}

TEST(PriceDocument, refusesOneMoreThanItsLimits)
{
    EXPECT_EQ(faultWith("/version", std::string(limits::kPriceVersionBytesMax, '1')), "read");
    EXPECT_EQ(faultWith("/version", std::string(limits::kPriceVersionBytesMax + 1, '1')),
              "/version");
    EXPECT_EQ(faultWith("/models/0/model", std::string(limits::kPricedModelBytesMax, 'm')), "read");
    EXPECT_EQ(faultWith("/models/0/model", std::string(limits::kPricedModelBytesMax + 1, 'm')),
              "/models/0/model");
    EXPECT_EQ(faultWith("/models/0/output_per_million", limits::kPriceMax), "read");
    EXPECT_EQ(faultWith("/models/0/output_per_million", limits::kPriceMax + 1),
              "/models/0/output_per_million");
    EXPECT_EQ(faultWith("/models/0/bytes_per_token", limits::kBytesPerTokenMax), "read");
    EXPECT_EQ(faultWith("/models/0/bytes_per_token", limits::kBytesPerTokenMax + 1),
              "/models/0/bytes_per_token");
    JsonArray models;
    while (models.size() < limits::kPricedModelsMax) {
        models.push_back(model("m" + std::to_string(models.size())));
    }
    EXPECT_EQ(faultWith("/models", models), "read");
    models.push_back(model("one more"));
    EXPECT_EQ(faultWith("/models", models), "/models");
}

} // namespace
} // namespace exhibit::domain
