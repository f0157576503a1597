// SPDX-License-Identifier: Apache-2.0
#include "server/spool/json_text.h"

#include <gtest/gtest.h>

namespace exhibit::spool {
namespace {

std::string written(std::string_view text)
{
    std::string out;
    appendJsonString(out, text);
    return out;
}

TEST(JsonText, everyByteAtEveryPlaceIsReadBackAsItWas)
{
    // Around the eight bytes that are looked at together.
    for (std::size_t length = 1; length <= 18; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            for (int byte = 0; byte < 0x80; ++byte) {
                std::string text(length, 'a');
                text[at] = static_cast<char>(byte);
                const auto read = parseJson(written(text));
                ASSERT_TRUE(read) << byte;
                ASSERT_EQ(read->as_string(), text) << byte;
            }
        }
    }
}

TEST(JsonText, keepsValidCharactersAndReplacesOtherBytes)
{
    EXPECT_EQ(written("zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80"),
              "\"zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac \xf0\x9f\x98\x80\"");
    EXPECT_EQ(written("\xc3\xab\xff\xe6\x97\xa5"), "\"\xc3\xab\xef\xbf\xbd\xe6\x97\xa5\"");
    EXPECT_EQ(written("cut \xe6\x97"), "\"cut \xef\xbf\xbd\xef\xbf\xbd\"");
    for (int byte = 0x80; byte < 0x100; ++byte) {
        const auto read = parseJson(written(std::string(11, static_cast<char>(byte))));
        ASSERT_TRUE(read) << byte;
    }
}

TEST(JsonText, escapesWhatJsonDemands)
{
    EXPECT_EQ(written("a\"b\\c\nd\x01\x1f"), "\"a\\\"b\\\\c\\nd\\u0001\\u001f\"");
    EXPECT_EQ(written(""), "\"\"");
}

TEST(JsonText, printsValuesLargerThanItsBuffer)
{
    const Json value = JsonArray{std::string(20'000, 'x'), -1, 2.5, nullptr};
    std::string out;
    appendJsonValue(out, value);
    EXPECT_EQ(out, printJson(value));
}

TEST(JsonText, aValueNeverMakesTheRecordUnreadable)
{
    std::string out;
    appendJsonValue(out, JsonArray{"ok \xc3", "é"});
    EXPECT_EQ(out, "[\"ok \xef\xbf\xbd\",\"é\"]");
}

} // namespace
} // namespace exhibit::spool
