// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/recorded_judge.h"

#include "server/gateway/chat_request.h"
#include "server/gateway/content_coding.h"
#include "server/gateway/stream_relay.h"
#include "server/gateway/whole_answer.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

constexpr std::string_view kChatEndpoint = "/v1/chat/completions";

http::Request requestOf(const storage::RecordedCall& call)
{
    http::Request request;
    request.method = "POST";
    request.path = call.endpoint;
    request.body = call.request;
    if (const auto* headers = call.requestHeaders.if_object()) {
        for (const auto& header : *headers) {
            request.headers.add(std::string(header.key()),
                                std::string(stringMember(call.requestHeaders, header.key())));
        }
    }
    return request;
}

Bytes joined(const std::vector<storage::RecordedPiece>& pieces)
{
    Bytes all;
    for (const auto& piece : pieces) {
        all += piece.bytes;
    }
    return all;
}

/// One event each; a piece may hold several.
void addEvents(std::map<std::int64_t, storage::RecordedPiece>& events,
               const storage::RecordedPiece& piece)
{
    SseParser parser;
    parser.append(piece.bytes);
    std::int64_t number = piece.firstEvent;
    for (auto next = parser.next(); next && *next; next = parser.next()) {
        events[number] = {number, 1, piece.atUs, (*next)->raw};
        ++number;
    }
    if (auto rest = parser.finish()) {
        events[number] = {number, 1, piece.atUs, rest->raw};
    }
}

/// Judges one call from its record.
class Judging {
public:
    Judging(const storage::RecordedCall& call, const ChatRequest& chat, const JudgedBy& by)
        : m_call(call)
        , m_chat(chat)
        , m_price(by.prices != nullptr ? by.prices->find(chat.model) : nullptr)
        , m_guard(by.snapshot, subject(by))
        , m_meter(m_price, call.runBefore, chat.textBytes())
        , m_now(call.openedAt)
    {
    }

    JudgedAgain judge()
    {
        JudgedAgain judged;
        auto input = m_guard.judgeInput(m_chat.texts());
        judged.outcome = std::move(input.outcome);
        m_guard.usageChanged(m_meter.runCounters(), 0, m_now);
        const bool answered = !m_guard.stop() && judgeAnswer();
        auto output = m_guard.finishOutput();
        if (!answered) {
            // As the gateway does: nothing came that an output policy could have passed.
            std::erase_if(output.passes, [](const domain::PassRecord& pass) {
                return pass.stage == domain::Stage::Output;
            });
        }
        append(judged.outcome.decisions, std::move(output.decisions));
        append(judged.outcome.passes, std::move(output.passes));
        judged.stop = m_guard.stop();
        return judged;
    }

private:
    template <class T>
    static void append(std::vector<T>& list, std::vector<T> more)
    {
        std::move(more.begin(), more.end(), std::back_inserter(list));
    }

    [[nodiscard]] prevention::CallSubject subject(const JudgedBy& by) const
    {
        prevention::CallSubject subject;
        subject.project = by.project;
        subject.model = m_chat.model;
        subject.userId = m_chat.userId.value_or("");
        subject.run = m_call.runBefore;
        subject.priced = m_price != nullptr;
        subject.facts = m_chat.facts ? &*m_chat.facts : nullptr;
        return subject;
    }

    /// True when there was an answer that policies looked at.
    bool judgeAnswer()
    {
        const auto type = stringMember(m_call.responseHeaders, "content-type");
        const bool stream = m_call.upstreamStatus / 100 == 2
            && http::equalsIgnoringCase(type.substr(0, 17), "text/event-stream");
        return stream ? judgeStream() : judgeWhole();
    }

    [[nodiscard]] std::string_view codings() const
    {
        return stringMember(m_call.responseHeaders, "content-encoding");
    }

    bool judgeStream()
    {
        StreamRelay::Options options;
        options.hideUsage = m_guard.needsUsage() && m_chat.streaming && !m_chat.usageRequested;
        options.now = [this] { return m_now; };
        StreamRelay relay(m_guard, m_meter, options);
        if (!isIdentity(codings()) && !m_guard.outputUnguarded()) {
            m_guard.outputUnreadable("The provider's stream has a content coding.");
            relay.checkStop();
        } else if (isIdentity(codings())) {
            feedEvents(relay);
        }
        return true;
    }

    void feedEvents(StreamRelay& relay)
    {
        bool readable = true;
        for (const auto& event : providerEvents(m_call)) {
            if (relay.stopped() || !readable) {
                return;
            }
            m_now = m_call.openedAt + std::chrono::microseconds(event.atUs);
            readable = relay.feed(event.bytes).has_value();
            checkUsage(relay);
        }
        const bool ended = m_call.outcome == "completed"
            || (m_call.outcome == "stopped" && !relay.finishReasons().empty());
        if (ended && readable && !relay.stopped()) {
            relay.finish();
            checkUsage(relay);
        }
    }

    void checkUsage(StreamRelay& relay)
    {
        m_guard.usageChanged(m_meter.runCounters(), m_meter.usage().completionTokens, m_now);
        relay.checkStop();
    }

    bool judgeWhole()
    {
        if (m_call.released.empty()) {
            return false; // It did not come to its end, or was refused.
        }
        Bytes body = joined(m_call.withheld.empty() ? m_call.released : m_call.withheld);
        m_now = m_call.openedAt + std::chrono::microseconds(m_call.released.front().atUs);
        bool plain = isIdentity(codings());
        if (!plain) {
            auto decoded = decodeContent(codings(), body, limits::kAnswerBytesMax);
            plain = decoded.has_value();
            body = plain ? *std::move(decoded) : std::move(body);
        }
        const bool failed = m_call.upstreamStatus / 100 != 2;
        if (body.empty()
            || (failed && (m_guard.outputUnguarded() || (plain && isMereError(m_guard, body))))) {
            return false;
        }
        WholeAnswer answer(m_guard, m_meter);
        if (plain) {
            answer.judge(body, m_now);
        } else {
            answer.unreadable("The coding of the provider's answer cannot be undone.");
        }
        return true;
    }

    const storage::RecordedCall& m_call;
    const ChatRequest& m_chat;
    const domain::ModelPrice* m_price;
    prevention::CallGuard m_guard;
    UsageMeter m_meter;
    UtcTime m_now;
};

} // namespace

std::vector<storage::RecordedPiece> providerEvents(const storage::RecordedCall& call)
{
    std::map<std::int64_t, storage::RecordedPiece> events;
    for (const auto* pieces : {&call.released, &call.withheld}) {
        for (const auto& piece : *pieces) {
            if (piece.eventCount > 0) {
                addEvents(events, piece);
            }
        }
    }
    std::vector<storage::RecordedPiece> list;
    list.reserve(events.size());
    for (auto& [number, event] : events) {
        list.push_back(std::move(event));
    }
    return list;
}

Result<JudgedAgain> judgeAgain(const storage::RecordedCall& call, const JudgedBy& by)
{
    const bool refusedUnseen
        = call.outcome == "refused" && call.decisions.empty() && call.passes.empty();
    if (call.erased || call.endpoint != kChatEndpoint || refusedUnseen) {
        return fail(ErrorCode::InvalidInput, "no policy saw this call", call.callId.text());
    }
    const auto request = requestOf(call);
    EXHIBIT_TRY(const auto chat, ChatRequest::read(request, chatSurface()));
    chat->userId = call.userId; // It may have stood in a header.
    chat->facts = call.facts;
    return Judging(call, *chat, by).judge();
}

} // namespace exhibit::gateway
