// SPDX-License-Identifier: Apache-2.0
// Streams whose writers cut strings by UTF-16 units: the halves of a character stand in two events.
// Readers join them, so that a match may begin in the one and end in the other.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/redaction_reference.h"
#include "tests/server/gateway/relayed_stream.h"

#include "models/scan/pattern_set.h"

namespace exhibit::gateway {
namespace {

/// A chunk with the content as it stands in the JSON.
std::string rawText(const std::string& raw, int choice = 0)
{
    return event(delta("\"content\":\"" + raw + "\"", choice));
}

/// What a client has that joins the strings of the contents before it reads their characters.
std::string joinedContent(const std::string& stream)
{
    std::string raw;
    SseParser parser;
    parser.append(stream);
    for (auto next = parser.next(); next && *next; next = parser.next()) {
        const auto walk = JsonWalk::parse((*next)->data());
        if (!walk) {
            continue;
        }
        for (const auto& text : chatSurface().read(*walk, AnswerForm::Chunk).texts) {
            const auto string = walk->raw(text.node);
            raw += string.substr(1, string.size() - 2);
        }
    }
    return decodeJsonString(raw);
}

std::string policyOf(const std::string& pattern, const std::string& mode)
{
    return patternPolicy("T", mode, pattern);
}

TEST(SplitCharacters, aMatchThatBeginsWithOneIsBlocked)
{
    auto guard = guardWith({policyOf("\U0001F600secret", "block")});
    const auto relayed
        = relay(*guard, rawText("a \\ud83d") + rawText("\\ude00secret b") + finish() + done());
    EXPECT_TRUE(relayed.stopped);
    EXPECT_EQ(joinedContent(relayed.released), "a ");
}

TEST(SplitCharacters, goOutUnchangedWhenNothingIsFound)
{
    auto guard = guardWith({policyOf("\U0001F600secret", "block")});
    RelayRun run(*guard);
    const std::string first = rawText("a \\ud83d");
    EXPECT_EQ(run.feed(first), "") << "until the other half is judged";
    const std::string rest = rawText("\\ude01 b") + rawText("") + rawText("\\uD83D") + rawText("")
        + rawText("\\uDE00") + rawText("c") + finish() + done();
    EXPECT_EQ(run.feed(rest), first + rest);
    EXPECT_FALSE(run.finish().stopped);
}

TEST(SplitCharacters, halvesWithoutTheirOtherOneGoOutAsTheyCame)
{
    auto guard = guardWith({policyOf("secret", "redact")});
    const std::string stream = rawText("a \\ud83d") + rawText("b") + rawText("\\ude00")
        + rawText("\\ud83d") + rawText("\\ud83d") + rawText("x\\\\ud83d") + rawText("\\ude00")
        + rawText("\\ud83d") + finish() + done();
    const auto relayed = relay(*guard, stream);
    EXPECT_EQ(relayed.released, stream);
    ASSERT_EQ(relayed.texts.size(), 1U);
    EXPECT_EQ(relayed.texts[0].withheldBytes, 0);
}

TEST(SplitCharacters, withoutPoliciesNothingWaits)
{
    auto guard = guardWith({});
    RelayRun run(*guard);
    EXPECT_EQ(run.feed(rawText("a \\ud83d")), rawText("a \\ud83d"));
    EXPECT_EQ(run.feed(rawText("\\ude00")), rawText("\\ude00"));
    EXPECT_EQ(run.feed(rawText("\\ud83d")), rawText("\\ud83d"));
    run.feed(finish() + done());
    const auto relayed = run.finish();
    EXPECT_EQ(relayed.texts[0].released, "a \U0001F600\xEF\xBF\xBD");
    EXPECT_EQ(relayed.texts[0].withheldBytes, 0);
}

TEST(SplitCharacters, keepTheirHalvesBesideARedaction)
{
    auto guard = guardWith({policyOf("secret", "redact")});
    const auto relayed = relay(*guard,
                               rawText("secret \\ud83d") + rawText("\\ude00 and secret\\ud83d")
                                   + rawText("\\ude01") + finish() + done());
    EXPECT_EQ(joinedContent(relayed.released), "[GONE] \U0001F600 and [GONE]\U0001F601");
    EXPECT_EQ(relayed.texts[0].released, "[GONE] \U0001F600 and [GONE]\U0001F601");
}

TEST(SplitCharacters, goWithTheRedactionThatCoversThem)
{
    auto guard = guardWith({policyOf("x\U0001F600secret|\U0001F601y", "redact")});
    const auto relayed = relay(*guard,
                               rawText("a x\\ud83d") + rawText("\\ude00secret b \\ud83d")
                                   + rawText("\\ude01y") + rawText(" c") + finish() + done());
    EXPECT_EQ(joinedContent(relayed.released), "a [GONE] b [GONE] c");
    EXPECT_EQ(relayed.released.find("\\ud83d"), std::string::npos);
    EXPECT_EQ(relayed.released.find("\\ude0"), std::string::npos);
}

TEST(SplitCharacters, areJoinedWithinEachChoice)
{
    auto guard = guardWith({policyOf("\U0001F600secret", "redact")});
    const auto relayed
        = relay(*guard,
                rawText("\\ud83d", 0) + rawText("\\ud83d", 1) + rawText("\\ude00secret", 1)
                    + rawText("\\ude01secret", 0) + finish(0) + finish(1) + done());
    const auto texts = clientTexts(relayed.released);
    EXPECT_EQ(texts.at("choices/1/content"), "[GONE]");
    EXPECT_NE(relayed.released.find("\\ude01secret"), std::string::npos);
}

/// UTF-16 units as escapes, as a writer of \u escapes puts them.
std::vector<std::string> unitsOf(const std::u16string& text)
{
    std::vector<std::string> units;
    for (const char16_t unit : text) {
        char escape[8];
        std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(unit));
        units.push_back(unit < 0x80 && unit >= 0x20 ? std::string(1, static_cast<char>(unit))
                                                    : escape);
    }
    return units;
}

TEST(SplitCharacters, areJudgedLikeTheWholeTextHoweverItIsCut)
{
    const std::u16string alphabet[] = {u"a", u"b", u" ", u"\U0001F600", u"\U0001F601", u"é"};
    const std::string patterns[] = {
        "a\U0001F600b", "\U0001F600{1,3}", "[\U0001F600\U0001F601]a", "b\U0001F601", "é\U0001F600"};
    std::mt19937 random(20261123);
    std::size_t found = 0;
    for (int round = 0; round < 2'000; ++round) {
        std::u16string text;
        for (auto length = random() % 14; length > 0; --length) {
            text += alphabet[random() % std::size(alphabet)];
        }
        const auto units = unitsOf(text);
        std::string whole;
        std::string stream;
        for (std::size_t at = 0; at < units.size();) {
            std::string piece;
            for (auto n = 1 + random() % 3; n > 0 && at < units.size(); --n) {
                piece += units[at++];
            }
            whole += piece;
            stream += rawText(piece);
        }
        const auto& pattern = patterns[random() % std::size(patterns)];
        const auto said = decodeJsonString(whole);
        scan::PatternSpec spec;
        spec.pattern = pattern;
        const auto set = scan::PatternSet::compile(std::vector{spec}).value();
        const std::vector<std::string> placeholders{"[GONE]"};
        const RedactionReference reference(set, placeholders, said);
        auto guard = guardWith({policyOf(pattern, "redact")});
        const auto redacted = relay(*guard, stream + finish() + done());
        ASSERT_EQ(joinedContent(redacted.released), reference.whole()) << stream << pattern;
        if (!reference.touched()) {
            ASSERT_EQ(redacted.released, stream + finish() + done());
            continue;
        }
        ++found;
        auto blocking = guardWith({policyOf(pattern, "block")});
        const auto blocked = relay(*blocking, stream + finish() + done());
        ASSERT_TRUE(blocked.stopped);
        const auto out = joinedContent(blocked.released);
        ASSERT_EQ(out, said.substr(0, reference.runs().front().begin)) << stream << pattern;
    }
    EXPECT_GT(found, 200U);
}

} // namespace
} // namespace exhibit::gateway
