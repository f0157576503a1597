// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/provider_answer.h"

#include "server/gateway/content_coding.h"
#include "server/gateway/sse_parser.h"
#include "server/http/message.h"

#include <algorithm>
#include <map>

namespace exhibit::gateway {
namespace {

using Events = std::map<std::int64_t, Bytes>; ///< By number.

std::vector<Bytes> splitEvents(BytesView bytes)
{
    SseParser parser(bytes.size() + 1);
    parser.append(bytes);
    std::vector<Bytes> events;
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        events.push_back(std::move((*event)->raw));
    }
    while (auto rest = parser.finish()) {
        events.push_back(std::move(rest->raw));
    }
    return events;
}

/// Adds those whose number is new: of an event that was changed the withheld form is the
/// provider's. Pieces without events are our own ending of the stream.
Result<void> addEvents(const storage::RecordedBody& body, Events& events)
{
    BytesView rest = body.bytes;
    for (const auto& piece : body.pieces) {
        if (piece.size < 0 || static_cast<std::size_t>(piece.size) > rest.size()) {
            return fail(ErrorCode::Corrupt, "the pieces of a recorded answer do not fit its bytes");
        }
        const BytesView bytes = rest.substr(0, static_cast<std::size_t>(piece.size));
        rest.remove_prefix(bytes.size());
        if (piece.eventCount == 0) {
            continue;
        }
        auto split = splitEvents(bytes);
        if (static_cast<std::int64_t>(split.size()) != piece.eventCount) {
            return fail(ErrorCode::Corrupt, "a recorded piece has another number of events");
        }
        for (std::size_t i = 0; i < split.size(); ++i) {
            events.emplace(piece.firstEvent + static_cast<std::int64_t>(i), std::move(split[i]));
        }
    }
    return {};
}

/// What of a call's outcome says that the provider was not heard to its end.
bool wasCut(const storage::CallToReplay& call)
{
    return call.recovered || call.outcome != "completed";
}

Result<Bytes> decoded(const storage::CallToReplay& call, Bytes bytes)
{
    const auto codings = stringMember(call.responseHeaders, "content-encoding");
    if (isIdentity(codings)) {
        return bytes;
    }
    return decodeContent(codings, bytes, limits::kAnswerBytesMax);
}

void addTexts(const JsonWalk& walk, const AnswerParts& said, replay::AnswerContent& content)
{
    for (const auto& text : said.texts) {
        if (text.repeats && content.texts.contains(text.channel)) {
            continue;
        }
        content.texts[text.channel] += text.isName ? walk.name(text.node)
            : text.isRaw                           ? std::string(walk.raw(text.node))
                                                   : walk.string(text.node);
    }
    if (!said.finishReason.empty()) {
        content.finishReasons.push_back(said.finishReason);
    }
    for (const auto& choice : said.choices) {
        if (!choice.finishReason.empty()) {
            content.finishReasons.push_back(choice.finishReason);
        }
    }
    // Streams of some surfaces name it in the message or response that they begin with.
    for (const std::string_view holder : {"", "message", "response"}) {
        const std::size_t node = holder.empty() ? 0 : walk.find(0, holder);
        if (content.model.empty()) {
            content.model = walk.string(walk.find(node, "model"));
        }
    }
}

} // namespace

const Surface& surfaceOf(std::string_view path)
{
    const auto found
        = std::find_if(surfaces().begin(), surfaces().end(), [path](const Surface* surface) {
              return surface->traits().path == path;
          });
    return found == surfaces().end() ? chatSurface() : **found;
}

Result<ProviderAnswer> recordedAnswer(const storage::CallToReplay& call)
{
    ProviderAnswer answer;
    answer.surface = &surfaceOf(call.endpoint);
    answer.status = static_cast<int>(call.upstreamStatus);
    const auto type = stringMember(call.responseHeaders, "content-type");
    answer.streamed = answer.status / 100 == 2
        && http::equalsIgnoringCase(type.substr(0, 17), "text/event-stream");
    if (answer.status == 0) {
        return answer;
    }
    if (!answer.streamed) {
        const auto& body = call.withheld ? call.withheld : call.released;
        EXHIBIT_TRY(answer.bytes, decoded(call, body ? body->bytes : Bytes{}));
        return answer;
    }
    Events events;
    for (const auto* body : {&call.withheld, &call.released}) {
        if (*body) {
            EXHIBIT_CHECK(addEvents(**body, events));
        }
    }
    for (auto& [number, bytes] : events) {
        answer.bytes += bytes;
    }
    answer.ended = !wasCut(call);
    return answer;
}

std::int64_t countEvents(BytesView bytes)
{
    return static_cast<std::int64_t>(splitEvents(bytes).size());
}

replay::AnswerContent contentOf(const ProviderAnswer& answer)
{
    replay::AnswerContent content;
    content.whole = answer.ended && answer.status != 0;
    if (!answer.streamed) {
        if (const auto walk = JsonWalk::parse(answer.bytes)) {
            addTexts(*walk, answer.surface->read(*walk, AnswerForm::Whole), content);
        }
        return content;
    }
    SseParser parser(answer.bytes.size() + 1);
    parser.append(answer.bytes);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        const auto walk = JsonWalk::parse((*event)->data());
        if ((*event)->hasData && walk) {
            addTexts(*walk, answer.surface->read(*walk, AnswerForm::Chunk), content);
        }
    }
    return content;
}

} // namespace exhibit::gateway
