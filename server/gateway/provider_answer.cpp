// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/provider_answer.h"

#include "models/base/sha256.h"
#include "server/gateway/content_coding.h"
#include "server/gateway/sse_parser.h"
#include "server/http/message.h"

#include <algorithm>
#include <map>

namespace exhibit::gateway {
namespace {

/// Of a body that is kept as what the answer says; of a longer one it is the digest.
constexpr std::size_t kBodyTextBytesMax = 64 * 1024;

using Events = std::map<std::int64_t, AnswerPart>; ///< By number.

tl::unexpected<Error> otherNumber()
{
    return fail(ErrorCode::Corrupt, "a recorded piece has another number of events");
}

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
Result<void> addEvents(const std::vector<storage::RecordedPiece>& pieces, Events& events)
{
    for (const auto& piece : pieces) {
        if (piece.eventCount == 0) {
            continue;
        }
        auto split = splitEvents(piece.bytes);
        if (static_cast<std::int64_t>(split.size()) != piece.eventCount) {
            return otherNumber();
        }
        auto number = piece.firstEvent;
        for (auto& event : split) {
            events.try_emplace(number++, AnswerPart{piece.atUs, std::move(event)});
        }
    }
    return {};
}

/// Nothing of the stream was changed, and it went out in the order it came.
bool isAsItCame(const storage::RecordedCall& call)
{
    std::int64_t next = 0;
    const bool ascending = std::all_of(
        call.released.begin(), call.released.end(), [&next](const storage::RecordedPiece& piece) {
            const bool follows = piece.eventCount == 0 || piece.firstEvent >= next;
            next = std::max(next, piece.firstEvent + piece.eventCount);
            return follows;
        });
    return call.withheld.empty() && ascending;
}

Bytes joined(const std::vector<storage::RecordedPiece>& pieces)
{
    Bytes all;
    for (const auto& piece : pieces) {
        all += piece.bytes;
    }
    return all;
}

Result<void> readStream(const storage::RecordedCall& call, ProviderAnswer& answer)
{
    if (!isIdentity(stringMember(call.responseHeaders, "content-encoding"))) {
        answer.unreadable = "The provider's stream has a content coding.";
    }
    if (isAsItCame(call)) { // Then nobody needs its events one by one, which takes a while.
        for (const auto& piece : call.released) {
            if (piece.eventCount == 0) {
                continue; // Our own ending.
            }
            if (piece.eventCount != countEvents(piece.bytes)) {
                return otherNumber();
            }
            answer.parts.push_back({piece.atUs, piece.bytes});
        }
        return {};
    }
    Events events;
    EXHIBIT_CHECK(addEvents(call.withheld, events));
    EXHIBIT_CHECK(addEvents(call.released, events));
    answer.parts.reserve(events.size());
    for (auto& [number, event] : events) {
        answer.parts.push_back(std::move(event));
    }
    return {};
}

std::string textOf(const JsonWalk& walk, const AnswerText& text)
{
    return text.isName ? walk.name(text.node)
        : text.isRaw   ? std::string(walk.raw(text.node))
                       : walk.string(text.node);
}

/// Where the APIs name the model: at the top, or in what the stream's first event wraps.
std::string modelOf(const JsonWalk& walk)
{
    for (const std::size_t object :
         {std::size_t{0}, walk.find(0, "response"), walk.find(0, "message")}) {
        if (auto name = walk.string(walk.find(object, "model")); !name.empty()) {
            return name;
        }
    }
    return {};
}

void addTexts(const JsonWalk& walk, const AnswerParts& said, replay::AnswerContent& content)
{
    for (const auto& text : said.texts) {
        if (!text.repeats) {
            content.texts[text.channel] += textOf(walk, text);
        }
    }
    for (const auto& choice : said.choices) {
        if (!choice.finishReason.empty()) {
            content.finishReasons.push_back(choice.finishReason);
        }
    }
    if (!said.finishReason.empty()) {
        content.finishReasons.push_back(said.finishReason);
    }
    if (content.model.empty()) {
        content.model = modelOf(walk);
    }
}

std::string digestOf(BytesView bytes)
{
    return toHex(asView(sha256(bytes)));
}

/// A digest stands in the record where the vector stood.
void addVectors(const JsonWalk& walk, const Surface& surface, replay::AnswerContent& content)
{
    constexpr std::string_view kDigested = "sha256:";
    for (const auto node : surface.vectors(walk)) {
        const auto text = walk.string(node);
        content.digests[walk.path(node)] = text.starts_with(kDigested)
            ? text.substr(kDigested.size())
            : digestOf(walk.raw(node));
    }
}

/// What came together. An error, and what no reader of its API understands, says what its bytes
/// say.
void addWhole(const ProviderAnswer& answer, const Bytes& bytes, replay::AnswerContent& content)
{
    const auto walk = JsonWalk::parse(bytes);
    if (walk) {
        addTexts(*walk, answer.surface->read(*walk, AnswerForm::Whole), content);
        addVectors(*walk, *answer.surface, content);
    }
    if ((answer.status / 100 == 2 && saysAnything(content)) || bytes.empty()) {
        return;
    }
    if (bytes.size() <= kBodyTextBytesMax && isValidUtf8(bytes)) {
        content.texts["body"] = bytes;
    } else {
        content.digests["body"] = digestOf(bytes);
    }
}

} // namespace

const Surface* findSurface(std::string_view path)
{
    const auto& all = surfaces();
    const auto found = std::find_if(all.begin(), all.end(), [path](const Surface* surface) {
        return surface->traits().path == path;
    });
    return found == all.end() ? nullptr : *found;
}

const Surface& surfaceOf(std::string_view path)
{
    const auto* surface = findSurface(path);
    return surface == nullptr ? chatSurface() : *surface;
}

Bytes ProviderAnswer::bytes() const
{
    Bytes all;
    for (const auto& part : parts) {
        all += part.bytes;
    }
    return all;
}

void readCoded(ProviderAnswer& answer, std::string_view codings, AnswerPart received)
{
    if (!isIdentity(codings)) {
        if (auto plain = decodeContent(codings, received.bytes, limits::kAnswerBytesMax)) {
            received.bytes = *std::move(plain);
        } else {
            answer.unreadable = "The coding of the provider's answer cannot be undone.";
        }
    }
    answer.parts.push_back(std::move(received));
}

Result<ProviderAnswer> recordedAnswer(const storage::RecordedCall& call)
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
    if (answer.streamed) {
        answer.ended = !call.recovered && call.outcome == "completed";
        EXHIBIT_CHECK(readStream(call, answer));
        return answer;
    }
    answer.ended = !call.released.empty(); // Else it did not come to its end, or was refused.
    if (answer.ended) {
        readCoded(answer,
                  stringMember(call.responseHeaders, "content-encoding"),
                  {call.released.front().atUs,
                   joined(call.withheld.empty() ? call.released : call.withheld)});
    }
    return answer;
}

std::int64_t countEvents(BytesView bytes)
{
    if (bytes.find('\r') != BytesView::npos) {
        return static_cast<std::int64_t>(splitEvents(bytes).size());
    }
    // Each empty line ends an event; what is left lacks its own.
    std::int64_t count = 0;
    std::size_t line = 0;
    std::size_t event = 0;
    for (auto end = bytes.find('\n'); end != BytesView::npos; end = bytes.find('\n', line)) {
        if (end == line) {
            ++count;
            event = end + 1;
        }
        line = end + 1;
    }
    return count + (event < bytes.size() ? 1 : 0);
}

replay::AnswerContent contentOf(const ProviderAnswer& answer)
{
    replay::AnswerContent content;
    content.whole = answer.ended && answer.status != 0;
    content.status = answer.status;
    if (!answer.unreadable.empty()) {
        return content;
    }
    const Bytes bytes = answer.bytes();
    if (!answer.streamed) {
        addWhole(answer, bytes, content);
        return content;
    }
    SseParser parser(bytes.size() + 1);
    parser.append(bytes);
    for (auto event = parser.next(); event && *event; event = parser.next()) {
        const auto walk = JsonWalk::parse((*event)->data());
        if ((*event)->hasData && walk) {
            addTexts(*walk, answer.surface->read(*walk, AnswerForm::Chunk), content);
        }
    }
    return content;
}

} // namespace exhibit::gateway
