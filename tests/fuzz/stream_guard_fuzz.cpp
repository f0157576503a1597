// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer under redact and block policies, in events and pieces and by patterns as
// the first bytes say: the client has exactly what is final of the redacted text, and nothing
// behind a stop.
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
    std::vector<std::string> placeholders;
};

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
            std::move(placeholders)};
}

Fixture ordinaryFixture()
{
    std::string patterns;
    std::vector<scan::PatternSpec> specs;
    for (std::size_t i = 0; i < kPatterns.size(); ++i) {
        patterns += std::string(i == 0 ? "" : ",") + R"({"pattern":")" + kPatterns[i]
            + R"(","placeholder":")" + kPlaceholders[i] + "\"}";
        specs.emplace_back();
        specs.back().pattern = parseJson(std::string("\"") + kPatterns[i] + "\"")->as_string();
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

std::string contentOf(BytesView stream)
{
    std::string text;
    SseParser parser;
    parser.append(stream);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        const auto walk = JsonWalk::parse((*event)->data());
        EXHIBIT_ASSERT(walk.has_value());
        for (const auto& found : readChatAnswer(*walk, AnswerForm::Chunk).texts) {
            text += walk->string(found.node);
        }
    }
    return text;
}

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
    const auto quoted
        = quoteJson(std::string_view(reinterpret_cast<const char*>(data + kHead), size - kHead));
    const auto text = decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));

    prevention::CallGuard guard(fixture.snapshot, {});
    UsageMeter meter(nullptr, {}, 0);
    StreamRelay relay(guard, meter, {});
    RedactionReference reference(fixture.redacted, fixture.placeholders, text);
    const auto whole = reference.whole();
    std::string released;
    for (std::size_t at = 0; at < text.size() && !relay.stopped();) {
        const auto end = characterEnd(text, at, eventBytes + 1);
        const auto event = R"(data: {"choices":[{"index":0,"delta":{"content":)"
            + quoteWithEscapes(std::string_view(text).substr(at, end - at), escapes) + "}}]}\n\n";
        for (BytesView rest = event; !rest.empty() && !relay.stopped();) {
            EXHIBIT_ASSERT(relay.feed(rest.substr(0, pieceBytes)).has_value());
            rest.remove_prefix(std::min(rest.size(), pieceBytes));
        }
        for (const auto& events : relay.takeReleased()) {
            released += contentOf(events.bytes);
        }
        // The blocking pattern holds text back, too; redaction alone may not be behind.
        EXHIBIT_ASSERT(whole.starts_with(released));
        at = end;
    }
    relay.finish();
    for (const auto& events : relay.takeReleased()) {
        released += contentOf(events.bytes);
    }
    EXHIBIT_ASSERT(relay.stopped() ? whole.starts_with(released) : released == whole);
    return 0;
}
