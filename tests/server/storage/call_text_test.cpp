// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_text.h"

#include "tests/server/storage/call_index_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::storage {
namespace {

Json message(const std::string& content)
{
    return JsonObject{{"role", "user"}, {"content", content}};
}

CallText textOf(Json input, Json output = nullptr, std::vector<Json> tools = {})
{
    return callText(shippedPack(), {std::move(input), std::move(tools), std::move(output)});
}

Json asks(const std::string& content)
{
    return JsonObject{{"messages", JsonArray{message(content)}}};
}

Json answers(const std::string& released, const std::string& withheld = {})
{
    return JsonObject{
        {"texts",
         JsonArray{JsonObject{
             {"channel", "choices/0/content"}, {"released", released}, {"withheld", withheld}}}}};
}

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

TEST(CallText, hasWhatTheProviderSaidAndNoPlaceholders)
{
    auto output = answers("The name is [GONE], well");
    output.at_pointer("/texts/0").as_object()["original"] = "The name is Zanzibar, well";
    const auto text = textOf(JsonObject{}, output);
    EXPECT_TRUE(has(text.answered, "Zanzibar"));
    EXPECT_FALSE(has(text.answered, "GONE"));
}

TEST(CallText, putsTheNewestMessageFirst)
{
    const auto text
        = textOf(JsonObject{{"messages", JsonArray{message("earlier"), message("latest")}},
                            {"system", "instructions"}});
    EXPECT_LT(text.asked.find("latest"), text.asked.find("earlier"));
    EXPECT_TRUE(has(text.asked, "instructions"));
    EXPECT_FALSE(has(text.asked, "user")) << "names of roles are no text";
    EXPECT_TRUE(text.complete);
}

TEST(CallText, readsPartsOfAMessageAndArgumentsOfTools)
{
    const auto text = textOf(
        JsonObject{
            {"messages",
             JsonArray{JsonObject{
                 {"role", "user"},
                 {"content",
                  JsonArray{JsonObject{{"type", "text"}, {"text", "a part"}},
                            JsonObject{{"type", "image_url"},
                                       {"image_url",
                                        JsonObject{{"url", "data:image/png;base64,AAAA"}}}}}}}}}},
        answers("text"),
        {JsonObject{{"name", "lookup"}, {"arguments", R"({"order":"A-77","count":12})"}}});
    EXPECT_TRUE(has(text.asked, "a part"));
    EXPECT_FALSE(has(text.asked, "base64"));
    for (const char* part : {"text", "lookup", "A-77", "12"}) {
        EXPECT_TRUE(has(text.answered, part)) << part;
    }
}

TEST(CallText, redactsEveryTextAlsoWhereEscapesHideIt)
{
    const auto text = textOf(
        asks("Write to alice@example.com about 4111 1111 1111 1111"),
        answers("Sent to alice@example.com"),
        {JsonObject{{"name", "mail"}, {"arguments", R"({"to":"alice\u0040example.com"})"}}});
    for (const auto& side : {text.asked, text.answered}) {
        EXPECT_FALSE(has(side, "alice")) << side;
        EXPECT_FALSE(has(side, "example.com")) << side;
        EXPECT_FALSE(has(side, "1111")) << side;
    }
    EXPECT_TRUE(has(text.asked, "Write to [EMAIL] about"));
    EXPECT_TRUE(has(text.answered, "Sent to [EMAIL]"));
}

TEST(CallText, aValueBetweenReleasedAndWithheldTextIsInNeither)
{
    const auto text = textOf(nullptr, answers("Mail alice@exam", "ple.com today"));
    EXPECT_FALSE(has(text.answered, "alice")) << text.answered;
    EXPECT_FALSE(has(text.answered, "ple.com")) << text.answered;
    EXPECT_TRUE(has(text.answered, "Mail [EMAIL]"));
    EXPECT_TRUE(has(text.answered, "today"));
}

/// A message that ingest cut.
Json cutMessage(const std::string& beginning)
{
    return JsonObject{{"messages",
                       JsonArray{JsonObject{
                           {"role", "user"},
                           {"content", JsonObject{{"beginning", beginning}, {"bytes", 90'000}}}}}}};
}

TEST(CallText, ofATextThatWasCutTheUnsettledEndIsLeftOut)
{
    const auto text = textOf(cutMessage("Words first, then alice@exa"));
    EXPECT_TRUE(has(text.asked, "Words first")) << text.asked;
    EXPECT_FALSE(has(text.asked, "alice")) << text.asked;
    EXPECT_FALSE(text.complete);
    for (const auto* tail : {"€", "4111 €", "日本語", "😀", "é"}) {
        EXPECT_TRUE(isValidUtf8(textOf(cutMessage(std::string("Words ") + tail)).asked)) << tail;
    }
    const auto parts
        = textOf(cutMessage(R"([{"type":"text","text":"one line\nnext \"quoted\" li)"));
    EXPECT_TRUE(has(parts.asked, "  next")) << parts.asked;
}

TEST(CallText, isLimitedAndSaysSo)
{
    const std::string most(limits::kCallTextBytesMax, 'x');
    const auto exact = textOf(asks(most), answers(most));
    EXPECT_TRUE(exact.complete);
    EXPECT_TRUE(exact.asked.starts_with(most));
    const auto over = textOf(asks(most + "y"));
    EXPECT_FALSE(over.complete);
    EXPECT_EQ(over.asked.size(), limits::kCallTextBytesMax);
    EXPECT_FALSE(textOf(asks("a"), answers(most + "y")).complete);
    const auto second
        = textOf(JsonObject{{"messages", JsonArray{message("left out"), message(most)}}});
    EXPECT_FALSE(second.complete);
    EXPECT_FALSE(has(second.asked, "left out"));
}

TEST(CallText, cutsAtACharacterAndReplacesWhatPostgresqlCannotHold)
{
    std::string wide;
    while (wide.size() < limits::kCallTextBytesMax) {
        wide += "€";
    }
    EXPECT_TRUE(isValidUtf8(textOf(asks(wide)).asked));
    const auto text = textOf(asks(std::string("a\0b", 3)));
    EXPECT_TRUE(has(text.asked,
                    "a\xEF\xBF\xBD"
                    "b"));
    const auto many = textOf(asks(std::string(limits::kCallTextBytesMax, '\0')));
    EXPECT_LE(many.asked.size(), limits::kCallTextBytesMax);
    EXPECT_TRUE(isValidUtf8(many.asked));
}

TEST(CallText, takesAnyJson)
{
    for (const char* json : {"null",
                             "3",
                             "[]",
                             R"({"messages":7})",
                             R"({"messages":[null,[],{"content":{"beginning":"x"}}]})",
                             R"({"unreadable":true})",
                             R"({"texts":[1,{"released":2}]})"}) {
        const auto value = must(parseJson(json));
        static_cast<void>(textOf(value, value, {value}));
    }
    EXPECT_FALSE(textOf(must(parseJson(R"({"unreadable":true})"))).complete);
}

} // namespace
} // namespace exhibit::storage
