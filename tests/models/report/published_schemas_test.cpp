// SPDX-License-Identifier: Apache-2.0
// The schemas that are handed out decide alike wherever they are read.
#include "models/report/published_schemas.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

TEST(PublishedSchema, ofEachBundleIsKnownByItsName)
{
    for (const auto* name : {"exhibit/evidence-bundle/v1",
                             "exhibit/executive-debrief/v1",
                             "exhibit/soc2/v1",
                             "exhibit/legal-discovery/v1",
                             "exhibit/ai-act-art73/v1",
                             "exhibit/fre-902/v1"}) {
        EXPECT_NE(publishedSchema(name), nullptr) << name;
    }
    EXPECT_EQ(publishedSchema("exhibit/soc2/v2"), nullptr);
}

TEST(PublishedSchema, decidesByEachKeywordThatTheSchemasUse)
{
    const auto fits = [](const char* schema, const char* value) {
        return !schemaFault(parseJson(schema).value(), parseJson(value).value());
    };
    const struct {
        const char* schema;
        const char* good;
        const char* bad;
    } cases[] = {
        {R"({"type":"integer"})", "1", "1.5"},
        {R"({"type":["string","null"]})", "null", "1"},
        {R"({"const":"a"})", R"("a")", R"("b")"},
        {R"({"enum":["a","b"]})", R"("b")", R"("c")"},
        {R"({"required":["a"]})", R"({"a":1})", "{}"},
        {R"({"properties":{"a":{"type":"string"}}})", R"({"a":"x"})", R"({"a":1})"},
        {R"({"additionalProperties":false})", "{}", R"({"a":1})"},
        {R"({"additionalProperties":{"type":"string"}})", R"({"a":"x"})", R"({"a":1})"},
        {R"({"items":{"type":"string"}})", R"(["x"])", R"(["x",1])"},
        {R"({"minItems":1})", "[1]", "[]"},
        {R"({"minimum":0})", "0", "-1"},
        {R"({"type":"integer"})", "9007199254740991", "9007199254740993"},
        {R"({"pattern":"^[a-z]{3}$"})", R"("abc")", R"("abcd")"},
        {R"({"format":"date"})", R"("2026-02-28")", R"("2026-02-30")"},
        {R"({"format":"date-time"})", R"("2026-02-28T10:00:00Z")", R"("2026-02-28")"},
        {R"({"contentEncoding":"base64"})", R"("YQ==")", R"("Y")"},
        {R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}})", "null", "1"},
    };
    for (const auto& [schema, good, bad] : cases) {
        EXPECT_TRUE(fits(schema, good)) << schema;
        EXPECT_FALSE(fits(schema, bad)) << schema;
    }
    const std::string endless(1'000'000, 'A');
    const Json prefix = parseJson(R"({"pattern":"^[A-Z][A-Z0-9_-]*[0-9]{7}$"})").value();
    EXPECT_TRUE(schemaFault(prefix, Json(endless))) << "and no stack is lost over it";
}

} // namespace
} // namespace exhibit::report
