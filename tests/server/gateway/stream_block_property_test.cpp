// SPDX-License-Identifier: Apache-2.0
// INV-2 of blocking policies on whole streams: random pattern sets, texts with and without matches,
// choices and fields, JSON escapes, splits, tool arguments and every API that streams. What clients
// have is compared with the scanner after each event, and with PCRE2 once all is said.
#include "tests/models/scan/scan_oracle.h"
#include "tests/server/gateway/guard_builder.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/random_policies.h"
#include "tests/server/gateway/redaction_reference.h"
#include "tests/server/gateway/relayed_stream.h"
#include "tests/server/gateway/response_events.h"

namespace exhibit::gateway {
namespace {

using scan::Dice;

std::string randomUtf8(Dice& dice, const RandomPolicies& policies)
{
    // What is no UTF-8 cannot stand in JSON.
    const auto quoted = quoteJson(scan::randomText(dice, policies.patterns));
    return decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));
}

scan::ScanOracle oracleOf(const RandomPolicies& policies)
{
    std::vector<scan::ScanOracle::Pattern> patterns;
    for (const auto& pattern : policies.patterns) {
        patterns.push_back({pattern.spec, pattern.longest});
    }
    return scan::ScanOracle(std::move(patterns));
}

/// What a client may have of one text under blocking policies, worked out from the whole text.
class BlockReference {
public:
    /// `text` outlives this.
    BlockReference(const std::shared_ptr<const scan::PatternSet>& patterns, std::string_view text)
        : m_text(text)
        , m_matches(scanWhole(patterns, text))
        , m_live(patterns)
    {
    }

    void takeEvent(std::size_t bytes)
    {
        m_out = released().size();
        m_live.feed(m_text.substr(m_live.position(), bytes), m_scratch);
        m_events.push_back(m_live.position());
    }
    void finish()
    {
        m_out = released().size();
        m_live.finish(m_scratch);
        m_finished = true;
    }
    /// Where the first match that is known by now ends the text.
    [[nodiscard]] std::optional<std::size_t> cut() const
    {
        const auto known = m_live.position() + (m_finished ? 1 : 0);
        std::optional<std::size_t> byte;
        std::optional<std::size_t> cut;
        for (const auto& match : m_matches) {
            if (match.confirmedAt <= std::min(known, byte.value_or(SIZE_MAX))) {
                byte = match.confirmedAt;
                cut = std::min({cut.value_or(SIZE_MAX), match.start, match.settled});
            }
        }
        return cut;
    }
    /// What goes out of it while nothing stops the answer: whole events.
    [[nodiscard]] std::string_view released() const
    {
        std::size_t end = 0;
        for (const auto event : m_events) {
            end = event <= settled() ? event : end;
        }
        return m_text.substr(0, end);
    }
    /// And once something has. Of a match wider than its pattern's W the beginning may be out.
    [[nodiscard]] std::string_view final() const
    {
        return m_text.substr(0, std::max(m_out, cut().value_or(settled())));
    }

private:
    [[nodiscard]] std::size_t settled() const
    {
        return m_finished ? m_text.size() : m_live.settled();
    }

    std::string_view m_text;
    std::vector<scan::Match> m_matches;
    scan::Scanner m_live;
    std::vector<std::size_t> m_events;
    std::vector<scan::Match> m_scratch;
    std::size_t m_out = 0; ///< What went out before the last event.
    bool m_finished = false;
};

/// One text of the answer on its way to the client.
struct Text {
    std::string channel;
    std::string member;
    int choice = 0;
    std::string text;
    std::size_t sent = 0;
    std::unique_ptr<BlockReference> reference = {};
};

/// A stream that is sent in random pieces, and what the client has of it.
class Client {
public:
    Client(Dice& dice, prevention::CallGuard& guard, const Surface& surface = chatSurface())
        : m_dice(dice)
        , m_surface(surface)
        , m_guard(guard)
        , m_run(guard, {.surface = surface})
    {
    }

    void send(const std::string& bytes)
    {
        sent += bytes;
        for (std::size_t at = 0; at < bytes.size();) {
            const auto size = m_dice.oneIn(4) ? 1 : 1 + m_dice.below(60);
            take(m_run.feed(BytesView(bytes).substr(at, size)));
            at += size;
        }
    }
    [[nodiscard]] bool stopped() const { return m_guard.stop().has_value(); }
    [[nodiscard]] std::string text(const std::string& channel) const
    {
        const auto found = m_texts.find(channel);
        return found == m_texts.end() ? std::string{} : found->second;
    }

    std::string sent;
    std::string released;

private:
    void take(const std::string& out)
    {
        released += out;
        SseParser parser; // What goes out is whole events.
        parser.append(out);
        for (auto event = parser.next(); event && *event; event = parser.next()) {
            const auto walk = JsonWalk::parse((*event)->data());
            if (!walk) {
                continue;
            }
            for (const auto& found : m_surface.read(*walk, AnswerForm::Chunk).texts) {
                if (!found.repeats) {
                    m_texts[found.channel] += walk->string(found.node);
                }
            }
        }
    }

    Dice& m_dice;
    const Surface& m_surface;
    prevention::CallGuard& m_guard;
    RelayRun m_run;
    std::map<std::string, std::string> m_texts;
};

/// The next piece of a text, as JSON; its reference takes it as one event's.
std::string nextPiece(Dice& dice, Text& text)
{
    const auto end = characterEnd(text.text, text.sent, 1 + dice.below(8));
    const auto piece = std::string_view(text.text).substr(text.sent, end - text.sent);
    text.sent = end;
    text.reference->takeEvent(piece.size());
    return quoteWithEscapes(piece, dice.below(4));
}

/// No byte of what PCRE2 calls a match is out.
void expectNoMatchOut(const scan::ScanOracle& oracle, const Text& text, const std::string& out)
{
    ASSERT_TRUE(text.text.starts_with(out)) << quoteJson(text.text) << quoteJson(out);
    for (const auto& match : oracle.leastMatches(text.text)) {
        // Of one wider than W the last W bytes are what a policy covers.
        const auto last = match.end - std::min(match.end, oracle.width(match.pattern));
        ASSERT_LE(out.size(), scan::characterStart(text.text, std::max(match.start, last)))
            << quoteJson(text.text) << " of " << text.channel;
    }
}

std::vector<Text> randomTexts(Dice& dice, const RandomPolicies& policies)
{
    std::vector<Text> texts;
    const int choices = 1 + static_cast<int>(dice.below(3));
    for (int choice = 0; choice < choices; ++choice) {
        for (const std::string member : {"content", "refusal"}) {
            if (member == "content" || dice.oneIn(3)) {
                texts.push_back(
                    {"choices/" + std::to_string(choice) + "/" + member, member, choice});
                texts.back().text = randomUtf8(dice, policies);
            }
        }
    }
    for (auto& text : texts) {
        text.reference = std::make_unique<BlockReference>(policies.set, text.text);
    }
    return texts;
}

Text* openText(Dice& dice, std::vector<Text>& texts)
{
    std::vector<Text*> open;
    for (auto& text : texts) {
        if (text.sent < text.text.size()) {
            open.push_back(&text);
        }
    }
    return open.empty() ? nullptr : open[dice.below(open.size())];
}

TEST(StreamBlockProperty, clientsHaveWhatIsFinalAndNothingOfAMatch)
{
    Dice dice(20261122);
    std::size_t stops = 0;
    constexpr std::size_t kRounds = 400;
    for (std::size_t round = 0; round < kRounds; ++round) {
        const auto policies = randomPolicies(dice, "block");
        const auto oracle = oracleOf(policies);
        auto texts = randomTexts(dice, policies);
        auto guard = guardWith(policies.documents);
        Client client(dice, *guard);
        while (auto* next = openText(dice, texts)) {
            const auto piece = nextPiece(dice, *next);
            client.send(event(delta("\"" + next->member + "\":" + piece, next->choice)));
            ASSERT_EQ(client.stopped(), next->reference->cut().has_value())
                << quoteJson(next->text);
            for (const auto& text : texts) {
                ASSERT_EQ(client.text(text.channel),
                          client.stopped() ? text.reference->final() : text.reference->released())
                    << text.channel << " of " << quoteJson(text.text);
            }
            if (client.stopped()) {
                break;
            }
        }
        bool atTheEnd = false; // What is a match only because nothing follows.
        for (auto& text : texts) {
            if (!client.stopped()) {
                text.reference->finish();
                atTheEnd = atTheEnd || text.reference->cut();
            }
        }
        for (const auto& text : texts) {
            client.send(finish(text.choice));
        }
        client.send(done());
        const bool anywhere = std::any_of(texts.begin(), texts.end(), [](const Text& text) {
            return text.reference->cut().has_value();
        });
        ASSERT_EQ(client.stopped(), anywhere);
        for (const auto& text : texts) {
            expectNoMatchOut(oracle, text, client.text(text.channel));
        }
        if (!client.stopped()) {
            ASSERT_EQ(client.released.size(), client.sent.size()) << "clean events pass unchanged";
        }
        stops += client.stopped() ? 1 : 0;
    }
    EXPECT_GT(stops, kRounds / 4);
    EXPECT_LT(stops, kRounds - kRounds / 20);
}

TEST(StreamBlockProperty, toolArgumentsGoOutWholeOrNotAtAll)
{
    Dice dice(5);
    std::size_t stops = 0;
    constexpr std::size_t kRounds = 400;
    for (std::size_t round = 0; round < kRounds; ++round) {
        const auto policies = randomPolicies(dice, "block");
        const auto oracle = oracleOf(policies);
        const auto text = randomUtf8(dice, policies);
        const auto arguments = "{\"a\":" + quoteWithEscapes(text, dice.below(4)) + ",\"n\":12}";
        const bool escaped = (*JsonWalk::parse(arguments))[1].escaped;
        auto guard = guardWith(policies.documents);
        Client client(dice, *guard);
        for (std::size_t at = 0; at < arguments.size();) {
            const auto end = characterEnd(arguments, at, 1 + dice.below(9));
            client.send(event(
                delta(R"("tool_calls":[{"index":0,"function":{"arguments":)"
                      + quoteWithEscapes(arguments.substr(at, end - at), dice.below(3)) + "}}]")));
            at = end;
        }
        EXPECT_TRUE(client.released.empty()) << "held until it is judged";
        client.send(finish(0, "tool_calls") + done());
        const bool forbidden = !oracle.leastMatches(arguments).empty()
            || (escaped && !oracle.leastMatches(text).empty());
        ASSERT_EQ(client.stopped(), forbidden) << arguments;
        const auto out = client.text("choices/0/tool_calls/0/function/arguments");
        ASSERT_EQ(out, forbidden ? "" : arguments);
        stops += forbidden ? 1 : 0;
    }
    EXPECT_GT(stops, kRounds / 4);
    EXPECT_LT(stops, kRounds - kRounds / 20);
}

/// How an API says one text.
struct Wire {
    const Surface& surface;
    std::string channel;
    std::string begin;
    std::string (*piece)(const std::string& json);
    std::string (*end)(const std::string& whole);
};

Wire messagesWire()
{
    return {messagesSurface(),
            "content/0/text",
            messages::start() + messages::textStart(),
            [](const std::string& json) {
                return messages::delta(0, R"("type":"text_delta","text":)" + json);
            },
            [](const std::string&) {
                return messages::blockStop() + messages::end() + messages::stop();
            }};
}

Wire responsesWire()
{
    using responses::Stream;
    return {responsesSurface(),
            "output/0/content/0/text",
            Stream::created() + Stream::messageAdded(),
            [](const std::string& json) {
                return Stream::event("response.output_text.delta",
                                     R"(,"output_index":0,"content_index":0,"delta":)" + json);
            },
            [](const std::string& whole) {
                const auto message = Stream::message(whole);
                return Stream::textDone(whole) + Stream::itemDone(message)
                    + Stream::completed(message);
            }};
}

/// Policies that find nothing in what the API says around its texts.
RandomPolicies policiesFor(Dice& dice, const Wire& wire)
{
    while (true) {
        auto policies = randomPolicies(dice, "block");
        auto guard = guardWith(policies.documents);
        const auto nothing = wire.begin + wire.piece("\"\"") + wire.end("");
        if (!relay(*guard, nothing, SIZE_MAX, {.surface = wire.surface}).stopped) {
            return policies;
        }
    }
}

/// True when a policy stopped it.
bool streamOnce(Dice& dice, const Wire& wire)
{
    const auto policies = policiesFor(dice, wire);
    Text text{wire.channel, {}, 0, randomUtf8(dice, policies)};
    text.reference = std::make_unique<BlockReference>(policies.set, text.text);
    auto guard = guardWith(policies.documents);
    Client client(dice, *guard, wire.surface);
    client.send(wire.begin);
    while (text.sent < text.text.size() && !client.stopped()) {
        client.send(wire.piece(nextPiece(dice, text)));
        EXPECT_EQ(client.stopped(), text.reference->cut().has_value()) << quoteJson(text.text);
        EXPECT_EQ(client.text(wire.channel),
                  client.stopped() ? text.reference->final() : text.reference->released());
    }
    if (!client.stopped()) {
        text.reference->finish();
        client.send(wire.end(text.text));
    }
    EXPECT_EQ(client.stopped(), text.reference->cut().has_value()) << quoteJson(text.text);
    EXPECT_EQ(client.text(wire.channel), text.reference->final());
    expectNoMatchOut(oracleOf(policies), text, client.text(wire.channel));
    if (!client.stopped()) {
        EXPECT_EQ(client.released, client.sent) << "a clean answer passes unchanged";
    }
    return client.stopped();
}

TEST(StreamBlockProperty, holdsForEveryApiThatStreams)
{
    for (const auto& wire : {messagesWire(), responsesWire()}) {
        SCOPED_TRACE(wire.channel);
        Dice dice(6);
        std::size_t stops = 0;
        constexpr std::size_t kRounds = 150;
        for (std::size_t round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
            stops += streamOnce(dice, wire) ? 1 : 0;
        }
        EXPECT_GT(stops, kRounds / 5);
        EXPECT_LT(stops, kRounds - kRounds / 20);
    }
}

} // namespace
} // namespace exhibit::gateway
