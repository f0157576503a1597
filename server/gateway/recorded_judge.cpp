// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/recorded_judge.h"

#include "server/gateway/chat_request.h"
#include "server/gateway/stream_relay.h"
#include "server/gateway/whole_answer.h"

namespace exhibit::gateway {
namespace {

http::Request requestOf(const storage::RecordedCall& call)
{
    http::Request request;
    request.method = "POST";
    request.path = call.endpoint;
    request.target = call.endpoint;
    request.body = call.request;
    if (const auto* headers = call.requestHeaders.if_object()) {
        for (const auto& header : *headers) {
            request.headers.add(std::string(header.key()),
                                std::string(stringMember(call.requestHeaders, header.key())));
        }
    }
    return request;
}

class Judging {
public:
    Judging(const storage::RecordedCall& call,
            const ProviderAnswer& answer,
            const ChatRequest& chat,
            const JudgedBy& by)
        : m_call(call)
        , m_answer(answer)
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
        const bool sent = !m_guard.stop() && m_answer.status != 0;
        if (!sent) {
            m_meter.nothingCharged();
        }
        const bool judgedAnswer = sent && (m_answer.streamed ? judgeStream() : judgeWhole());
        auto output = m_guard.finishOutput();
        if (!judgedAnswer) {
            // As the gateway does: nothing came that an output policy could have passed.
            std::erase_if(output.passes, [](const domain::PassRecord& pass) {
                return pass.stage == domain::Stage::Output;
            });
        }
        append(judged.outcome.decisions, std::move(output.decisions));
        append(judged.outcome.passes, std::move(output.passes));
        judged.stop = m_guard.stop();
        judged.usage = m_meter.usage();
        judged.costMicrocents = m_meter.cost();
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

    bool judgeStream()
    {
        StreamRelay::Options options{.surface = *m_answer.surface};
        options.hideUsage = m_guard.needsUsage() && m_chat.streaming && !m_chat.usageRequested;
        options.now = [this] { return m_now; };
        StreamRelay relay(m_guard, m_meter, options);
        if (m_answer.unreadable.empty()) {
            feedParts(relay);
        } else if (!m_guard.outputUnguarded()) {
            m_guard.outputUnreadable(m_answer.unreadable);
            relay.checkStop();
        }
        return true;
    }

    void feedParts(StreamRelay& relay)
    {
        for (const auto& part : m_answer.parts) {
            m_now = m_call.openedAt + std::chrono::microseconds(part.atUs);
            const bool readable = relay.feed(part.bytes).has_value();
            checkUsage(relay);
            if (relay.stopped() || !readable) {
                return;
            }
        }
        // A policy that stopped it at its very end had seen that end.
        if (m_answer.ended || (m_call.outcome == "stopped" && !relay.finishReasons().empty())) {
            relay.finish();
            checkUsage(relay);
        }
    }

    void checkUsage(StreamRelay& relay)
    {
        m_guard.usageChanged(m_meter.runCounters(), m_meter.usage().completionTokens, m_now);
        relay.checkStop();
    }

    /// False: there was nothing that policies look at.
    bool judgeWhole()
    {
        const bool failed = m_answer.status / 100 != 2;
        const bool plain = m_answer.unreadable.empty();
        const Bytes body = m_answer.bytes();
        const bool asIs = body.empty()
            || (failed
                && (m_guard.outputUnguarded()
                    || (plain && isMereError(m_guard, body, *m_answer.surface))));
        if (!asIs) {
            WholeAnswer answer(m_guard, m_meter, *m_answer.surface);
            if (plain) {
                m_now = m_call.openedAt + std::chrono::microseconds(m_answer.parts.back().atUs);
                answer.judge(body, m_now);
            } else {
                answer.unreadable(m_answer.unreadable);
            }
        }
        if (m_answer.status >= 400) {
            m_meter.nothingCharged();
        }
        return !asIs;
    }

    const storage::RecordedCall& m_call;
    const ProviderAnswer& m_answer;
    const ChatRequest& m_chat;
    const domain::ModelPrice* m_price;
    prevention::CallGuard m_guard;
    UsageMeter m_meter;
    UtcTime m_now;
};

} // namespace

Result<JudgedAgain> judgeAgain(const storage::RecordedCall& call,
                               const ProviderAnswer& answer,
                               const JudgedBy& by)
{
    const auto request = requestOf(call);
    EXHIBIT_TRY(const auto chat, ChatRequest::read(request, *answer.surface));
    chat->userId = call.userId; // It may have stood in a header.
    chat->facts = call.facts;
    return Judging(call, answer, *chat, by).judge();
}

replay::Judgement judgementOf(JudgedAgain judged, const std::string& snapshotId)
{
    replay::Judgement judgement{
        snapshotId, std::move(judged.outcome.decisions), std::move(judged.outcome.passes), {}};
    if (judged.stop) {
        judgement.stoppedBy = judged.stop->decision.policyId;
    }
    return judgement;
}

} // namespace exhibit::gateway
