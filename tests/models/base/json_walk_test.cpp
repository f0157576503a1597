// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_walk.h"

#include "models/base/json.h"

#include <gtest/gtest.h>

#include <random>

namespace exhibit {
namespace {

JsonWalk walk(BytesView text)
{
    auto parsed = JsonWalk::parse(text);
    EXPECT_TRUE(parsed.has_value()) << text << ": " << (parsed ? "" : parsed.error().message);
    return parsed ? *std::move(parsed) : JsonWalk{};
}

/// Every string value with its path: "path=text path=text".
std::string strings(BytesView text)
{
    const JsonWalk json = walk(text);
    std::string list;
    for (std::size_t node = 0; node < json.nodes().size(); ++node) {
        if (json.is(node, JsonKind::String)) {
            list += json.path(node) + "=" + json.string(node) + " ";
        }
    }
    return list;
}

TEST(JsonWalk, visitsEveryStringInDocumentOrderWithItsPath)
{
    EXPECT_EQ(
        strings(R"({"b":"1","a":["2",{"c":"3"},[],"4"],"n":1.5e-3,"t":true,"z":null,"e":{}})"),
        "b=1 a/0=2 a/1/c=3 a/3=4 ");
    EXPECT_EQ(strings(R"(  "root"  )"), "=root ");
    EXPECT_EQ(strings(R"({"a/b":{"c~d":"x"}})"), "a~1b/c~0d=x ");
}

TEST(JsonWalk, givesRawRangesAndDecodedText)
{
    const std::string text = R"({ "k" : "a\u00e9\n\ud83d\ude00\"\/" })";
    const JsonWalk json = walk(text);
    const auto node = json.find(0, "k");
    ASSERT_NE(node, JsonWalk::kNone);
    EXPECT_EQ(json.raw(node), R"("a\u00e9\n\ud83d\ude00\"\/")");
    EXPECT_EQ(json.string(node), "a\xC3\xA9\n\xF0\x9F\x98\x80\"/");
    EXPECT_EQ(text.substr(json[node].begin, json[node].end - json[node].begin), json.raw(node));
}

TEST(JsonWalk, decodesLoneSurrogatesToTheReplacementCharacter)
{
    const JsonWalk json = walk(R"(["\ud83d","\ude00x","\ud83d\u0041"])");
    EXPECT_EQ(json.string(1), "\xEF\xBF\xBD");
    EXPECT_EQ(json.string(2), "\xEF\xBF\xBDx");
    EXPECT_EQ(json.string(3),
              "\xEF\xBF\xBD"
              "A");
}

TEST(JsonWalk, comparesEscapedNames)
{
    const JsonWalk json = walk(R"({"c\u006fntent":"x","content":"y"})");
    EXPECT_TRUE(json.nameIs(1, "content"));
    EXPECT_EQ(json.string(json.find(0, "content")), "y") << "the last one wins";
    EXPECT_TRUE(json.hasDuplicateNames(0));
    EXPECT_FALSE(walk(R"({"a":{"x":1},"b":{"x":1}})").hasDuplicateNames(0));
    EXPECT_TRUE(walk(R"([{"a":[{"x":1,"y":2,"x":3}]}])").hasDuplicateNames(0));
}

TEST(JsonWalk, knowsSiblingsAndSubtrees)
{
    const JsonWalk json = walk(R"({"a":[1,[2,3],4],"b":5})");
    const auto a = json.find(0, "a");
    const auto first = json.firstChild(a);
    EXPECT_EQ(json.raw(first), "1");
    EXPECT_EQ(json.raw(json.nextSibling(first)), "[2,3]");
    EXPECT_EQ(json.raw(json.nextSibling(json.nextSibling(first))), "4");
    EXPECT_EQ(json.nextSibling(json.nextSibling(json.nextSibling(first))), JsonWalk::kNone);
    EXPECT_EQ(json.raw(json[a].next), "5");
    EXPECT_EQ(json[json[a].next].position, 1U);
    EXPECT_EQ(json.firstChild(first), JsonWalk::kNone);
    EXPECT_EQ(json.find(JsonWalk::kNone, "a"), JsonWalk::kNone);
    EXPECT_EQ(json.integer(first, -1), 1);
    EXPECT_EQ(json.integer(a, -1), -1);
}

TEST(JsonWalk, refusesWhatIsNotJson)
{
    for (const BytesView text : {"",        " ",           "{",         "[1,]",
                                 "{,}",     "{\"a\":1,}",  "{\"a\"}",   "{a:1}",
                                 "[1 2]",   "[}",          "{]",        "01",
                                 "1.",      ".5",          "-",         "1e",
                                 "+1",      "tru",         "nul",       "\"a",
                                 "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\t\"",
                                 "\"\n\"",  "1 2",         "{}x",       "[1]]",
                                 "'a'",     "NaN",         "[\"a\"",    "\xEF\xBB\xBF{}"}) {
        EXPECT_FALSE(JsonWalk::parse(text).has_value()) << text;
    }
    EXPECT_FALSE(JsonWalk::parse(BytesView("\"a\0\"", 4)).has_value());
    EXPECT_FALSE(JsonWalk::parse(BytesView("{}\0", 3)).has_value());
}

TEST(JsonWalk, refusesTextThatIsNotUtf8)
{
    for (const BytesView bad : {"\x80",
                                "\xC3",
                                "\xC0\xAF",
                                "\xE0\x80\xAF",
                                "\xED\xA0\x80",
                                "\xF0\x80\x80\xAF",
                                "\xF4\x90\x80\x80",
                                "\xF5\x80\x80\x80",
                                "\xE2\x82",
                                "\xFF"}) {
        EXPECT_FALSE(JsonWalk::parse("\"" + std::string(bad) + "\"").has_value());
    }
    EXPECT_TRUE(
        JsonWalk::parse("\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF\"").has_value());
}

TEST(JsonWalk, refusesOneLevelTooDeepAndOneValueTooMany)
{
    const auto nested
        = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(JsonWalk::parse(nested(limits::kJsonDepthMax)).has_value());
    EXPECT_FALSE(JsonWalk::parse(nested(limits::kJsonDepthMax + 1)).has_value());

    std::string many = "[";
    for (std::size_t i = 0; i + 2 < limits::kJsonNodesMax; ++i) {
        many += "1,";
    }
    EXPECT_TRUE(JsonWalk::parse(many + "1]").has_value());
    const auto over = JsonWalk::parse(many + "1,1]");
    ASSERT_FALSE(over.has_value());
    EXPECT_EQ(over.error().code, ErrorCode::TooLarge);
}

TEST(JsonWalk, agreesWithTheValueParserOnRandomDamage)
{
    const std::string seed
        = R"({"id":"x","choices":[{"index":0,"delta":{"content":"h\u00e9\"é"},"p":[1,-2.5e3,true]}],"u":null})";
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string text = seed;
        for (std::size_t i = random() % 3; i < 3; ++i) {
            const std::size_t at = random() % text.size();
            static constexpr std::string_view kBytes = "\"\\{}[],:u0eé\x80 \n-.";
            text[at] = kBytes[random() % kBytes.size()];
        }
        // The value parser refuses lone surrogates, which are in the grammar.
        if (text.find("\\u") != std::string::npos && text.find("\\ud") != std::string::npos) {
            continue;
        }
        EXPECT_EQ(JsonWalk::parse(text).has_value(), parseJson(text).has_value()) << text;
    }
}

TEST(QuoteJson, survivesAParse)
{
    const std::string text = "a\"b\\c\n\t\x01\x7F é\xF0\x9F\x98\x80/";
    const std::string quoted = quoteJson(text);
    EXPECT_EQ(walk(quoted).string(0), text);
    EXPECT_EQ(walk(quoteJson("x\xFFy\xC3")).string(0), "x\xEF\xBF\xBDy\xEF\xBF\xBD");
    EXPECT_EQ(quoteJson(""), "\"\"");
}

TEST(Splice, replacesInsertsAndRemovesInAnyOrder)
{
    EXPECT_EQ(splice("0123456789", {{8, 9, "X"}, {2, 4, ""}, {0, 0, "<"}, {10, 10, ">"}}),
              "<014567X9>");
    EXPECT_EQ(splice("abc", {}), "abc");
    EXPECT_EQ(splice("ab", {{1, 2, "B"}, {1, 1, "-"}}), "a-B") << "an insertion comes first";
}

struct Removal {
    const char* text;
    std::vector<std::string> names;
    const char* left;
};

TEST(RemoveMembers, leavesValidJsonAndEveryOtherByte)
{
    const Removal cases[] = {
        {R"({"a":1,"b":2,"c":3})", {"a"}, R"({"b":2,"c":3})"},
        {R"({"a":1,"b":2,"c":3})", {"b"}, R"({"a":1,"c":3})"},
        {R"({"a":1,"b":2,"c":3})", {"c"}, R"({"a":1,"b":2})"},
        {R"({"a":1,"b":2,"c":3})", {"a", "c"}, R"({"b":2})"},
        {R"({"a":1,"b":2,"c":3})", {"a", "b", "c"}, R"({})"},
        {R"({ "a" : 1 , "b" : {"x":[1]} , "c":3 })", {"b"}, R"({ "a" : 1 , "c":3 })"},
        {R"({ "a" : 1 , "b" : 2 })", {"a"}, R"({ "b" : 2 })"},
        {R"({"a":1,"a":2,"b":3})", {"a"}, R"({"b":3})"},
        {R"({"a":1})", {}, R"({"a":1})"},
    };
    for (const auto& [text, names, left] : cases) {
        const JsonWalk json = walk(text);
        std::vector<std::size_t> members;
        for (auto child = json.firstChild(0); child != JsonWalk::kNone;
             child = json.nextSibling(child)) {
            if (std::find(names.begin(), names.end(), json.name(child)) != names.end()) {
                members.push_back(child);
            }
        }
        const std::string result = splice(text, removeMembers(json, 0, members));
        EXPECT_EQ(result, left);
        EXPECT_TRUE(JsonWalk::parse(result).has_value());
    }
}

TEST(JsonWalk, findsHalvesOfCharactersAtTheEdgesOfAString)
{
    const auto edges = [](BytesView raw) {
        const auto found = splitEdges(raw);
        return std::pair<unsigned, unsigned>(found.low, found.high);
    };
    using Pair = std::pair<unsigned, unsigned>;
    EXPECT_EQ(edges(""), Pair(0, 0));
    EXPECT_EQ(edges("plain text"), Pair(0, 0));
    EXPECT_EQ(edges(R"(a\uD83D)"), Pair(0, 0xD83D));
    EXPECT_EQ(edges(R"(\ude00a)"), Pair(0xDE00, 0));
    EXPECT_EQ(edges(R"(\ude00)"), Pair(0xDE00, 0));
    EXPECT_EQ(edges(R"(\ud83d\ude00)"), Pair(0, 0)) << "a whole one";
    EXPECT_EQ(edges(R"(\ude00\ud83d)"), Pair(0xDE00, 0xD83D));
    EXPECT_EQ(edges(R"(a\\ud83d)"), Pair(0, 0)) << "a backslash and a text";
    EXPECT_EQ(edges(R"(a\\\ud83d)"), Pair(0, 0xD83D));
    EXPECT_EQ(edges(R"(\\ude00)"), Pair(0, 0));
    EXPECT_EQ(joinedHalves(0xD83D, 0xDE00), "\xF0\x9F\x98\x80");
}

} // namespace
} // namespace exhibit
