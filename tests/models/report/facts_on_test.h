// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"

namespace exhibit::report {

/// The incident and its run, without steps.
inline RecordedFacts incidentOnTest()
{
    RecordedFacts facts;
    facts.tenant = TenantId::generate();
    facts.tenantName = "default";
    auto& incident = facts.incident;
    incident.incidentId = IncidentId::generate();
    incident.runId = RunId::generate();
    incident.currency = "USD";
    incident.callId = CallId::generate();
    incident.decisionId = DecisionId::generate();
    incident.userId = "ada@example.com";
    incident.model = "gpt-4o";
    incident.severity = domain::Severity::High;
    incident.policyId = "CONTENT_ACCURACY";
    incident.title = "Answer asserted contract renewal without data";
    incident.createdAt = fromMicroseconds(1'795'000'000'000'000);
    incident.rootCause = domain::RootCause{domain::GapKind::DataGap,
                                           "The application sent contract.auto_renew as null.",
                                           "CONTENT_ACCURACY",
                                           1,
                                           {1, 2},
                                           "Say that the value is not known.",
                                           "Stated it as certain."};
    facts.run.runId = incident.runId;
    facts.run.status = domain::RunStatus::FailedPolicy;
    facts.run.userId = incident.userId;
    facts.run.tokensUsed = 47;
    facts.run.costMicrocents = 2'345'678;
    facts.run.startedAt = incident.createdAt;
    return facts;
}

/// An incident as the database would hold it: a stopped answer with facts before it.
inline RecordedFacts factsOnTest(std::size_t furtherSteps = 0)
{
    using domain::StepType;
    RecordedFacts facts = incidentOnTest();
    const auto& incident = facts.incident;
    const auto add = [&](StepType type, Json data) -> RecordedStep& {
        RecordedStep step;
        step.event.stepIndex = static_cast<std::int64_t>(facts.steps.size());
        step.event.time = incident.createdAt + std::chrono::milliseconds(facts.steps.size());
        step.event.type = type;
        step.event.callId = incident.callId;
        step.event.data = std::move(data);
        facts.steps.push_back(std::move(step));
        return facts.steps.back();
    };
    add(StepType::Input,
        JsonObject{{"model", "gpt-4o"},
                   {"messages",
                    JsonArray{JsonObject{{"role", "user"},
                                         {"content", "I am ada@example.com. Will it renew?"}}}}})
        .contentHash
        = sha256("request");
    add(StepType::Context,
        JsonObject{
            {"states", JsonObject{{"contract.auto_renew", "null"}, {"contract.plan", "present"}}},
            {"facts",
             JsonObject{{"contract", JsonObject{{"auto_renew", nullptr}, {"plan", "Business"}}}}}});
    auto& decision = add(StepType::Policy,
                         JsonObject{{"policy_version", 4},
                                    {"inflection",
                                     JsonObject{{"channel", "choices/0/content"},
                                                {"byte_offset", 97},
                                                {"event_no", 43}}}})
                         .event;
    decision.decisionId = incident.decisionId;
    decision.policy = "CONTENT_ACCURACY";
    decision.result = domain::DecisionResult::Block;
    decision.status = domain::StepStatus::Violation;
    decision.reason = "Definite claim about contract.auto_renew, which is null.";
    decision.isInflection = true;
    add(StepType::Output,
        JsonObject{{"released_bytes", 97},
                   {"withheld_bytes", 88},
                   {"status", 200},
                   {"recovered", false},
                   {"texts",
                    JsonArray{JsonObject{{"channel", "choices/0/content"},
                                         {"released", "Your contract, ada@example.com, "},
                                         {"withheld", "will auto-renew."},
                                         {"released_bytes", 32},
                                         {"withheld_bytes", 16}}}}});
    for (std::size_t i = 0; i < furtherSteps; ++i) {
        auto& step = add(StepType::Policy, JsonObject{{"policy_version", 1}}).event;
        step.policy = "SAFETY";
        step.result = domain::DecisionResult::Pass;
        step.reason = "No pattern of 212 found.";
    }
    return facts;
}

} // namespace exhibit::report
