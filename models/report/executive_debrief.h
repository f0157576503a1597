// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/document.h"
#include "models/report/pack_facts.h"

namespace exhibit::report {

/// Where a pack keeps the bundle of the debrief.
inline constexpr std::string_view kDebriefPath = "data/exports/executive_debrief.json";

/// What a board wants to know (resources/schemas/executive_debrief.v1.json).
struct ExecutiveDebriefBundle {
    std::string schema = "exhibit/executive-debrief/v1";
    std::string bundleId;
    std::string type = "executive_debrief";
    UtcTime createdAt{};
    std::string incidentId;
    std::string plainLanguageSummary;
    std::optional<std::string> businessImpact; ///< Entered; absent: nobody assessed it.
    std::optional<RiskLevel> riskLevel; ///< Entered.
    std::string policyViolated;
    std::optional<UtcTime> violationTime; ///< Absent: no decision is recorded.
    std::vector<std::string> recommendedActions;
    std::string remediationStatus; ///< "none recorded", "2 of 3 done".
    std::optional<std::int64_t> timeToDetectUs; ///< From the request to the decision.
    domain::Microcents costMicrocents = 0;
    std::int64_t costIncurredCents = 0;
    std::optional<std::string> currency; ///< ISO 4217; absent: not known to be one.
    std::vector<std::string> leftOut; ///< Includes that were not asked for.
};
[[nodiscard]] ExecutiveDebriefBundle makeExecutiveDebrief(const EvidenceBundle& bundle);

/// The same as two pages.
[[nodiscard]] Result<Document> executiveDebrief(const PackFacts& facts);

template <class V>
void visitFields(V& visit, Of<V, ExecutiveDebriefBundle>& bundle)
{
    visit("schema", bundle.schema);
    visit("bundle_id", bundle.bundleId);
    visit("type", bundle.type);
    visit("created_at", bundle.createdAt);
    visit("incident_id", bundle.incidentId);
    visit("plain_language_summary", bundle.plainLanguageSummary);
    visit("business_impact", bundle.businessImpact);
    visit("risk_level", bundle.riskLevel);
    visit("policy_violated", bundle.policyViolated);
    visit("violation_time", bundle.violationTime);
    visit("recommended_actions", bundle.recommendedActions);
    visit("remediation_status", bundle.remediationStatus);
    visit("time_to_detect_us", bundle.timeToDetectUs);
    visit("cost_incurred_microcents", bundle.costMicrocents);
    visit("cost_incurred_cents", bundle.costIncurredCents);
    visit("currency", bundle.currency);
    visit.defaulted("left_out", bundle.leftOut);
}

} // namespace exhibit::report
