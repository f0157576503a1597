// SPDX-License-Identifier: Apache-2.0
// An event that is read like an earlier one has the parts that reading it alone gives.
#include "server/gateway/event_shapes.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/server/gateway/response_events.h"
#include "tests/support/llm_traffic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace exhibit::gateway {
namespace {

std::string printed(const JsonWalk& walk)
{
    std::string all;
    for (const auto& n : walk.nodes()) {
        all += fmt::format("{} {} {} {}-{} {}-{} in {} next {} at {}\n",
                           static_cast<int>(n.kind),
                           n.escaped,
                           n.nameEscaped,
                           n.begin,
                           n.end,
                           n.nameBegin,
                           n.nameEnd,
                           n.parent,
                           n.next,
                           n.position);
    }
    return all;
}

std::string printed(const AnswerText& text)
{
    return fmt::format("text {} {} {} {} {} {} {} {} {} {} {}\n",
                       text.node,
                       text.choice,
                       text.channel,
                       text.field,
                       text.toolCall,
                       text.callIndex,
                       text.isName,
                       text.isRaw,
                       text.isAnswer,
                       text.repeats,
                       text.joins);
}

std::string printed(const AnswerParts& parts)
{
    std::string all;
    for (const auto& choice : parts.choices) {
        all += fmt::format("choice {} {} {} {} {}\n",
                           choice.index,
                           choice.node,
                           choice.ends,
                           choice.finishReason,
                           choice.hasToolCalls);
    }
    for (const auto* list : {&parts.texts, &parts.asides}) {
        for (const auto& text : *list) {
            all += printed(text);
        }
    }
    for (const auto& joined : parts.joined) {
        all += fmt::format("joined {} {}\n", joined.channel, joined.nodes);
    }
    const auto usage = parts.usage.value_or(domain::Usage{});
    return all
        + fmt::format("{} {} {} {} usage {} {} {} {} {}\n",
                      parts.hasChoices,
                      parts.isAnywhere,
                      parts.isLast,
                      parts.finishReason,
                      parts.usage.has_value(),
                      usage.promptTokens,
                      usage.completionTokens,
                      parts.usageIsPart,
                      parts.problem);
}

/// Reads the stream's events one after the other; how many of them were told from one before.
int readAll(const Surface& surface, const std::string& stream)
{
    EventShapes shapes(surface);
    SseParser parser;
    parser.append(stream);
    std::set<std::shared_ptr<const AnswerParts>> answers;
    int known = 0;
    while (auto event = parser.next().value()) {
        if (!event->hasData) {
            continue;
        }
        const auto alone = JsonWalk::parse(event->data());
        const auto parts = shapes.read(event->data());
        EXPECT_EQ(parts.has_value(), alone.has_value()) << event->data();
        if (parts && alone) {
            EXPECT_EQ(printed(parts->walk), printed(*alone)) << event->data();
            EXPECT_EQ(printed(*parts->answer), printed(surface.read(*alone, AnswerForm::Chunk)))
                << event->data();
            EXPECT_EQ(parts->walk.text().data(), event->data().data()) << "of these bytes";
            known += answers.insert(parts->answer).second ? 0 : 1;
        }
    }
    return known;
}

/// Strings as JSON, and what is none.
const std::vector<std::string> kStrings{R"("")",
                                        R"("plain")",
                                        R"("a longer one, with words")",
                                        R"("\"},{\"quoted\\")",
                                        R"("\u00e9\n")",
                                        "\"\xC3\xA9\xF0\x9F\x98\x80\"",
                                        "\"\xFF\"",
                                        R"("\x")",
                                        "\"a\nb\"",
                                        R"("a":"b")",
                                        R"("a","content":"b")",
                                        R"("open)",
                                        "null",
                                        "17",
                                        R"(["a"])"};

TEST(EventShapes, readChunksAsTheyAreReadAlone)
{
    std::string stream = event(delta(R"("role":"assistant","content":"")"));
    for (const auto& first : kStrings) {
        stream += event(delta("\"content\":" + first));
        for (const auto& second : kStrings) {
            stream += event(delta("\"content\":" + first, 1) + ","
                            + delta("\"reasoning\":" + second, 2))
                + event(delta(R"("tool_calls":[{"index":0,"id":)" + second
                              + R"(,"function":{"name":"f","arguments":)" + first + "}}]"))
                + event(delta("\"content\":" + second), ",\"obfuscation\":" + first)
                + event(delta(R"("role":)" + first + ",\"content\":" + second));
        }
    }
    EXPECT_GT(readAll(chatSurface(), stream + finish() + done()), 80);
}

TEST(EventShapes, ofEveryApi)
{
    std::string anthropic = messages::start() + messages::textStart();
    std::string openAi;
    for (const auto& said : kStrings) {
        anthropic += messages::delta(0, R"("type":"text_delta","text":)" + said)
            + messages::delta(0, R"("type":)" + said + R"(,"text":"x")")
            + messages::delta(1, R"("type":"input_json_delta","partial_json":)" + said);
        for (const auto* number : {"7", "123456", "-1", "1e3", "007", "\"7\""}) {
            openAi += "data: {\"type\":\"response.output_text.delta\",\"sequence_number\":"
                + std::string(number)
                + R"(,"item_id":"msg_1","output_index":0,"content_index":0,"delta":)" + said
                + ",\"obfuscation\":\"x\"}\n\n";
        }
    }
    EXPECT_GT(readAll(messagesSurface(), anthropic + messages::stop()), 5);
    EXPECT_GT(readAll(responsesSurface(), openAi), 30);
}

TEST(EventShapes, whatDecidesHowTheRestIsReadIsReadAnew)
{
    EventShapes shapes(chatSurface());
    const auto chunk = [](const std::string& finish) {
        const auto whole = event(delta(R"("content":"x")", 0, finish));
        return whole.substr(6, whole.size() - 8);
    };
    const auto open = chunk("null");
    const auto again = chunk("null");
    const auto ended = chunk(R"("stop")");
    const auto first = shapes.read(open);
    EXPECT_EQ(shapes.read(again)->answer, first->answer);
    const auto end = shapes.read(ended);
    EXPECT_NE(end->answer, first->answer);
    EXPECT_TRUE(end->answer->choices.front().ends);
}

TEST(EventShapes, ofRecordedStreams)
{
    for (const auto* file :
         {"chat_completions_sse.jsonl.gz", "responses_sse.jsonl.gz", "other_endpoints.jsonl.gz"}) {
        for (const auto& row : test::llmTraffic(file)) {
            const Json* lines = findMember(row, "sse");
            if (lines == nullptr) {
                continue;
            }
            std::string stream;
            for (const auto& line : lines->as_array()) {
                stream += std::string(line.as_string()) + "\n";
            }
            for (const auto* surface : surfaces()) {
                static_cast<void>(readAll(*surface, stream + "\n"));
            }
        }
    }
}

} // namespace
} // namespace exhibit::gateway
