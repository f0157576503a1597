// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>
#include <vector>

/// What draft policies would have done with recorded calls.
namespace exhibit::domain {

/// A recorded call on which a draft would have acted.
struct BacktestHit {
    CallId callId;
    RunId runId;
    UtcTime at{};
    std::string policyId;
    DecisionResult result = DecisionResult::Warn;
    std::string reason; ///< As the decision's: never quotes the text.
};

template <class V>
void visitFields(V& visit, Of<V, BacktestHit>& hit)
{
    visit("call_id", hit.callId);
    visit("run_id", hit.runId);
    visit("at", hit.at);
    visit("policy_id", hit.policyId);
    visit("result", hit.result);
    visit("reason", hit.reason);
}

/// One draft over all calls.
struct PolicyBacktest {
    std::string policyId;
    std::int64_t passed = 0; ///< Calls that it looked at and found nothing in.
    std::int64_t warned = 0; ///< Also in mode monitor.
    std::int64_t redacted = 0;
    std::int64_t blocked = 0;
    std::int64_t errors = 0;
};

template <class V>
void visitFields(V& visit, Of<V, PolicyBacktest>& policy)
{
    visit("policy_id", policy.policyId);
    visit("passed", policy.passed);
    visit("warned", policy.warned);
    visit("redacted", policy.redacted);
    visit("blocked", policy.blocked);
    visit("errors", policy.errors);
}

/// An incident whose call would not have gone out as it did.
struct PreventedIncident {
    IncidentId incidentId;
    std::string policyId; ///< What it was opened for,
    Severity severity = Severity::Medium;
    std::string by; ///< and the draft that would have prevented it.
    DecisionResult result = DecisionResult::Block; ///< Or Redact.
};

template <class V>
void visitFields(V& visit, Of<V, PreventedIncident>& incident)
{
    visit("incident_id", incident.incidentId);
    visit("policy_id", incident.policyId);
    visit("severity", incident.severity);
    visit("by", incident.by);
    visit("result", incident.result);
}

/// A recorded decision that the same policy under the same snapshot does not make again.
struct BacktestDifference {
    CallId callId;
    std::string policyId;
    std::string recorded; ///< "BLOCK output 14..20", or "PASS".
    std::string now;
};

template <class V>
void visitFields(V& visit, Of<V, BacktestDifference>& difference)
{
    visit("call_id", difference.callId);
    visit("policy_id", difference.policyId);
    visit("recorded", difference.recorded);
    visit("now", difference.now);
}

struct BacktestReport {
    std::int64_t calls = 0; ///< Judged.
    std::int64_t skipped = 0; ///< Erased, refused before a policy saw them, or of another surface.
    std::int64_t runsStopped = 0; ///< Runs that would have ended with a blocked call,
    std::int64_t callsPrevented = 0; ///< and their later calls, which would not have been made.
    std::vector<PolicyBacktest> policies; ///< In the drafts' order.
    std::vector<BacktestHit> blocked; ///< A sample.
    std::int64_t incidentsPrevented = 0; ///< Of those that nothing had prevented.
    std::vector<PreventedIncident> prevented; ///< A sample.
    /// Calls that would have been blocked or redacted though no incident, or a false alarm alone,
    /// speaks against them.
    std::int64_t falsePositives = 0;
    std::vector<BacktestHit> falsePositiveSample;
    /// Calls whose own snapshot has a draft as it stands: decided now as they were then.
    std::int64_t compared = 0;
    std::int64_t differences = 0;
    std::vector<BacktestDifference> differenceSample;
    std::int64_t evaluationUs = 0; ///< All calls together, one core.
    std::int64_t slowestUs = 0; ///< One call.
    std::int64_t elapsedUs = 0; ///< With reading the calls.
    bool complete = true; ///< False: limit or time ended it at `judgedTo`.
    std::optional<UtcTime> judgedTo; ///< The last call's opening.
};

template <class V>
void visitFields(V& visit, Of<V, BacktestReport>& report)
{
    visit("calls", report.calls);
    visit("skipped", report.skipped);
    visit("runs_stopped", report.runsStopped);
    visit("calls_prevented", report.callsPrevented);
    visit("policies", report.policies);
    visit("blocked", report.blocked);
    visit("incidents_prevented", report.incidentsPrevented);
    visit("prevented", report.prevented);
    visit("false_positives", report.falsePositives);
    visit("false_positive_sample", report.falsePositiveSample);
    visit("compared", report.compared);
    visit("differences", report.differences);
    visit("difference_sample", report.differenceSample);
    visit("evaluation_us", report.evaluationUs);
    visit("slowest_us", report.slowestUs);
    visit("elapsed_us", report.elapsedUs);
    visit("complete", report.complete);
    visit("judged_to", report.judgedTo);
}

} // namespace exhibit::domain
