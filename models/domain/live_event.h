// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>

namespace exhibit::domain {

/// One message of the live view.
struct LiveEvent {
    std::string type; ///< "incident.opened", "incident.changed", "run.stopped", "alert", "resync".
    std::string id; ///< Of what it tells of; to go on after it where it has a line.
    std::optional<IncidentId> incidentId;
    std::optional<Severity> severity;
    std::optional<std::string> policyId;
    std::optional<RunId> runId; ///< Of a run that was stopped, as the three that follow.
    std::optional<TerminationReason> terminationReason;
    std::optional<KillReason> killReason;
    std::optional<std::string> stoppedBy; ///< Who asked for it, where somebody did.
    std::optional<std::string> alert; ///< What was found: the type of the log's entry.
    std::optional<UtcTime> at; ///< When the run was stopped, or the alert was recorded.
};

template <class V>
void visitFields(V& visit, Of<V, LiveEvent>& event)
{
    visit("type", event.type);
    visit("id", event.id);
    visit("incident_id", event.incidentId);
    visit("severity", event.severity);
    visit("policy_id", event.policyId);
    visit("run_id", event.runId);
    visit("termination_reason", event.terminationReason);
    visit("kill_reason", event.killReason);
    visit("stopped_by", event.stoppedBy);
    visit("alert", event.alert);
    visit("at", event.at);
}

} // namespace exhibit::domain
