// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/violations.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

/// What incidents are drafted from, once the outcome itself has gone to the record.
prevention::StageOutcome withoutPasses(prevention::StageOutcome& outcome)
{
    return {outcome.decisions, {}, std::move(outcome.masked)};
}

} // namespace

void ViolationRecorder::record(prevention::StageOutcome outcome, const TextSlice& text)
{
    const auto decided = withoutPasses(outcome);
    m_call.evidence->decide(std::move(outcome));
    recordOthers(decided, text);
}

void ViolationRecorder::recordOthers(const prevention::StageOutcome& outcome, const TextSlice& text)
{
    for (const auto& decision : outcome.decisions) {
        const bool first = decision.result != domain::DecisionResult::Pass
            && m_call.incidentPolicies.insert(decision.policyId).second;
        if (!first) {
            continue;
        }
        m_violations.add();
        spool::IncidentRecord record;
        record.incident = draft(decision, outcome.masked, text, false);
        m_call.firstIncident = m_call.firstIncident.value_or(record.incident.incidentId);
        m_call.evidence->incident(std::move(record));
    }
}

StopNotice ViolationRecorder::recordStop(prevention::StageOutcome outcome,
                                         const TextSlice& text,
                                         StopRecord stopped)
{
    const auto& decision = stopped.stop.decision;
    const auto decided = withoutPasses(outcome);
    m_call.evidence->decide(std::move(outcome));
    m_call.incidentPolicies.insert(decision.policyId);
    m_violations.add();
    spool::IncidentRecord record;
    record.incident = draft(decision, decided.masked, text, true);
    m_call.firstIncident = record.incident.incidentId;
    record.stop = runStopOf(
        stopped.stop, m_call.identity().call, record.incident.incidentId, stopped.eventNo);
    record.inflection = spool::InflectionPoint{stopped.stop.channel,
                                               static_cast<std::int64_t>(stopped.stop.cutAt),
                                               stopped.eventNo,
                                               m_call.identity().elapsedUs()};
    const StopNotice notice{record.incident.incidentId.text(),
                            decision.policyId,
                            m_call.identity().run.text(),
                            m_call.identity().call.text()};
    // Others of the stage first: what waits for the last incident waits for all of them.
    recordOthers(decided, text);
    m_call.evidence->incident(std::move(record), std::move(stopped.onDurable));
    return notice;
}

domain::Incident ViolationRecorder::draft(const domain::Decision& decision,
                                          const std::vector<domain::MatchSpan>& masked,
                                          const TextSlice& text,
                                          bool stopped) const
{
    auto incident = draftIncident({decision, masked, m_call.snapshot->snapshot(), text, stopped});
    incident.runId = m_call.identity().run;
    incident.callId = m_call.identity().call;
    incident.userId = m_call.chat->userId;
    incident.sessionId = m_call.chat->sessionId;
    incident.model = m_call.chat->model;
    incident.costMicrocents = m_call.meter->cost();
    incident.latencyUs = m_call.identity().elapsedUs();
    incident.createdAt = utcNow();
    return incident;
}

TextSlice inputTexts(const ChatRequest& chat)
{
    return [&chat](std::string_view channel, std::size_t begin, std::size_t end) {
        const auto& texts = chat.texts();
        const auto found = std::find_if(texts.begin(), texts.end(), [channel](const auto& text) {
            return text.name == channel;
        });
        KeptText kept(KeptText::Keep::All);
        kept.append(found == texts.end() ? std::string_view{} : found->text);
        return kept.slice(begin, end);
    };
}

TextSlice outputTexts(const AnswerChannels& channels)
{
    return [&channels](std::string_view channel, std::size_t begin, std::size_t end) {
        const auto* text = channels.textOf(channel);
        return text != nullptr ? text->slice(begin, end) : std::string{};
    };
}

domain::RunStop runStopOf(const prevention::Stop& stop,
                          CallId call,
                          IncidentId incident,
                          std::int64_t eventNo)
{
    domain::RunStop result;
    result.status = domain::RunStatus::FailedPolicy;
    result.reason = stop.reason;
    result.killReason = stop.killReason;
    result.policyId = stop.decision.policyId;
    result.incidentId = incident;
    result.callId = call;
    result.eventNo = eventNo;
    result.at = utcNow();
    return result;
}

http::ErrorReply stopReply(const prevention::Stop& stop, const StopNotice& notice)
{
    http::ErrorReply reply;
    reply.status = 403;
    reply.type = "permission_error";
    reply.code = "policy_violation";
    reply.message = "stopped by the policy " + stop.decision.policyId + "; the incident "
        + notice.incidentId + " says why";
    reply.incidentId = notice.incidentId;
    reply.policyId = notice.policyId;
    reply.runId = notice.runId;
    reply.callId = notice.callId;
    return reply;
}

} // namespace exhibit::gateway
