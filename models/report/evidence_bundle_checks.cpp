// SPDX-License-Identifier: Apache-2.0
// The evidence bundle alone: what it says in two places has to be the same in both.
#include "models/report/bundle_agreement.h"
#include "models/report/bundle_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace exhibit::report {
namespace {

constexpr domain::Microcents kMicrocentsOfOneCent = 1'000'000;

const BundleStep* stepAt(const EvidenceBundle& bundle, std::int64_t index)
{
    const auto found = std::find_if(bundle.steps.begin(),
                                    bundle.steps.end(),
                                    [index](const auto& step) { return step.stepIndex == index; });
    return found == bundle.steps.end() ? nullptr : &*found;
}

bool isIncluded(const EvidenceBundle& bundle, Include include)
{
    return std::find(bundle.include.begin(), bundle.include.end(), wireName(include))
        != bundle.include.end();
}

void compareNames(const EvidenceBundle& bundle, Agreement& agreement)
{
    const auto& incident = bundle.incident;
    agreement.expect(bundle.traceId == TraceId{bundle.run.runId.value}.text(),
                     "/trace_id",
                     "it is not the one of the run");
    agreement.expect(
        incident.runId == bundle.run.runId, "/incident/run_id", "it is not the run of the bundle");
    agreement.expect(!bundle.violatedPolicy || bundle.violatedPolicy->policyId == incident.policyId,
                     "/violated_policy/policy_id",
                     "it is not the policy of the incident");
    agreement.expect(!bundle.violation || bundle.violation->policyId == incident.policyId,
                     "/violation/policy_id",
                     "it is not the policy of the incident");
    std::set<std::int64_t> numbers;
    for (const auto& item : bundle.remediations) {
        numbers.insert(item.number);
    }
    for (const auto& look : bundle.fixVerifications) {
        agreement.expect(numbers.contains(look.number),
                         "/fix_verifications",
                         fmt::format("there is no remediation of number {}", look.number));
    }
}

void compareSums(const EvidenceBundle& bundle, Agreement& agreement)
{
    const auto& run = bundle.run;
    agreement.expect(bundle.tokens == run.tokensUsed, "/tokens", "the run used another number");
    agreement.expect(bundle.costMicrocents == run.costMicrocents,
                     "/total_cost_microcents",
                     "the run cost something else");
    agreement.expect(bundle.totalCostCents
                         == (bundle.costMicrocents + kMicrocentsOfOneCent / 2)
                             / kMicrocentsOfOneCent,
                     "/total_cost_cents",
                     "it is not the cost in microcents, rounded");
}

void compareSteps(const EvidenceBundle& bundle, Agreement& agreement)
{
    const auto& steps = bundle.steps;
    const auto unordered = std::adjacent_find(
        steps.begin(), steps.end(), [](const BundleStep& one, const BundleStep& next) {
            return one.stepIndex >= next.stepIndex;
        });
    agreement.expect(unordered == steps.end(), "/steps", "they do not follow one another");
    const auto count = static_cast<std::int64_t>(steps.size());
    agreement.expect(bundle.truncated || bundle.stepsRecorded == 0 || count <= bundle.stepsRecorded,
                     "/steps_recorded",
                     "there are more steps than that");
    if (!steps.empty() && !bundle.truncated && count == bundle.stepsRecorded) {
        agreement.expect(bundle.durationUs
                             == toMicroseconds(steps.back().time)
                                 - toMicroseconds(steps.front().time),
                         "/duration_us",
                         "it is not the time from the first step to the last");
    }
    if (!bundle.violation) {
        return;
    }
    if (const auto* const step = stepAt(bundle, bundle.violation->stepIndex)) {
        agreement.expect(
            step->decisionId == bundle.incident.decisionId && step->time == bundle.violation->at
                && step->policy == bundle.violation->policyId
                && step->result.value_or(domain::DecisionResult::Error) == bundle.violation->result,
            "/violation",
            fmt::format("step {} says otherwise", step->stepIndex));
    } else {
        agreement.expect(bundle.truncated, "/violation/step_index", "there is no such step");
    }
}

/// What the export says that it leaves out is not there.
void compareIncludes(const EvidenceBundle& bundle, Agreement& agreement)
{
    for (const auto& [include, name] : EnumNames<Include>::kNames) {
        const bool out
            = std::find(bundle.leftOut.begin(), bundle.leftOut.end(), name) != bundle.leftOut.end();
        agreement.expect(out != isIncluded(bundle, include) || bundle.leftOut.empty(),
                         "/left_out",
                         fmt::format("{} is in it and left out, or neither", name));
    }
    agreement.expect(isIncluded(bundle, Include::RootCause) || !bundle.incident.rootCause,
                     "/incident/root_cause",
                     "the export says that it is left out");
    const bool raw = isIncluded(bundle, Include::RawIo);
    for (const auto& step : bundle.steps) {
        agreement.expect(raw || !isRawIo(step.stepType) || !step.data,
                         fmt::format("/steps, {}", step.stepIndex),
                         "it shows what the export says is left out");
    }
    const auto& incident = bundle.incident;
    agreement.expect(!bundle.redacted
                         || !(incident.userId || incident.sessionId || bundle.run.userId
                              || bundle.run.sessionId || bundle.run.metadata),
                     "/redacted",
                     "it shows who used the application");
}

} // namespace

void checkEvidenceBundle(const Json& json, evidence::VerificationReport& report)
{
    const auto bundle = readBundleOf<EvidenceBundle>(json, report);
    if (!bundle) {
        return;
    }
    Agreement agreement("content", report);
    compareNames(*bundle, agreement);
    compareSums(*bundle, agreement);
    compareSteps(*bundle, agreement);
    compareIncludes(*bundle, agreement);
    agreement.conclude("its parts agree with one another: ids, sums, steps, what is left out");
    report.notChecked("inclusion",
                      "content",
                      "a bundle carries no entry of the log: the pack of the incident shows them");
    noteUnsigned(formatTime(bundle->createdAt), report);
}

} // namespace exhibit::report
