// SPDX-License-Identifier: Apache-2.0
#include "models/base/canonical_json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using exhibit::canonicalJson;
using exhibit::Json;
using exhibit::JsonArray;
using exhibit::JsonObject;
using exhibit::parseCanonicalJson;

namespace {

std::string canonicalOf(std::string_view text)
{
    const auto json = exhibit::parseJson(text);
    const auto canonical = json ? canonicalJson(*json) : tl::make_unexpected(json.error());
    return canonical ? *canonical : "error at " + canonical.error().subject;
}

Json nested(std::size_t depth)
{
    Json value = 1;
    for (std::size_t i = 0; i < depth; ++i) {
        value = JsonArray{std::move(value)};
    }
    return value;
}

std::string readFile(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace

TEST(CanonicalJson, sortsNamesAndDropsSpace)
{
    EXPECT_EQ(canonicalOf(R"( { "b" : [ 1 , true , null ] , "a.1" : {} , "B" : "x" } )"),
              R"({"B":"x","a.1":{},"b":[1,true,null]})");
}

TEST(CanonicalJson, escapesAsRfc8785Does)
{
    EXPECT_EQ(
        canonicalOf(R"(["\u0000\u0008\u0009\u000a\u000b\u000c\u000d\u001f\u007f\"\\\/\u20ac"])"),
        "[\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\x7f\\\"\\\\/\xe2\x82\xac\"]");
}

TEST(CanonicalJson, doesNotNormaliseStrings)
{
    EXPECT_EQ(canonicalOf("[\"A\xcc\x8a\"]"), "[\"A\xcc\x8a\"]");
}

TEST(CanonicalJson, knowsIntegersWithinTheirRangeOnly)
{
    EXPECT_EQ(canonicalOf("[9007199254740991,-9007199254740991,0]"),
              "[9007199254740991,-9007199254740991,0]");
    EXPECT_EQ(canonicalOf("[9007199254740992]"), "error at /0");
    EXPECT_EQ(canonicalOf("[-9007199254740992]"), "error at /0");
    EXPECT_EQ(canonicalOf("[18446744073709551615]"), "error at /0");
    EXPECT_EQ(canonicalOf(R"({"a":[1,{"b":1.5}]})"), "error at /a/1/b");
    EXPECT_EQ(canonicalOf("[1e2]"), "error at /0");
    EXPECT_EQ(canonicalJson(Json(std::uint64_t{5})).value(), "5");
}

TEST(CanonicalJson, refusesNamesOutsideThePattern)
{
    EXPECT_EQ(canonicalOf(R"({"":1})"), "error at /");
    EXPECT_EQ(canonicalOf(R"({"a b":1})"), "error at /a b");
    EXPECT_EQ(canonicalOf(R"({"$ref":1})"), "error at /$ref");
    const auto named = [](std::size_t size) {
        return canonicalJson(Json(JsonObject{{std::string(size, 'n'), 1}}));
    };
    EXPECT_TRUE(named(exhibit::limits::kCanonicalNameBytesMax));
    EXPECT_FALSE(named(exhibit::limits::kCanonicalNameBytesMax + 1));
}

TEST(CanonicalJson, refusesStringsThatAreNoUtf8)
{
    EXPECT_FALSE(canonicalJson(Json("\xff")));
    EXPECT_FALSE(canonicalJson(Json("\xed\xa0\x80")));
    EXPECT_FALSE(parseCanonicalJson(R"(["\ud800"])"));
}

TEST(CanonicalJson, depthIsLimitedBothWays)
{
    const auto deepest = canonicalJson(nested(exhibit::limits::kCanonicalDepthMax));
    ASSERT_TRUE(deepest);
    EXPECT_TRUE(parseCanonicalJson(*deepest));
    EXPECT_FALSE(canonicalJson(nested(exhibit::limits::kCanonicalDepthMax + 1)));
    EXPECT_FALSE(parseCanonicalJson("[" + *deepest + "]"));
}

TEST(CanonicalJson, readingAcceptsOnlyTheOneSpelling)
{
    EXPECT_TRUE(parseCanonicalJson(R"({"a":[1,"x"],"b":null})"));
    for (const auto* text : {R"({"b":null,"a":1})",
                             R"({ "a":1})",
                             "{\"a\":1}\n",
                             "\xef\xbb\xbf{\"a\":1}",
                             R"({"a":1,"a":1})",
                             R"({"a":-0})",
                             R"({"a":1.0})",
                             R"({"a":"\u0041"})",
                             R"({"a":"\/"})",
                             R"({"a":"\u000A"})",
                             ""}) {
        EXPECT_FALSE(parseCanonicalJson(text)) << text;
    }
}

// Third-party RFC 8785 vectors, where they are at hand; those that use what the restricted form
// leaves out must be refused, not approximated.
TEST(CanonicalJson, agreesWithTheRfcsVectors)
{
    const auto* source = std::getenv("EXHIBIT_SOURCE_DIR");
    const auto* data = std::getenv("EXHIBIT_TEST_DATA");
    const auto folder = data != nullptr
        ? std::filesystem::path(data).parent_path() / "vectors/jcs"
        : std::filesystem::path(source != nullptr ? source : ".") / "../shared/vectors/jcs";
    if (!std::filesystem::is_directory(folder)) {
        GTEST_SKIP() << "no vectors in " << folder;
    }
    std::size_t accepted = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "input")) {
        const auto expected = readFile(folder / "output" / entry.path().filename());
        const auto canonical = canonicalJson(exhibit::parseJson(readFile(entry.path())).value());
        if (canonical) {
            ++accepted;
            EXPECT_EQ(*canonical, expected) << entry.path();
        } else {
            EXPECT_FALSE(canonical.error().subject.empty()) << entry.path();
        }
        EXPECT_EQ(parseCanonicalJson(expected).has_value(), canonical.has_value());
    }
    EXPECT_GE(accepted, 1U);
}
