// SPDX-License-Identifier: Apache-2.0
// Texts of several blocks or items, which clients put together, are judged as one text.
#include "server/gateway/whole_answer.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/server/gateway/response_events.h"

namespace exhibit::gateway {
namespace {

using responses::Stream;

const std::string kBlockSecret = patternPolicy("SECRETS", "block", "sk-[a-z]{8}");
const std::string kRedactSecret = patternPolicy("SECRETS", "redact", "sk-[a-z]{8}");

using Parts = std::vector<std::vector<std::string>>; ///< Of each part, its deltas.

std::string joined(const std::vector<std::string>& pieces)
{
    std::string whole;
    for (const auto& piece : pieces) {
        whole += piece;
    }
    return whole;
}

std::string messagesOf(const Parts& parts)
{
    std::string stream = messages::start();
    int index = 0;
    for (const auto& pieces : parts) {
        stream += messages::textStart(index);
        for (const auto& piece : pieces) {
            stream += messages::text(piece, index);
        }
        stream += messages::blockStop(index++);
    }
    return stream + messages::end() + messages::stop();
}

std::string responsesOf(const Parts& parts)
{
    std::string stream = Stream::created();
    std::string output;
    int index = 0;
    for (const auto& pieces : parts) {
        const auto whole = joined(pieces);
        stream += Stream::messageAdded(index);
        for (const auto& piece : pieces) {
            stream += Stream::text(piece, index);
        }
        stream += Stream::textDone(whole, index) + Stream::itemDone(Stream::message(whole), index);
        output += (output.empty() ? "" : ",") + Stream::message(whole);
        ++index;
    }
    return stream + Stream::completed(output);
}

struct Api {
    const Surface& surface;
    std::string (*stream)(const Parts&);
};
const Api kApis[] = {{messagesSurface(), messagesOf}, {responsesSurface(), responsesOf}};

Relayed relayed(const Api& api,
                prevention::CallGuard& guard,
                const Parts& parts,
                std::size_t piece = 1U << 20U)
{
    return relay(guard, api.stream(parts), piece, {.surface = api.surface});
}

/// What a client puts together of all parts; repetitions are no more of it.
std::string clientText(const std::string& stream, const Surface& surface)
{
    std::string said;
    SseParser parser;
    parser.append(stream);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        const auto walk = JsonWalk::parse((*event)->data());
        EXPECT_TRUE(walk.has_value());
        for (const auto& text : surface.read(*walk, AnswerForm::Chunk).texts) {
            said += text.isAnswer && !text.repeats ? walk->string(text.node) : "";
        }
    }
    return said;
}

TEST(JoinedParts, aMatchAcrossThemStopsTheStreamBeforeIt)
{
    const Parts forms[] = {
        {{"key sk-ab"}, {"cdefgh done"}},
        {{"key ", "s", "k", "-ab"}, {"cdef", "gh", " done"}},
        {{"key s"}, {"k-abc"}, {}, {"de", "f"}, {"gh done"}},
        {{"key "}, {"sk-abcdefgh done"}},
        {{"key sk"}, {"-abcdefg"}, {"h"}},
    };
    for (const auto& api : kApis) {
        for (const auto& parts : forms) {
            for (const std::size_t piece : {1U, 7U, 100U, 100000U}) {
                auto guard = guardWith({kBlockSecret});
                const auto result = relayed(api, *guard, parts, piece);
                ASSERT_TRUE(result.stopped);
                EXPECT_EQ(result.stop->decision.result, domain::DecisionResult::Block);
                EXPECT_EQ(clientText(result.released, api.surface), "key ") << result.released;
            }
        }
    }
}

TEST(JoinedParts, aMatchThatTheEndOfTheAnswerConfirmsDoesNotGoOut)
{
    const auto policy = patternPolicy("SECRETS", "block", "sk-[a-z]{8}\\b");
    for (const auto& api : kApis) {
        auto guard = guardWith({policy});
        const auto result = relayed(api, *guard, {{"key sk-ab"}, {"cdefgh"}});
        ASSERT_TRUE(result.stopped);
        EXPECT_EQ(clientText(result.released, api.surface), "key ");
        auto other = guardWith({policy});
        EXPECT_FALSE(relayed(api, *other, {{"key sk-ab"}, {"cdefghi"}}).stopped);
    }
}

TEST(JoinedParts, oneRedactionAcrossThemHasOnePlaceholder)
{
    for (const auto& api : kApis) {
        for (const std::size_t piece : {1U, 50U, 100000U}) {
            auto guard = guardWith({kRedactSecret});
            const auto result
                = relayed(api, *guard, {{"key ", "sk-ab"}, {"cd"}, {"efgh", " done"}}, piece);
            EXPECT_FALSE(result.stopped);
            EXPECT_EQ(clientText(result.released, api.surface), "key [GONE] done");
            ASSERT_EQ(result.texts.size(), 3U);
            EXPECT_EQ(result.texts[0].released, "key [GONE]");
            EXPECT_EQ(result.texts[0].original, "key sk-ab");
            EXPECT_EQ(result.texts[1].released, "");
            EXPECT_EQ(result.texts[2].released, " done");
        }
    }
}

TEST(JoinedParts, theRepetitionsAreRedactedAlike)
{
    auto guard = guardWith({kRedactSecret});
    const auto result
        = relayed({responsesSurface(), responsesOf}, *guard, {{"key sk-ab"}, {"cdefgh done"}});
    EXPECT_EQ(result.released,
              responsesOf({{"key [GONE]"}, {" done"}})); // Each text stands there four times.
}

TEST(JoinedParts, thoughtsAreNotJoinedWithWhatIsSaid)
{
    using namespace messages;
    auto guard = guardWith({kBlockSecret});
    const auto stream = start() + blockStart(0, R"("type":"thinking","thinking":"")")
        + thinking("so sk-ab") + blockStop(0) + textStart(1) + messages::text("cdefgh", 1)
        + blockStop(1) + end() + stop();
    const auto result = relay(*guard, stream, 1000, {.surface = messagesSurface()});
    EXPECT_FALSE(result.stopped);
    EXPECT_EQ(result.released, stream);
}

TEST(JoinedParts, whatCannotBeJoinedInOneWayIsUnreadable)
{
    using namespace messages;
    const auto begun
        = start() + textStart(0) + messages::text("a", 0) + textStart(1) + messages::text("b", 1);
    for (const auto& rest :
         {messages::text("c", 0), blockStop(1) + blockStop(0) + messages::text("c", 0)}) {
        auto guard = guardWith({kBlockSecret});
        EXPECT_TRUE(relay(*guard, begun + rest, 1000, {.surface = messagesSurface()}).stopped);
    }
    const auto said = Stream::created() + Stream::messageAdded() + Stream::text("sk-ab")
        + Stream::itemDone(Stream::message("other sk-ab"));
    auto guard = guardWith({kBlockSecret});
    EXPECT_TRUE(relay(*guard,
                      said + Stream::messageAdded(1) + Stream::text("cdefgh", 1),
                      1000,
                      {.surface = responsesSurface()})
                    .stopped);
}

TEST(JoinedParts, aTextThatGoesOnBehindItsEndIsStillOne)
{
    using namespace messages;
    auto guard = guardWith({kBlockSecret});
    const auto result
        = relay(*guard,
                start() + textStart() + messages::text("key sk-ab") + blockStop()
                    + messages::text("cde") + blockStop() + textStart(1) + messages::text("fgh", 1),
                1000,
                {.surface = messagesSurface()});
    EXPECT_TRUE(result.stopped);
    EXPECT_EQ(clientText(result.released, messagesSurface()), "key ");
}

TEST(JoinedParts, textsThatOnlyTheirEndsSayAreJoinedToo)
{
    const auto item = [](const std::string& said, int index) {
        return Stream::itemAdded(
                   R"("id":"msg_1","type":"message","status":"in_progress",)"
                   R"("role":"assistant","content":[{"type":"output_text","text":""}])",
                   index)
            + Stream::textDone(said, index) + Stream::itemDone(Stream::message(said), index);
    };
    const auto stream = Stream::created() + item("key sk-ab", 0) + item("cdefgh", 1)
        + Stream::completed(Stream::message("key sk-ab") + "," + Stream::message("cdefgh"));
    auto guard = guardWith({kBlockSecret});
    const auto result = relay(*guard, stream, 1000, {.surface = responsesSurface()});
    EXPECT_TRUE(result.stopped);
    EXPECT_NE(result.released.find("\"key \""), std::string::npos) << result.released;
    EXPECT_EQ(result.released.find("sk-ab\""), std::string::npos) << result.released;
    EXPECT_EQ(result.released.find("\"cdefgh"), std::string::npos) << result.released;
    auto open = guardWith({patternPolicy("OTHER", "block", "nowhere")});
    EXPECT_EQ(relay(*open, stream, 1000, {.surface = responsesSurface()}).released, stream);
}

TEST(JoinedParts, aStopElsewhereLetsTheTextBeforeItOut)
{
    using namespace messages;
    const std::string tools
        = R"({"policy_id":"TOOLS","title":"t","severity":"high","stage":["tool_call"],)"
          R"("mode":"block","rule":{"type":"tool","deny":["delete_*"]}})";
    const auto said = start() + textStart() + messages::text("It is s") + blockStop();
    auto guard = guardWith({kBlockSecret, tools});
    const auto result
        = relay(*guard,
                said + toolStart(1, "delete_all") + input("{}") + blockStop(1) + end() + stop(),
                1000,
                {.surface = messagesSurface()});
    EXPECT_TRUE(result.stopped);
    EXPECT_EQ(result.released, said) << "nothing follows that could go on with it";
}

TEST(JoinedParts, wholeAnswersAreCutAndRedactedAlike)
{
    const auto judged = [](const std::string& policy, const std::string& last) {
        auto guard = guardWith({policy});
        UsageMeter meter(nullptr, {}, 0);
        WholeAnswer answer(*guard, meter, messagesSurface());
        const std::string body = R"({"content":[{"type":"text","text":"key sk-ab"},)"
                                 R"({"type":"text","text":")"
            + last + R"("}],"stop_reason":"end_turn"})";
        answer.judge(body);
        EXPECT_TRUE(answer.canBeCut());
        return answer.rewritten().value_or("unchanged");
    };
    EXPECT_EQ(judged(kRedactSecret, "cdefgh done"),
              R"({"content":[{"type":"text","text":"key [GONE]"},{"type":"text","text":" done"}],)"
              R"("stop_reason":"end_turn"})");
    const std::string cut = R"({"content":[{"type":"text","text":"key "},)"
                            R"({"type":"text","text":""}],"stop_reason":"refusal"})";
    EXPECT_EQ(judged(kBlockSecret, "cdefgh done"), cut);
    EXPECT_EQ(judged(patternPolicy("SECRETS", "block", "sk-[a-z]{8}\\b"), "cdefgh"), cut);
    EXPECT_EQ(judged(kBlockSecret, "cdef"), "unchanged");
}

class Dice {
public:
    explicit Dice(unsigned seed)
        : m_random(seed)
    {
    }
    std::size_t upTo(std::size_t most)
    {
        return std::uniform_int_distribution<std::size_t>(0, most)(m_random);
    }
    /// The text in pieces of random sizes.
    std::vector<std::string> split(const std::string& text, std::size_t most)
    {
        std::vector<std::string> pieces;
        for (std::size_t at = 0; at < text.size();) {
            pieces.push_back(text.substr(at, 1 + upTo(most)));
            at += pieces.back().size();
        }
        return pieces;
    }

private:
    std::mt19937 m_random;
};

std::string collapsed(std::string text)
{
    // Runs that touch at a border have nothing that goes on across it.
    const std::string twice = "[GONE][GONE]";
    for (auto at = text.find(twice); at != std::string::npos; at = text.find(twice)) {
        text.erase(at, twice.size() / 2);
    }
    return text;
}

TEST(JoinedParts, areJudgedAsOneTextHoweverItIsParted)
{
    const std::vector<std::vector<std::string>> policies = {
        {patternPolicy("A", "redact", "ab{2,4}c")},
        {patternPolicy("A", "redact", "a[ab]{3}"), patternPolicy("B", "redact", "ca?b")},
        {patternPolicy("A", "block", "a[bc]{6}")},
        {patternPolicy("A", "block", "cccc"), patternPolicy("B", "redact", "bab")},
    };
    Dice dice(20261122);
    std::size_t stops = 0;
    std::size_t redactions = 0;
    for (int round = 0; round < 400; ++round) {
        std::string text;
        for (std::size_t left = 5 + dice.upTo(40); left > 0; --left) {
            text += "abc"[dice.upTo(2)];
        }
        Parts parts;
        for (const auto& part : dice.split(text, 11)) {
            parts.push_back(dice.split(part, 3));
        }
        const auto& list = policies[dice.upTo(policies.size() - 1)];
        for (const auto& api : kApis) {
            auto one = guardWith(list);
            const auto whole = relayed(api, *one, {{text}});
            auto several = guardWith(list);
            const auto parted = relayed(api, *several, parts, 1 + dice.upTo(300));
            EXPECT_EQ(whole.stopped, parted.stopped) << text;
            EXPECT_EQ(collapsed(clientText(parted.released, api.surface)),
                      collapsed(clientText(whole.released, api.surface)))
                << text << " in " << parts.size();
            stops += whole.stopped ? 1 : 0;
            redactions += clientText(whole.released, api.surface).find('[') != std::string::npos;
        }
    }
    EXPECT_GT(stops, 30U);
    EXPECT_GT(redactions, 100U);
}

} // namespace
} // namespace exhibit::gateway
