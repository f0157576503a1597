// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer of up to three choices, and as the arguments of a tool call, under redact
// and block policies, in events and pieces and by patterns as the first bytes say: of each choice
// the client has what is final of the redacted text, no byte of a blocked match, and nothing behind
// it.
#include "models/base/assert.h"
#include "models/base/json.h"
#include "server/gateway/chat_answer.h"
#include "server/gateway/stream_relay.h"
#include "tests/server/gateway/random_policies.h"
#include "tests/server/gateway/redaction_reference.h"

#include <array>
#include <cstdint>
#include <map>

namespace {

using namespace exhibit;
using namespace exhibit::gateway;

// Redact policies first: their matches are what the reference knows.
constexpr std::array kPatterns{R"([\\w.+-]{1,20}@[\\w-]{1,20}\\.[a-z]{2,5}\\b)",
                               R"((?<!\\d)\\d{3}-?\\d{4}(?!\\d))",
                               R"((?i)zero.{0,3}one)",
                               R"(token=\\w+)"};
const std::vector<std::string> kPlaceholders{"[MAIL]", "[PHONE]", "[WORD]", "[TOKEN]"};
constexpr auto kBlocked = R"(sk-[a-z0-9]{4,8}\\b)";

std::string policy(const std::string& id, const std::string& mode, const std::string& pattern)
{
    return R"({"policy_id":")" + id + R"(","title":"t","severity":"high","stage":"output","mode":")"
        + mode + R"(","rule":{"type":"patterns","patterns":[)" + pattern + "]}}";
}

struct Fixture {
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
    std::shared_ptr<const scan::PatternSet> redacted;
    std::shared_ptr<const scan::PatternSet> blocked;
    std::vector<std::string> placeholders;
};

scan::PatternSpec specOf(const std::string& pattern)
{
    scan::PatternSpec spec;
    spec.pattern = parseJson("\"" + pattern + "\"")->as_string();
    return spec;
}

Fixture fixtureWith(std::vector<std::string> documents,
                    std::shared_ptr<const scan::PatternSet> redacted,
                    std::vector<std::string> placeholders)
{
    documents.push_back(policy("Z", "block", std::string("\"") + kBlocked + "\""));
    std::vector<domain::Policy> policies;
    policies.reserve(documents.size());
    for (const auto& document : documents) {
        policies.push_back(domain::policyFromJson(parseJson(document).value()).value());
    }
    const auto snapshot = domain::makeSnapshot({}, policies, JsonObject{}).value();
    return {prevention::CompiledSnapshot::compile(
                std::make_shared<const domain::PolicySnapshot>(snapshot))
                .value(),
            std::move(redacted),
            scan::PatternSet::compile(std::vector{specOf(kBlocked)}).value(),
            std::move(placeholders)};
}

Fixture ordinaryFixture()
{
    std::string patterns;
    std::vector<scan::PatternSpec> specs;
    for (std::size_t i = 0; i < kPatterns.size(); ++i) {
        patterns += std::string(i == 0 ? "" : ",") + R"({"pattern":")" + kPatterns[i]
            + R"(","placeholder":")" + kPlaceholders[i] + "\"}";
        specs.push_back(specOf(kPatterns[i]));
    }
    return fixtureWith(
        {policy("A", "redact", patterns)}, scan::PatternSet::compile(specs).value(), kPlaceholders);
}

/// The patterns of a number: 0 are what people write, the others are random.
const Fixture& fixtureOf(unsigned number)
{
    static std::map<unsigned, Fixture> made;
    const auto found = made.find(number);
    if (found != made.end()) {
        return found->second;
    }
    if (number == 0) {
        return made.emplace(number, ordinaryFixture()).first->second;
    }
    scan::Dice dice(number);
    auto random = randomPolicies(dice, "redact");
    return made
        .emplace(number, fixtureWith(std::move(random.documents), random.set, random.placeholders))
        .first->second;
}

/// What a reader puts together of each channel.
void read(BytesView stream, std::map<std::string, std::string>& texts)
{
    SseParser parser;
    parser.append(stream);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        if ((*event)->data() == "[DONE]") {
            continue;
        }
        const auto walk = JsonWalk::parse((*event)->data());
        EXHIBIT_ASSERT(walk.has_value());
        for (const auto& found : readChatAnswer(*walk, AnswerForm::Chunk).texts) {
            texts[found.channel] += walk->string(found.node);
        }
    }
}

/// The redacted text, with a byte that no text has instead of each that a blocked match covers.
std::string marked(const std::string& text,
                   const std::vector<scan::Redaction>& redacted,
                   const std::vector<scan::Redaction>& blocked,
                   const std::vector<std::string>& placeholders)
{
    std::string out;
    auto run = redacted.begin();
    auto block = blocked.begin();
    for (std::size_t at = 0; at < text.size();) {
        if (run != redacted.end() && at == run->begin) {
            out += placeholders[run->pattern];
            at = (run++)->end;
            continue;
        }
        while (block != blocked.end() && block->end <= at) {
            ++block;
        }
        const bool covered = block != blocked.end() && at >= block->begin;
        out += covered ? '\xFF' : text[at];
        ++at;
    }
    return out;
}

/// One text of the answer: a choice's content, or the arguments of its tool call.
struct Said {
    int choice = 0;
    bool isArguments = false;
    std::string text; ///< As it goes over the wire, before its own quoting.
    std::string expected; ///< marked(), of a content.
    bool blocked = false;
    std::size_t sent = 0;

    [[nodiscard]] std::string channel() const
    {
        return "choices/" + std::to_string(choice)
            + (isArguments ? "/tool_calls/0/function/arguments" : "/content");
    }
    [[nodiscard]] std::string event(std::string_view piece, std::size_t escapes) const
    {
        const auto quoted = isArguments ? quoteJson(piece) : quoteWithEscapes(piece, escapes);
        return R"(data: {"choices":[{"index":)" + std::to_string(choice) + R"(,"delta":{)"
            + (isArguments ? R"("tool_calls":[{"index":0,"function":{"arguments":)" + quoted + "}}]"
                           : "\"content\":" + quoted)
            + "}}]}\n\n";
    }
    [[nodiscard]] std::string end() const
    {
        return R"(data: {"choices":[{"index":)" + std::to_string(choice)
            + R"(,"delta":{},"finish_reason":"stop"}]})" + "\n\n";
    }
};

bool matches(const Fixture& fixture, const std::string& text)
{
    return !scanWhole(fixture.blocked, text).empty();
}

/// The fuzzer's bytes as `choices` contents and, after them, arguments.
std::vector<Said> saidBy(const Fixture& fixture,
                         std::string_view bytes,
                         std::size_t choices,
                         bool withArguments,
                         std::size_t escapes)
{
    std::vector<Said> said;
    const auto parts = choices + (withArguments ? 1 : 0);
    for (std::size_t i = 0; i < parts; ++i) {
        const auto begin = bytes.size() * i / parts;
        const auto part = bytes.substr(begin, bytes.size() * (i + 1) / parts - begin);
        const auto quoted = quoteJson(part);
        const auto text = decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));
        Said one;
        one.isArguments = i == choices;
        one.choice = one.isArguments ? 0 : static_cast<int>(i);
        one.blocked = matches(fixture, text);
        if (one.isArguments) {
            one.text = "{\"a\":" + quoteWithEscapes(text, escapes) + "}";
            one.blocked = one.blocked || matches(fixture, one.text);
        } else {
            one.text = text;
            const RedactionReference redacted(fixture.redacted, fixture.placeholders, one.text);
            const RedactionReference blocked(fixture.blocked, fixture.placeholders, one.text);
            one.expected = marked(one.text, redacted.runs(), blocked.runs(), fixture.placeholders);
        }
        said.push_back(std::move(one));
    }
    return said;
}

/// What the client has of one text by now.
void check(const Fixture& fixture, const Said& said, const std::string& out)
{
    if (!said.isArguments) {
        EXHIBIT_ASSERT(said.expected.starts_with(out));
    } else if (!out.empty()) { // Whole, or not at all.
        const auto walk = JsonWalk::parse(out);
        EXHIBIT_ASSERT(walk.has_value());
        EXHIBIT_ASSERT(!said.blocked);
        EXHIBIT_ASSERT(!keepsMatch(fixture.blocked, fixture.placeholders, out));
    }
}

/// A guarded stream, and what its reader has put together.
class Stream {
public:
    explicit Stream(const Fixture& fixture)
        : m_guard(fixture.snapshot, {})
        , m_meter(nullptr, {}, 0)
        , m_relay(m_guard, m_meter, {})
    {
    }

    void send(BytesView event, std::size_t pieceBytes)
    {
        while (!event.empty() && !m_relay.stopped()) {
            EXHIBIT_ASSERT(m_relay.feed(event.substr(0, pieceBytes)).has_value());
            event.remove_prefix(std::min(event.size(), pieceBytes));
        }
        take();
    }
    void finish()
    {
        m_relay.finish();
        take();
    }
    [[nodiscard]] bool stopped() const { return m_relay.stopped(); }
    [[nodiscard]] const std::string& text(const Said& said) { return m_texts[said.channel()]; }

private:
    void take()
    {
        for (const auto& events : m_relay.takeReleased()) {
            read(events.bytes, m_texts);
        }
    }

    prevention::CallGuard m_guard;
    UsageMeter m_meter;
    StreamRelay m_relay;
    std::map<std::string, std::string> m_texts;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t kHead = 4;
    if (size < kHead) {
        return 0;
    }
    const auto& fixture = fixtureOf(data[3] % 64U);
    const std::size_t eventBytes = data[0] % 32U;
    const std::size_t pieceBytes = 1U + data[1] % 64U;
    const std::size_t escapes = data[2] % 4U;
    const std::size_t choices = 1U + (data[2] >> 2U) % 3U;
    const bool withArguments = (data[2] & 0x20U) != 0;
    auto said = saidBy(fixture,
                       std::string_view(reinterpret_cast<const char*>(data + kHead), size - kHead),
                       choices,
                       withArguments,
                       escapes);
    Stream stream(fixture);
    for (bool more = true; more && !stream.stopped();) { // A piece of each in turn.
        more = false;
        for (auto& one : said) {
            if (one.sent == one.text.size() || stream.stopped()) {
                continue;
            }
            more = true;
            const auto end = characterEnd(one.text, one.sent, eventBytes + 1);
            const auto piece = std::string_view(one.text).substr(one.sent, end - one.sent);
            one.sent = end;
            stream.send(one.event(piece, escapes), pieceBytes);
            for (const auto& each : said) {
                check(fixture, each, stream.text(each));
            }
        }
    }
    for (std::size_t choice = 0; choice < choices; ++choice) {
        stream.send(said[choice].end(), pieceBytes);
    }
    stream.send("data: [DONE]\n\n", pieceBytes);
    stream.finish();
    bool blocked = false;
    for (const auto& one : said) {
        blocked = blocked || one.blocked;
        check(fixture, one, stream.text(one));
        if (!stream.stopped() && !one.isArguments) {
            EXHIBIT_ASSERT(stream.text(one) == one.expected);
        }
    }
    EXHIBIT_ASSERT(stream.stopped() == blocked);
    return 0;
}
