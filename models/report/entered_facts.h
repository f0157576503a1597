// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json_fields.h"

#include <optional>
#include <string>
#include <vector>

/// What people say: entered through the API, versioned, never derived from anything.
namespace exhibit::report {

enum class RiskLevel : std::uint8_t { Low, Medium, High, Critical };

/// Whether personal information was involved, and whose (SOC 2, CC7.3).
struct PersonalInformation {
    bool involved = false;
    std::string what;
    std::string whose;
    std::optional<std::int64_t> count; ///< Of people; absent: not known.
};
struct Impact {
    std::string businessImpact;
    std::string affectedParties;
    std::optional<PersonalInformation> personalInformation; ///< Absent: not determined.
    RiskLevel riskLevel = RiskLevel::Low;
    std::optional<std::string> approver; ///< Of the assessment; absent: nobody is named.
};
struct ControlObjective {
    std::string criterion; ///< "CC7.2".
    std::string controlId; ///< The company's own.
    std::string objective;
    std::optional<std::string> reviewer;
};
struct ComplianceStatement {
    std::string periodStart; ///< YYYY-MM-DD, inclusive.
    std::string periodEnd; ///< YYYY-MM-DD, inclusive.
    std::vector<ControlObjective> controlObjectives;
    std::string attestationStatement;
    std::string auditorNotes;
};

enum class ComplianceRecordKind : std::uint8_t {
    BackupTest, ///< A1.2
    BreachNotice, ///< P6.6
    AccessReview, ///< CC6.1
    Communication, ///< CC7.4: what was said to whom.
    Lesson, ///< CC7.5
    PlanTest, ///< CC7.5: of the plan for responses.
    ChangeApproval, ///< CC8.1: request, test and approval of a change.
    Disclosure, ///< P6.3: what was given to whom.
};
/// What people did for a control and the system cannot see.
struct ComplianceRecord {
    std::int64_t number = 0; ///< Given by the server, from 1.
    ComplianceRecordKind kind = ComplianceRecordKind::BackupTest;
    std::string on; ///< When it was done: YYYY-MM-DD, or an instant (RFC 3339) where that counts.
    std::string by; ///< Who did it.
    std::string text; ///< What was done, and what came of it.
    std::optional<IncidentId> incidentId; ///< Of the tenant; absent: it is about none.
};

/// Whose key it is, in the words of whoever created it.
struct KeyLabel {
    std::string keyId;
    std::string label;
};

/// One version of what somebody entered.
template <class T>
struct Entered {
    std::int64_t version = 0;
    std::string enteredBy; ///< Id of the key.
    UtcTime enteredAt{};
    T value;
};

/// Lengths, dates, counts; InvalidInput with the JSON pointer of what is wrong.
[[nodiscard]] Result<void> check(const Impact& impact);
[[nodiscard]] Result<void> check(const ComplianceStatement& statement);
[[nodiscard]] Result<void> check(const ComplianceRecord& record);
/// A day of the calendar as YYYY-MM-DD, at midnight UTC.
[[nodiscard]] Result<UtcTime> parseDay(std::string_view text, const std::string& pointer);

template <class V>
void visitFields(V& visit, Of<V, KeyLabel>& key)
{
    visit("key_id", key.keyId);
    visit("label", key.label);
}
template <class V>
void visitFields(V& visit, Of<V, PersonalInformation>& information)
{
    visit("involved", information.involved);
    visit.defaulted("what", information.what);
    visit.defaulted("whose", information.whose);
    visit("count", information.count);
}
template <class V>
void visitFields(V& visit, Of<V, Impact>& impact)
{
    visit("business_impact", impact.businessImpact);
    visit.defaulted("affected_parties", impact.affectedParties);
    visit("personal_information", impact.personalInformation);
    visit("risk_level", impact.riskLevel);
    visit("approver", impact.approver);
}
template <class V>
void visitFields(V& visit, Of<V, ControlObjective>& objective)
{
    visit("criterion", objective.criterion);
    visit("control_id", objective.controlId);
    visit("objective", objective.objective);
    visit("reviewer", objective.reviewer);
}
template <class V>
void visitFields(V& visit, Of<V, ComplianceStatement>& statement)
{
    visit("period_start", statement.periodStart);
    visit("period_end", statement.periodEnd);
    visit("control_objectives", statement.controlObjectives);
    visit("attestation_statement", statement.attestationStatement);
    visit.defaulted("auditor_notes", statement.auditorNotes);
}
template <class V>
void visitFields(V& visit, Of<V, ComplianceRecord>& record)
{
    visit.defaulted("n", record.number);
    visit("kind", record.kind);
    visit("on", record.on);
    visit("by", record.by);
    visit("text", record.text);
    visit("incident_id", record.incidentId);
}
template <class V, class T>
void visitEntered(V& visit, T& entered)
{
    visit("version", entered.version);
    visit("entered_by", entered.enteredBy);
    visit("entered_at", entered.enteredAt);
    visit("value", entered.value);
}
template <class V>
void visitFields(V& visit, Of<V, Entered<Impact>>& entered)
{
    visitEntered(visit, entered);
}
template <class V>
void visitFields(V& visit, Of<V, Entered<ComplianceStatement>>& entered)
{
    visitEntered(visit, entered);
}

template <class V>
void visitFields(V& visit, Of<V, Entered<ComplianceRecord>>& entered)
{
    visitEntered(visit, entered);
}

} // namespace exhibit::report

template <>
struct exhibit::EnumNames<exhibit::report::ComplianceRecordKind> {
    using E = exhibit::report::ComplianceRecordKind;
    static constexpr std::string_view kType = "kind of compliance record";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::BackupTest, "backup_test"},
           {E::BreachNotice, "breach_notice"},
           {E::AccessReview, "access_review"},
           {E::Communication, "communication"},
           {E::Lesson, "lesson"},
           {E::PlanTest, "plan_test"},
           {E::ChangeApproval, "change_approval"},
           {E::Disclosure, "disclosure"}};
};
template <>
struct exhibit::EnumNames<exhibit::report::RiskLevel> {
    using E = exhibit::report::RiskLevel;
    static constexpr std::string_view kType = "risk level";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Low, "low"}, {E::Medium, "medium"}, {E::High, "high"}, {E::Critical, "critical"}};
};
