// SPDX-License-Identifier: Apache-2.0
#include "models/base/rule_limits.h"
#include "server/prevention/json_schema.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::prevention;

namespace {

JsonSchema schemaOf(const std::string& text)
{
    auto schema = JsonSchema::compile(parseJson(text).value());
    EXPECT_TRUE(schema.has_value()) << text << (schema ? "" : schema.error().message);
    return *std::move(schema);
}

bool fits(const std::string& schema, const std::string& value)
{
    return !schemaOf(schema).violation(parseJson(value).value());
}

} // namespace

TEST(JsonSchema, eachKeywordDecidesAboutItsValues)
{
    const struct {
        const char* schema;
        const char* good;
        const char* bad;
    } cases[] = {
        {R"({"type":"integer"})", "3.0", "3.5"},
        {R"({"type":["string","null"]})", "null", "1"},
        {R"({"enum":[1,"a"]})", "1.0", "2"},
        {R"({"const":{"a":[1]}})", R"({"a":[1]})", R"({"a":[2]})"},
        {R"({"properties":{"a":{"type":"string"}}})", R"({"b":1})", R"({"a":1})"},
        {R"({"required":["a"]})", R"({"a":null})", "{}"},
        {R"({"properties":{"a":true},"additionalProperties":false})", R"({"a":1})", R"({"b":1})"},
        {R"({"additionalProperties":{"type":"number"}})", R"({"x":1})", R"({"x":"1"})"},
        {R"({"minProperties":1,"maxProperties":2})", R"({"a":1})", "{}"},
        {R"({"items":{"type":"number"}})", "[1,2]", R"([1,"2"])"},
        {R"({"prefixItems":[{"const":1}],"items":false})", "[1]", "[1,2]"},
        {R"({"minItems":1,"maxItems":2})", "[1]", "[1,2,3]"},
        {R"({"uniqueItems":true})", "[1,2]", "[1,1]"},
        {R"({"minLength":2,"maxLength":2})", "\"\xC3\xA9\xC3\xA9\"", "\"abc\""},
        {R"({"pattern":"[0-9]{3}"})", "\"ab123\"", "\"ab12\""},
        {R"({"minimum":1,"maximum":3})", "3", "4"},
        {R"({"exclusiveMinimum":1,"exclusiveMaximum":3})", "2", "3"},
        {R"({"multipleOf":5})", "15", "16"},
        {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "null", "1"},
        {R"({"oneOf":[{"minimum":1},{"minimum":5}]})", "2", "6"},
        {R"({"allOf":[{"minimum":1},{"maximum":5}]})", "2", "6"},
        {R"({"not":{"type":"string"}})", "1", "\"a\""},
        {R"({"$defs":{"n":{"type":"number"}},"items":{"$ref":"#/$defs/n"}})", "[1]", "[null]"},
        {R"({"type":"object","properties":{"next":{"$ref":"#"}},"additionalProperties":false})",
         R"({"next":{"next":{}}})",
         R"({"next":{"x":{}}})"},
        {"true", "1", nullptr},
        {"false", nullptr, "1"},
    };
    for (const auto& [schema, good, bad] : cases) {
        if (good != nullptr) {
            EXPECT_TRUE(fits(schema, good)) << schema << good;
        }
        if (bad != nullptr) {
            EXPECT_FALSE(fits(schema, bad)) << schema << bad;
        }
    }
}

TEST(JsonSchema, aViolationNamesThePlaceAndNeverTheContent)
{
    const auto schema = schemaOf(
        R"({"properties":{"list":{"items":{"type":"number"}}},"additionalProperties":{"type":"null"}})");
    EXPECT_EQ(schema.violation(parseJson(R"({"list":[1,"secret"]})").value()),
              "/list/1 has another type");
    EXPECT_EQ(schema.violation(parseJson(R"({"secret":"x"})").value()), "/* has another type");
}

TEST(JsonSchema, refusesWhatItWouldNotCheck)
{
    const struct {
        const char* schema;
        const char* pointer;
    } cases[] = {
        {R"({"properties":{"a":{"format":"email"}}})", "/properties/a/format"},
        {R"({"type":"text"})", "/type"},
        {R"({"pattern":"(a"})", "/pattern"},
        {R"({"pattern":"(a+)\\1"})", "/pattern"},
        {R"({"$ref":"https://example.org/x"})", "/$ref"},
        {R"({"$ref":"#/$defs/none"})", "/$ref"},
        {R"({"anyOf":[]})", "/anyOf"},
        {R"({"items":3})", "/items"},
        {R"({"minLength":-1})", "/minLength"},
        {R"([])", ""},
    };
    for (const auto& [text, pointer] : cases) {
        const auto schema = JsonSchema::compile(parseJson(text).value());
        ASSERT_FALSE(schema.has_value()) << text;
        EXPECT_EQ(schema.error().subject, pointer) << text;
    }
}

TEST(JsonSchema, refusesOneOverItsLimits)
{
    const auto nested = [](std::size_t depth) {
        std::string text = "true";
        for (std::size_t i = 0; i < depth; ++i) {
            text = R"({"not":)" + text + "}";
        }
        return JsonSchema::compile(parseJson(text).value());
    };
    EXPECT_TRUE(nested(limits::kSchemaDepthMax).has_value());
    EXPECT_EQ(nested(limits::kSchemaDepthMax + 1).error().code, ErrorCode::TooLarge);
    const auto titled = [](std::size_t bytes) {
        return JsonSchema::compile(JsonObject{{"title", std::string(bytes - 12, 'x')}});
    };
    EXPECT_TRUE(titled(limits::kSchemaBytesMax).has_value());
    EXPECT_FALSE(titled(limits::kSchemaBytesMax + 1).has_value());
}

TEST(JsonSchema, aHostileSchemaCostsLittle)
{
    EXPECT_FALSE(fits(R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}]})", "1"));
    EXPECT_FALSE(fits(R"({"not":{"$ref":"#"}})", "1"));
}
