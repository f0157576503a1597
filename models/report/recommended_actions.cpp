// SPDX-License-Identifier: Apache-2.0
#include "models/report/recommended_actions.h"

#include "models/report/words.h"

namespace exhibit::report {
namespace {

using Actions = std::vector<RecommendedAction>;

void addForGap(Actions& actions, const EvidenceBundle& bundle)
{
    const auto kind = bundle.incident.rootCause->kind;
    const std::string because = "Root cause: " + gapName(kind);
    const std::string& policy = bundle.incident.policyId;
    switch (kind) {
    case domain::GapKind::DataGap:
        for (const auto& fact : bundle.facts) {
            if (fact.state != "present") {
                actions.push_back(
                    {"Let the application send " + fact.path + ", or say that it is unknown.",
                     fact.path + " was " + fact.state + "."});
                break;
            }
        }
        actions.push_back({"Give the model a way to look up what it is not told.", because});
        return;
    case domain::GapKind::EnforcementGap:
        actions.push_back(
            {"Raise the mode of " + policy + " so that it acts on what it sees.", because});
        return;
    case domain::GapKind::CoverageGap:
        actions.push_back({"Add a policy that looks for this, and backtest it.", because});
        return;
    case domain::GapKind::ModelFault:
        actions.push_back({"Review the instructions and the choice of the model.", because});
        return;
    case domain::GapKind::PromptAttack:
        actions.push_back(
            {"Review what the application passes into the prompt unchecked.", because});
        actions.push_back({"Look for the same words in other calls.", because});
        return;
    case domain::GapKind::UpstreamFault:
        actions.push_back({"Review the contract and the fallback of the provider.", because});
        return;
    case domain::GapKind::ConfigurationFault:
        actions.push_back({"Correct the setting and record the change.", because});
        return;
    }
}

} // namespace

Actions recommendedActions(const EvidenceBundle& bundle)
{
    Actions actions;
    if (bundle.incident.rootCause) {
        addForGap(actions, bundle);
    } else if (!leftOut(bundle, Include::RootCause)) { // There may be one.
        actions.push_back({"Find the root cause.", "None is part of this export."});
    }
    if (!bundle.impact) {
        actions.push_back(
            {"Assess impact and affected parties.", "Nobody has entered an assessment."});
    } else if (!bundle.impact->value.personalInformation) {
        actions.push_back({"Determine whether personal information was involved.",
                           "The assessment leaves it open."});
    }
    if (bundle.remediations.empty()) {
        actions.push_back(
            {"Decide what is done, by whom and until when.", "No remediation is recorded."});
    }
    if (bundle.fixVerifications.empty()) {
        actions.push_back({"Replay the call under the changed policies to verify the fix.",
                           "No verification of a fix is recorded."});
    } else if (bundle.fixVerifications.front().verdict != domain::FixVerdict::Prevented) {
        actions.push_back({"Change what is done: the fix is not shown to help.",
                           "Newest verification: "
                               + sentenceCase(wireName(bundle.fixVerifications.front().verdict))
                               + "."});
    }
    return actions;
}

} // namespace exhibit::report
