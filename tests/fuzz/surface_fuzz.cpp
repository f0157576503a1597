// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a provider answers on each surface: as a whole answer, as a stream, and as the
// text of a stream that is well formed, in events and pieces as the first bytes say. Nothing is
// out of bounds; where no policy applies the bytes pass as they are; no blocked match goes out.
#include "models/base/assert.h"
#include "models/base/json.h"
#include "server/gateway/stream_relay.h"
#include "server/gateway/whole_answer.h"
#include "tests/server/gateway/message_events.h"
#include "tests/server/gateway/redaction_reference.h"
#include "tests/server/gateway/response_events.h"

#include <cstdint>

namespace {

using namespace exhibit;
using namespace exhibit::gateway;

constexpr std::string_view kForbidden = "sk-"; // Then four letters.

std::shared_ptr<const prevention::CompiledSnapshot> compile(const std::vector<std::string>& list)
{
    std::vector<domain::Policy> policies;
    for (const auto& document : list) {
        policies.push_back(domain::policyFromJson(parseJson(document).value()).value());
    }
    const auto snapshot = domain::makeSnapshot({}, policies, JsonObject{}).value();
    return prevention::CompiledSnapshot::compile(
               std::make_shared<const domain::PolicySnapshot>(snapshot))
        .value();
}

const std::shared_ptr<const prevention::CompiledSnapshot>& guarded()
{
    static const auto snapshot = compile(
        {R"({"policy_id":"B","title":"t","severity":"high","stage":"output","mode":"block",)"
         R"("rule":{"type":"patterns","patterns":["sk-[a-z]{4}"]}})",
         R"({"policy_id":"R","title":"t","severity":"high","stage":"output","mode":"redact",)"
         R"("rule":{"type":"patterns","patterns":[{"pattern":"[0-9]{4}","placeholder":"[N]"}]}})"});
    return snapshot;
}
const std::shared_ptr<const prevention::CompiledSnapshot>& open()
{
    static const auto snapshot = compile({});
    return snapshot;
}

struct Passed {
    std::string bytes;
    bool stopped = false;
};

Passed relay(const Surface& surface,
             const std::shared_ptr<const prevention::CompiledSnapshot>& snapshot,
             std::string_view stream,
             std::size_t pieceBytes)
{
    prevention::CallGuard guard(snapshot, {});
    UsageMeter meter(nullptr, {}, 0);
    StreamRelay relay(guard, meter, {.surface = surface});
    Passed passed;
    const auto take = [&] {
        for (const auto& events : relay.takeReleased()) {
            passed.bytes += events.bytes;
        }
    };
    while (!stream.empty() && !relay.stopped()) {
        EXHIBIT_ASSERT(relay.feed(stream.substr(0, pieceBytes)).has_value());
        stream.remove_prefix(std::min(stream.size(), pieceBytes));
        take();
    }
    relay.finish();
    take();
    passed.stopped = relay.stopped();
    if (passed.stopped) {
        StreamEnding ending;
        ending.openChoices = relay.openChoices();
        ending.endedChoices = relay.endedChoices();
        ending.begun = relay.begun();
        ending.texts = relay.channels().channelTexts();
        ending.toolCalls = relay.channels().toolCalls();
        ending.errorJson = "{}";
        passed.bytes += relay.frame().ending(ending);
    }
    return passed;
}

bool isMatch(std::string_view text)
{
    for (auto at = text.find(kForbidden); at != std::string_view::npos;
         at = text.find(kForbidden, at + 1)) {
        const auto rest = text.substr(at + kForbidden.size(), 4);
        const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
        if (rest.size() == 4 && std::all_of(rest.begin(), rest.end(), small)) {
            return true;
        }
    }
    return false;
}

/// What a reader of the stream puts together of one channel.
std::string textOf(const Surface& surface, std::string_view stream, std::string_view channel)
{
    std::string text;
    SseParser parser;
    parser.append(stream);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        if ((*event)->data() == "[DONE]") {
            continue;
        }
        const auto walk = JsonWalk::parse((*event)->data());
        EXHIBIT_ASSERT(walk.has_value());
        for (const auto& found : surface.read(*walk, AnswerForm::Chunk).texts) {
            if (found.channel == channel && !found.repeats) {
                text += walk->string(found.node);
            }
        }
    }
    return text;
}

struct Cut {
    std::size_t eventBytes = 1;
    std::size_t pieceBytes = 1;
};

std::string chatChunk(const std::string& delta, std::string_view finish)
{
    return R"(data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":)"
        + delta + R"(,"finish_reason":)" + std::string(finish) + "}]}\n\n";
}

/// The same for chat, whose choices need no frame.
std::string chatStream(const std::string& said, Cut cut)
{
    std::string stream = chatChunk(R"({"role":"assistant","content":""})", "null");
    for (std::size_t at = 0; at < said.size();) {
        const auto end = characterEnd(said, at, cut.eventBytes);
        stream += chatChunk(R"({"content":)" + quoteJson(said.substr(at, end - at)) + "}", "null");
        at = end;
    }
    return stream + chatChunk("{}", "\"stop\"") + "data: [DONE]\n\n";
}

/// `said` as the answer of a stream that is as it should be.
std::string streamOf(const Surface& surface, const std::string& said, Cut cut)
{
    if (&surface == &chatSurface()) {
        return chatStream(said, cut);
    }
    const bool messages = &surface == &messagesSurface();
    using responses::Stream;
    std::string stream = messages ? messages::start() + messages::textStart()
                                  : Stream::created() + Stream::messageAdded();
    for (std::size_t at = 0; at < said.size();) {
        const auto end = characterEnd(said, at, cut.eventBytes);
        const auto piece = said.substr(at, end - at);
        stream += messages ? messages::text(piece) : Stream::text(piece);
        at = end;
    }
    stream += messages ? messages::blockStop() + messages::end() + messages::stop()
                       : Stream::textDone(said) + Stream::itemDone(Stream::message(said))
            + Stream::completed(Stream::message(said));
    return stream;
}

void tellWell(const Surface& surface, std::string_view channel, const std::string& said, Cut cut)
{
    const auto stream = streamOf(surface, said, cut);
    const auto free = relay(surface, open(), stream, cut.pieceBytes);
    EXHIBIT_ASSERT(free.bytes == stream && !free.stopped);
    const auto judged = relay(surface, guarded(), stream, cut.pieceBytes);
    EXHIBIT_ASSERT(judged.stopped == isMatch(said));
    EXHIBIT_ASSERT(!isMatch(textOf(surface, judged.bytes, channel)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2) {
        return 0;
    }
    const Cut cut{1U + data[0] % 32U, 1U + data[1] % 64U};
    const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
    for (const Surface* surface : surfaces()) {
        prevention::CallGuard guard(guarded(), {});
        UsageMeter meter(nullptr, {}, 0);
        WholeAnswer answer(guard, meter, *surface);
        answer.judge(bytes);
        if (const auto rewritten = answer.rewritten()) {
            EXHIBIT_ASSERT(JsonWalk::parse(*rewritten).has_value());
        }
        static_cast<void>(surface->digested(bytes));
        EXHIBIT_ASSERT(relay(*surface, open(), bytes, cut.pieceBytes).bytes == bytes);
        static_cast<void>(relay(*surface, guarded(), bytes, cut.pieceBytes));
    }
    const auto quoted = quoteJson(bytes);
    const auto said = decodeJsonString(BytesView(quoted).substr(1, quoted.size() - 2));
    tellWell(chatSurface(), "choices/0/content", said, cut);
    tellWell(messagesSurface(), "content/0/text", said, cut);
    tellWell(responsesSurface(), "output/0/content/0/text", said, cut);
    return 0;
}
