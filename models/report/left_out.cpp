// SPDX-License-Identifier: Apache-2.0
#include "models/report/left_out.h"

#include <algorithm>

namespace exhibit::report {
namespace {

using domain::StepType;

constexpr const char* kLeftOut = "Left out of this export";

void clearSteps(EvidenceBundle& bundle, std::initializer_list<StepType> types)
{
    for (auto& step : bundle.steps) {
        if (std::find(types.begin(), types.end(), step.stepType) != types.end()) {
            step.event = kLeftOut;
            step.detail.clear();
            step.data.reset();
            step.contentHash.reset(); // Short texts could be guessed from it.
        }
    }
}

/// A request holds its facts and its user, and so its hash is over them.
void clearRequestHashes(EvidenceBundle& bundle)
{
    for (auto& step : bundle.steps) {
        if (step.stepType == StepType::Input) {
            step.contentHash.reset();
        }
    }
}

/// Its sentences say what the policy found, in which facts and in which answer.
void clearCause(EvidenceBundle& bundle)
{
    bundle.incident.rootCause.reset();
    clearSteps(bundle, {StepType::RootCause});
}

void leaveOutUser(EvidenceBundle& bundle)
{
    bundle.incident.userId.reset();
    bundle.run.userId.reset();
    clearRequestHashes(bundle);
}

void leaveOutFacts(EvidenceBundle& bundle)
{
    bundle.facts.clear();
    clearSteps(bundle, {StepType::Context});
    clearRequestHashes(bundle);
    clearCause(bundle);
}

void leaveOutRequest(EvidenceBundle& bundle)
{
    clearSteps(bundle, {StepType::Input});
}

void leaveOutAnswer(EvidenceBundle& bundle)
{
    bundle.answer.reset();
    bundle.incident.excerpt.clear();
    clearSteps(bundle, {StepType::ToolCall, StepType::Output});
    clearRequestHashes(bundle); // The next one repeats it.
}

void leaveOutDecisions(EvidenceBundle& bundle)
{
    bundle.violation.reset();
    for (auto& step : bundle.steps) {
        step.policy.reset();
        step.result.reset();
    }
    clearSteps(bundle, {StepType::Policy});
    clearCause(bundle);
}

void leaveOutInflection(EvidenceBundle& bundle)
{
    if (bundle.violation) {
        bundle.violation->channel.reset();
        bundle.violation->byteOffset.reset();
    }
    clearSteps(bundle, {StepType::Policy});
}

void leaveOutIncident(EvidenceBundle& bundle)
{
    bundle.incident.title = kLeftOut;
    bundle.incident.excerpt.clear();
    bundle.incident.userId.reset();
    bundle.incident.sessionId.reset();
    bundle.incident.tags.clear();
    clearRequestHashes(bundle); // They name the user too.
    clearCause(bundle);
}

void leaveOutStop(EvidenceBundle& bundle)
{
    bundle.run.terminationReason.reset();
    bundle.run.killReason.reset();
    bundle.run.stoppedAtStep.reset();
    bundle.run.violationPolicyId.reset();
    bundle.run.abort.reset();
    clearSteps(bundle, {StepType::Kill});
}

/// Nothing of it is in the bundle.
void nothing(EvidenceBundle&) { }

constexpr std::pair<std::string_view, void (*)(EvidenceBundle&)> kLeavers[] = {
    {"/user_id", leaveOutUser},
    {"/facts", leaveOutFacts},
    {"/request", leaveOutRequest},
    {"/request/sent", leaveOutRequest},
    {"/response/released", leaveOutAnswer},
    {"/response/withheld", leaveOutAnswer},
    {"/decision", leaveOutDecisions},
    {"/inflection", leaveOutInflection},
    {"/incident", leaveOutIncident},
    {"/stop", leaveOutStop},
    {"/spool", nothing},
    {"/endpoint", nothing},
    {"/original", nothing},
    {"/replay", nothing},
    {"/reevaluation/differences", nothing},
    {"/reporter_id", nothing},
};

} // namespace

Result<void> leaveOut(EvidenceBundle& bundle, std::span<const std::string> paths)
{
    for (const auto& path : paths) {
        const auto found
            = std::find_if(std::begin(kLeavers), std::end(kLeavers), [&path](const auto& leaver) {
                  return leaver.first == path;
              });
        if (found == std::end(kLeavers)) {
            std::string why = path + " cannot be left out of an export; these can:";
            for (const auto& [name, leave] : kLeavers) {
                why.append(" ").append(name);
            }
            return fail(ErrorCode::InvalidInput, std::move(why), "/redactions");
        }
        found->second(bundle);
    }
    return {};
}

} // namespace exhibit::report
