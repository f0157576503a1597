// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_steps.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

using domain::DecisionResult;
using domain::StepStatus;
using domain::StepType;

/// Dotted paths of the facts, each "present" or "null"; containers stand for their members.
void listFacts(const Json& value, const std::string& path, JsonObject& states)
{
    const auto* object = value.if_object();
    if (object != nullptr && (!object->empty() || path.empty())) {
        for (const auto& member : *object) {
            listFacts(member.value(),
                      (path.empty() ? "" : path + '.') + std::string(member.key()),
                      states);
        }
        return;
    }
    states.insert_or_assign(path, value.is_null() ? "null" : "present");
}

StepStatus statusOf(DecisionResult result)
{
    switch (result) {
    case DecisionResult::Pass:
        return StepStatus::Ok;
    case DecisionResult::Warn:
    case DecisionResult::Error:
        return StepStatus::Warning;
    case DecisionResult::Redact:
    case DecisionResult::Block:
        return StepStatus::Violation;
    }
    return StepStatus::Ok;
}

class Builder {
public:
    Builder(const OpenCall& call, const spool::CallClosed& closing)
        : m_call(call)
        , m_opening(*call.opening)
        , m_closing(closing)
    {
    }

    StepsOfCall build()
    {
        addInput();
        addContext();
        addDecisions(true);
        addProviderCall();
        addDecisions(false);
        addToolCalls();
        addKill();
        addOutput();
        addCauses();
        return std::move(m_result);
    }

private:
    StepDraft& add(StepType type, UtcTime at, StepStatus status, Json data)
    {
        StepDraft draft;
        draft.runId = m_opening.runId;
        draft.channel = m_opening.channel;
        draft.event.stepIndex = static_cast<std::int64_t>(m_result.steps.size());
        remember(type, draft.event.stepIndex);
        draft.event.time = at;
        draft.event.type = type;
        draft.event.status = status;
        draft.event.callId = m_opening.callId;
        draft.event.data = std::move(data);
        return m_result.steps.emplace_back(std::move(draft));
    }

    /// The first step of each kind is what a cause may rest on.
    void remember(StepType type, std::int64_t index)
    {
        const auto keep
            = [index](std::optional<std::int64_t>& place) { place = place.value_or(index); };
        switch (type) {
        case StepType::Input:
            return keep(m_places.input);
        case StepType::Context:
            return keep(m_places.context);
        case StepType::LlmCall:
            return keep(m_places.llmCall);
        case StepType::ToolCall:
            return keep(m_places.toolCall);
        case StepType::Output:
            return keep(m_places.output);
        case StepType::Error:
            return keep(m_places.error);
        case StepType::Policy:
        case StepType::RootCause:
        case StepType::Kill:
            return;
        }
    }

    /// Whether the request reached a provider.
    [[nodiscard]] bool wasSent() const
    {
        return m_closing.upstreamStatus != 0
            || (m_opening.upstream && m_closing.outcome != "refused"
                && !(m_closing.outcome == "stopped" && !m_closing.firstByteUs));
    }

    void addInput()
    {
        auto& step = add(StepType::Input, m_opening.openedAt, StepStatus::Ok, *m_call.input);
        step.contentHash = m_call.requestDigest;
    }

    void addContext()
    {
        JsonObject states;
        if (m_opening.facts) {
            listFacts(*m_opening.facts, {}, states);
        }
        for (const auto& decision : m_call.decisions) {
            if (decision.fact && decision.factState && !states.contains(*decision.fact)) {
                states.emplace(*decision.fact, *decision.factState);
            }
        }
        if (!m_opening.facts && states.empty()) {
            return;
        }
        JsonObject data{{"states", std::move(states)}};
        data.emplace("facts", m_opening.facts ? *m_opening.facts : Json(nullptr));
        auto& step
            = add(StepType::Context, m_opening.openedAt, StepStatus::Ok, Json(std::move(data)));
        if (m_opening.facts) {
            step.contentHash = sha256(printJson(*m_opening.facts));
        }
    }

    /// Decisions of the run's limits are taken before the call, too, as long as none of it is back.
    [[nodiscard]] bool beforeProvider(domain::Stage stage, UtcTime at) const
    {
        if (stage == domain::Stage::Run) {
            return !m_closing.firstByteUs
                || at < m_opening.openedAt + std::chrono::microseconds(*m_closing.firstByteUs);
        }
        return stage == domain::Stage::Input;
    }

    /// In the order of their times; at the same time passes come first.
    void addDecisions(bool before)
    {
        std::vector<const domain::PassRecord*> passes;
        for (const auto& record : m_call.passes) {
            if (beforeProvider(record.stage, record.at) == before) {
                passes.push_back(&record);
            }
        }
        std::vector<const domain::Decision*> decisions;
        for (const auto& decision : m_call.decisions) {
            if (beforeProvider(decision.stage, decision.at) == before) {
                decisions.push_back(&decision);
            }
        }
        const auto earlier = [](const auto* a, const auto* b) { return a->at < b->at; };
        std::stable_sort(passes.begin(), passes.end(), earlier);
        std::stable_sort(decisions.begin(), decisions.end(), earlier);
        auto pass = passes.begin();
        for (const auto* decision : decisions) {
            for (; pass != passes.end() && (*pass)->at <= decision->at; ++pass) {
                addPasses(**pass);
            }
            addDecision(*decision);
        }
        for (; pass != passes.end(); ++pass) {
            addPasses(**pass);
        }
    }

    void addPasses(const domain::PassRecord& record)
    {
        const auto count = record.policyIds.size();
        auto& step = add(StepType::Policy, record.at, StepStatus::Ok, toJson(record));
        step.event.decisionId = record.decisionId;
        step.event.result = DecisionResult::Pass;
        step.event.reason
            = std::to_string(count) + (count == 1 ? " policy passed" : " policies passed");
    }

    void addDecision(const domain::Decision& decision)
    {
        Json data = toJson(decision);
        const auto index = static_cast<std::int64_t>(m_result.steps.size());
        const auto* incident = incidentOf(decision.decisionId);
        if (incident != nullptr) {
            data.get_object().emplace("incident_id", incident->incident.incidentId.text());
            if (incident->inflection) {
                const auto& point = *incident->inflection;
                data.get_object().emplace("inflection",
                                          JsonObject{{"channel", point.channel},
                                                     {"byte_offset", point.byteOffset},
                                                     {"event_no", point.eventNo},
                                                     {"at_us", point.atUs}});
            }
            if (!m_result.inflection && (incident->inflection || incident->stop)) {
                m_result.inflection = index;
            }
            if (!m_result.stoppedAt && incident->stop) {
                m_result.stoppedAt = index;
            }
        }
        auto& step = add(StepType::Policy, decision.at, statusOf(decision.result), std::move(data));
        step.event.decisionId = decision.decisionId;
        step.event.policy = decision.policyId;
        step.event.result = decision.result;
        step.event.reason = decision.reason;
        m_result.decided.push_back({decision, index});
    }

    [[nodiscard]] const spool::IncidentRecord* incidentOf(DecisionId decision) const
    {
        const auto found = std::find_if(
            m_call.incidents.begin(), m_call.incidents.end(), [&](const auto& record) {
                return record.incident.decisionId == decision;
            });
        return found == m_call.incidents.end() ? nullptr : &*found;
    }

    void addProviderCall()
    {
        if (!wasSent()) {
            return;
        }
        JsonObject data{{"model", m_opening.model},
                        {"usage", toJson(m_closing.usage)},
                        {"cost_microcents", m_closing.costMicrocents},
                        {"latency_us", m_closing.latencyUs},
                        {"upstream_status", m_closing.upstreamStatus},
                        {"outcome", m_closing.outcome}};
        const auto addIf = [&data](std::string_view name, const auto& value) {
            if (value) {
                data.emplace(name, *value);
            }
        };
        addIf("upstream", m_opening.upstream);
        addIf("route", m_opening.route);
        addIf("attempts", m_closing.attempts);
        addIf("answered_model", m_closing.answeredModel);
        addIf("first_byte_us", m_closing.firstByteUs);
        addIf("price_version", m_closing.priceVersion);
        const bool failed = m_closing.outcome == "upstream_error" || m_closing.outcome == "timeout"
            || m_closing.outcome == "server_stopped";
        auto& step = add(StepType::LlmCall,
                         startOfCall(),
                         failed ? StepStatus::Warning : StepStatus::Ok,
                         Json(std::move(data)));
        step.event.tokens = m_closing.usage.total();
        if (failed) {
            add(StepType::Error,
                m_closing.closedAt,
                StepStatus::Warning,
                JsonObject{{"outcome", m_closing.outcome},
                           {"error_code", m_closing.errorCode.value_or("")},
                           {"upstream_status", m_closing.upstreamStatus}});
        }
    }

    /// The provider is called once everything before it was decided.
    [[nodiscard]] UtcTime startOfCall() const { return m_result.steps.back().event.time; }

    void addToolCalls()
    {
        for (const auto& tool : m_closing.toolCalls) {
            auto& step = add(StepType::ToolCall,
                             m_closing.closedAt,
                             tool.released ? StepStatus::Ok : StepStatus::Violation,
                             JsonObject{{"choice", tool.choice},
                                        {"index", tool.index},
                                        {"name", tool.name},
                                        {"arguments", tool.arguments},
                                        {"released", tool.released}});
            step.contentHash = sha256(tool.arguments);
        }
    }

    /// A call that was stopped and that no policy stopped: somebody killed its run.
    void addKill()
    {
        if (m_closing.outcome != "stopped" || m_result.stoppedAt) {
            return;
        }
        m_result.stoppedAt = static_cast<std::int64_t>(m_result.steps.size());
        m_result.inflection = m_result.inflection.value_or(*m_result.stoppedAt);
        add(StepType::Kill,
            m_closing.closedAt,
            StepStatus::Violation,
            JsonObject{{"call_id", m_opening.callId.text()},
                       {"event_count", m_closing.eventCount},
                       {"released_bytes", m_closing.releasedBytes}});
    }

    void addOutput()
    {
        if (!wasSent() && m_closing.releasedBytes == 0) {
            return;
        }
        JsonArray texts;
        Sha256 hash;
        for (const auto& text : m_closing.texts) {
            auto& said = texts.emplace_back(JsonObject{{"channel", text.channel},
                                                       {"released", text.released},
                                                       {"withheld", text.withheld},
                                                       {"released_bytes", text.releasedBytes},
                                                       {"withheld_bytes", text.withheldBytes}});
            if (text.original) {
                said.as_object()["original"] = *text.original;
            }
            hash.update(text.released);
        }
        JsonArray finishReasons(m_closing.finishReasons.begin(), m_closing.finishReasons.end());
        JsonObject data{{"texts", std::move(texts)},
                        {"finish_reasons", std::move(finishReasons)},
                        {"status", m_closing.status},
                        {"outcome", m_closing.outcome},
                        {"released_bytes", m_closing.releasedBytes},
                        {"withheld_bytes", m_closing.withheldBytes},
                        {"event_count", m_closing.eventCount},
                        {"recovered", m_closing.recovered}};
        const bool cut = m_closing.withheldBytes > 0 || m_closing.outcome == "stopped";
        auto& step = add(StepType::Output,
                         m_closing.closedAt,
                         cut                       ? StepStatus::Violation
                             : m_closing.recovered ? StepStatus::Warning
                                                   : StepStatus::Ok,
                         Json(std::move(data)));
        step.event.tokens = m_closing.usage.completionTokens;
        step.contentHash = hash.finish();
    }

    void addCauses()
    {
        for (const auto& record : m_call.incidents) {
            PendingCause pending{
                record.incident.incidentId, static_cast<std::int64_t>(m_result.steps.size()), {}};
            auto& course = pending.course;
            course.policyId = record.incident.policyId;
            course.decisionId = record.incident.decisionId;
            for (const auto& passes : m_call.passes) {
                course.passedPolicyIds.insert(
                    course.passedPolicyIds.end(), passes.policyIds.begin(), passes.policyIds.end());
            }
            course.facts = m_opening.facts;
            course.stop = record.stop;
            course.callOutcome = m_closing.outcome;
            course.upstreamStatus = m_closing.upstreamStatus;
            course.model = m_opening.model;
            course.steps = m_places;
            auto& step = add(StepType::RootCause,
                             m_closing.closedAt,
                             StepStatus::Violation,
                             JsonObject{{"incident_id", record.incident.incidentId.text()}});
            step.event.policy = record.incident.policyId;
            m_result.causes.push_back(std::move(pending));
        }
    }

    const OpenCall& m_call;
    const spool::CallOpened& m_opening;
    const spool::CallClosed& m_closing;
    domain::CallSteps m_places;
    StepsOfCall m_result;
};

} // namespace

StepsOfCall buildSteps(const OpenCall& call, const spool::CallClosed& closing)
{
    return Builder(call, closing).build();
}

} // namespace exhibit::storage
