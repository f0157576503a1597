// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/replay_judge.h"

#include "server/gateway/chat_request.h"
#include "server/gateway/stream_relay.h"
#include "server/gateway/whole_answer.h"

namespace exhibit::gateway {
namespace {

http::Request requestOf(const storage::CallToReplay& call)
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

domain::RunCounters countersOf(const storage::CallToReplay& call)
{
    domain::RunCounters counters
        = call.runBefore.value_or(domain::RunCounters{0, 0, 1, call.openedAt});
    counters.startedAt = utcNow() - (call.openedAt - counters.startedAt);
    return counters;
}

class Judge {
public:
    Judge(const storage::CallToReplay& call,
          const ProviderAnswer& answer,
          const ReplayJudge& with,
          const ChatRequest& chat)
        : m_answer(answer)
        , m_chat(chat)
        , m_guard(with.snapshot, subjectOf(call, with))
        , m_meter(with.price, countersOf(call), chat.textBytes())
    {
        m_judged.judgement.snapshotId = with.snapshot->snapshot().snapshotId;
    }

    ReplayJudged run()
    {
        auto input = m_guard.judgeInput(m_chat.texts());
        take(std::move(input.outcome));
        m_hideUsage = m_guard.needsUsage() && m_chat.streaming && !m_chat.usageRequested;
        m_guard.usageChanged(m_meter.runCounters(), 0, utcNow());
        if (m_guard.stop()) {
            m_meter.nothingCharged();
            take(m_guard.finishOutput());
        } else {
            judgeAnswer();
            auto output = m_guard.finishOutput();
            if (!m_answered) {
                // Nothing came that an output policy could have passed.
                std::erase_if(output.passes, [](const domain::PassRecord& pass) {
                    return pass.stage == domain::Stage::Output;
                });
            }
            take(std::move(output));
        }
        if (const auto& stop = m_guard.stop()) {
            m_judged.judgement.stoppedBy = stop->decision.policyId;
        }
        m_judged.usage = m_meter.usage();
        m_judged.costMicrocents = m_meter.cost();
        return std::move(m_judged);
    }

private:
    static prevention::CallSubject subjectOf(const storage::CallToReplay& call,
                                             const ReplayJudge& with)
    {
        prevention::CallSubject subject;
        subject.project = with.project;
        subject.model = call.model;
        subject.userId = call.userId.value_or("");
        subject.run = countersOf(call);
        subject.priced = with.price != nullptr;
        subject.facts = call.facts ? &*call.facts : nullptr;
        return subject;
    }

    void take(prevention::StageOutcome outcome)
    {
        auto& judgement = m_judged.judgement;
        std::move(outcome.decisions.begin(),
                  outcome.decisions.end(),
                  std::back_inserter(judgement.decisions));
        std::move(
            outcome.passes.begin(), outcome.passes.end(), std::back_inserter(judgement.passes));
    }

    void judgeAnswer()
    {
        if (m_answer.status == 0) {
            m_meter.nothingCharged();
        } else if (m_answer.streamed) {
            m_answered = true;
            judgeStream();
        } else {
            judgeWhole();
        }
    }

    void judgeStream()
    {
        StreamRelay relay(
            m_guard, m_meter, {.hideUsage = m_hideUsage, .surface = *m_answer.surface});
        const auto read = relay.feed(m_answer.bytes);
        if (!relay.stopped() && read && m_answer.ended) {
            relay.finish();
            m_guard.usageChanged(m_meter.runCounters(), m_meter.usage().completionTokens, utcNow());
            relay.checkStop();
        }
    }

    void judgeWhole()
    {
        if (m_answer.status >= 400) {
            m_meter.nothingCharged();
        }
        const bool asIs = m_answer.bytes.empty()
            || (m_answer.status / 100 != 2
                && (m_guard.outputUnguarded()
                    || isMereError(m_guard, m_answer.bytes, *m_answer.surface)));
        if (!asIs) {
            m_answered = true;
            WholeAnswer(m_guard, m_meter, *m_answer.surface).judge(m_answer.bytes);
        }
    }

    const ProviderAnswer& m_answer;
    const ChatRequest& m_chat;
    prevention::CallGuard m_guard;
    UsageMeter m_meter;
    bool m_hideUsage = false;
    bool m_answered = false;
    ReplayJudged m_judged;
};

} // namespace

Result<ReplayJudged> judgeReplay(const storage::CallToReplay& call,
                                 const ProviderAnswer& answer,
                                 const ReplayJudge& with)
{
    const http::Request request = requestOf(call);
    EXHIBIT_TRY(const auto chat, ChatRequest::read(request, *answer.surface));
    return Judge(call, answer, with, *chat).run();
}

} // namespace exhibit::gateway
