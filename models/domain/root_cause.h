// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/decision.h"
#include "models/domain/incident.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::domain {

/// A recorded decision that was not PASS, and the step of the run's timeline that shows it.
struct DecidedStep {
    Decision decision;
    std::int64_t stepIndex = 0;
};

/// Where the incident's call stands in the timeline; absent where the call has no such step.
struct CallSteps {
    std::optional<std::int64_t> input;
    std::optional<std::int64_t> context; ///< The facts given with the call.
    std::optional<std::int64_t> llmCall;
    std::optional<std::int64_t> toolCall; ///< The first one of the answer.
    std::optional<std::int64_t> output;
    std::optional<std::int64_t> error;
};

/// What was recorded about an incident. Everything here comes from the spool or the database,
/// nothing from what is configured now, so that the answer never changes afterwards.
struct RecordedCourse {
    std::string policyId; ///< The incident's.
    std::optional<DecisionId> decisionId; ///< The incident's; absent when no policy decided.
    /// Decisions of the run that are not PASS, up to and including the incident's call, in the
    /// order of their steps.
    std::vector<DecidedStep> decisions;
    /// Policies that passed in the incident's call, of all its PassRecords.
    std::vector<std::string> passedPolicyIds;
    std::optional<Json> facts; ///< Of the incident's call; absent when the client gave none.
    std::optional<RunStop> stop; ///< Absent when the run went on.
    std::string callOutcome; ///< As in CallClosed: "completed", "stopped", "upstream_error" ...
    std::int64_t upstreamStatus = 0; ///< 0: no answer from the provider.
    std::string model;
    CallSteps steps;
};

/// Why it was possible: the kind of gap, the step it began at, the steps that prove it, and one to
/// three sentences that name the fact, policy and mode concerned. Never quotes content. Pure.
[[nodiscard]] RootCause analyseRootCause(const RecordedCourse& course);

} // namespace exhibit::domain
