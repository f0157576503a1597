// SPDX-License-Identifier: Apache-2.0
// INV-2 on whole streams: random pattern sets, texts with and without matches, choices and fields,
// JSON escapes and splits. After every event the client has exactly the redacted text of the events
// that are final: nothing of a match, and nothing later than its longest live prefix.
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/random_policies.h"
#include "tests/server/gateway/redaction_reference.h"
#include "tests/server/gateway/relayed_stream.h"

namespace exhibit::gateway {
namespace {

using scan::Dice;

/// One text of the answer on its way to the client.
struct Text {
    std::string channel;
    std::string member;
    int choice = 0;
    std::string text;
    std::size_t sent = 0;
    std::unique_ptr<RedactionReference> reference;
};

std::vector<Text> randomTexts(Dice& dice, const RandomPolicies& policies)
{
    std::vector<Text> texts;
    const int choices = 1 + static_cast<int>(dice.below(3));
    for (int choice = 0; choice < choices; ++choice) {
        for (const std::string member : {"content", "refusal"}) {
            if (member == "refusal" && !dice.oneIn(3)) {
                continue;
            }
            texts.push_back({"choices/" + std::to_string(choice) + "/" + member, member, choice});
            auto& text = texts.back();
            // What is no UTF-8 cannot stand in JSON.
            const auto quoted = quoteJson(scan::randomText(dice, policies.patterns));
            text.text = decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));
        }
    }
    for (auto& text : texts) {
        text.reference
            = std::make_unique<RedactionReference>(policies.set, policies.placeholders, text.text);
    }
    return texts;
}

/// An event with the next piece of one of the texts; empty when all are sent.
std::string nextEvent(Dice& dice, std::vector<Text>& texts)
{
    std::vector<Text*> open;
    for (auto& text : texts) {
        if (text.sent < text.text.size()) {
            open.push_back(&text);
        }
    }
    if (open.empty()) {
        return {};
    }
    auto& text = *open[dice.below(open.size())];
    const auto end = characterEnd(text.text, text.sent, dice.below(8));
    const auto piece = std::string_view(text.text).substr(text.sent, end - text.sent);
    text.sent = end;
    text.reference->takeEvent(piece.size());
    return event(
        delta("\"" + text.member + "\":" + quoteWithEscapes(piece, dice.below(4)), text.choice));
}

std::string ofClient(const std::map<std::string, std::string>& client, const Text& text)
{
    const auto found = client.find(text.channel);
    return found == client.end() ? std::string{} : found->second;
}

TEST(StreamRedactionProperty, clientsHaveExactlyTheRedactedTextOfWhatIsFinal)
{
    Dice dice(20261121);
    std::size_t touched = 0;
    for (int round = 0; round < 400; ++round) {
        const auto policies = randomPolicies(dice, "redact");
        auto texts = randomTexts(dice, policies);
        auto guard = guardWith(policies.documents);
        RelayRun run(*guard);
        std::string sent;
        std::string released;
        std::map<std::string, std::string> client;
        const auto feed = [&](const std::string& bytes) {
            sent += bytes;
            for (std::size_t at = 0; at < bytes.size();) {
                const auto size = 1 + dice.below(60);
                const auto out = run.feed(BytesView(bytes).substr(at, size));
                released += out;
                for (const auto& [channel, text] : clientTexts(out)) {
                    client[channel] += text; // What goes out is whole events.
                }
                at += size;
            }
        };
        for (auto next = nextEvent(dice, texts); !next.empty(); next = nextEvent(dice, texts)) {
            feed(next);
            for (const auto& text : texts) {
                ASSERT_EQ(ofClient(client, text), text.reference->released())
                    << text.channel << " of " << quoteJson(text.text) << policies.documents[0];
            }
        }
        for (const auto& text : texts) {
            feed(finish(text.choice));
        }
        feed(done());
        bool anything = false;
        for (const auto& text : texts) {
            ASSERT_EQ(ofClient(client, text), text.reference->whole());
            anything = anything || text.reference->touched();
        }
        ASSERT_FALSE(run.finish().stopped);
        if (!anything) {
            ASSERT_EQ(released.size(), sent.size()) << "clean events pass unchanged";
        }
        touched += anything ? 1 : 0;
    }
    EXPECT_GT(touched, 100U);
    EXPECT_LT(touched, 390U);
}

constexpr std::size_t kBeforeValue = 6; // {"a":"

/// True when the policies find the same in the arguments as in their only string.
bool sameRuns(const RandomPolicies& policies,
              const std::string& arguments,
              const RedactionReference& reference)
{
    const RedactionReference raw(policies.set, policies.placeholders, arguments);
    return std::equal(raw.runs().begin(),
                      raw.runs().end(),
                      reference.runs().begin(),
                      reference.runs().end(),
                      [](const auto& a, const auto& b) {
                          return a.begin == b.begin + kBeforeValue && a.end == b.end + kBeforeValue
                              && a.pattern == b.pattern;
                      });
}

/// True when a match of the arguments as they stand covers an edge of their only string, so that
/// more of it goes than the policies find in what it decodes to.
bool coversAnEdge(const RandomPolicies& policies, const std::string& arguments, std::size_t end)
{
    const RedactionReference raw(policies.set, policies.placeholders, arguments);
    return std::any_of(raw.runs().begin(), raw.runs().end(), [end](const auto& run) {
        const bool inside = run.begin >= kBeforeValue && run.end <= end;
        return !inside && run.begin < end && run.end > kBeforeValue;
    });
}

TEST(StreamRedactionProperty, redactedToolArgumentsStayJsonAndKeepNoMatch)
{
    Dice dice(4);
    std::size_t touched = 0;
    std::size_t compared = 0;
    for (int round = 0; round < 400; ++round) {
        const auto policies = randomPolicies(dice, "redact");
        const auto quoted = quoteJson(scan::randomText(dice, policies.patterns));
        const auto text = decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));
        const auto arguments = "{\"a\":" + quoteWithEscapes(text, dice.below(4)) + ",\"n\":12}";
        auto guard = guardWith(policies.documents);
        RelayRun run(*guard);
        std::string released;
        // With a name, a call goes out when its arguments close, before its choice ends.
        const bool closes = dice.oneIn(2);
        if (closes) {
            released += run.feed(event(delta(
                R"("tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":""}}])")));
        }
        for (std::size_t at = 0; at < arguments.size();) {
            EXPECT_TRUE(released.empty()) << "held until it is judged";
            const auto end = characterEnd(arguments, at, 1 + dice.below(9));
            released += run.feed(event(delta(R"("tool_calls":[{"index":0,"function":{"arguments":)"
                                             + quoteJson(arguments.substr(at, end - at)) + "}}]")));
            at = end;
        }
        EXPECT_EQ(released.empty(), !closes);
        released += run.feed(finish(0, "tool_calls") + done());
        const auto out = clientTexts(released).at("choices/0/tool_calls/0/function/arguments");
        const auto walk = JsonWalk::parse(out);
        ASSERT_TRUE(walk.has_value()) << out;
        const RedactionReference reference(policies.set, policies.placeholders, text);
        // A string without escapes is judged where it stands, so that its quotes are its edges.
        const auto value = (*JsonWalk::parse(arguments))[1];
        const RedactionReference raw(policies.set, policies.placeholders, arguments);
        const bool stands
            = std::any_of(raw.runs().begin(), raw.runs().end(), [&](const auto& each) {
                  return each.begin < value.end - 1U && each.end > kBeforeValue;
              });
        if (!reference.touched() || (!value.escaped && !stands)) {
            continue;
        }
        ++touched;
        EXPECT_NE(out, arguments);
        const auto kept = (*walk)[1]; // The marks around strings stay, whatever matches them.
        EXPECT_FALSE(
            value.escaped
                ? keepsMatch(policies.set, policies.placeholders, walk->string(1))
                : keepsMatch(
                    policies.set, policies.placeholders, out, kept.begin + 1U, kept.end - 1U))
            << arguments << " became " << out;
        const bool decoded = value.escaped && !coversAnEdge(policies, arguments, value.end - 1U);
        if (decoded || sameRuns(policies, arguments, reference)) {
            EXPECT_EQ(walk->string(1), reference.whole()) << arguments;
            ++compared;
        }
    }
    EXPECT_GT(touched, 100U);
    EXPECT_GT(compared, 100U);
}

} // namespace
} // namespace exhibit::gateway
