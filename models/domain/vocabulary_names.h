// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/domain/vocabulary.h"

/// Wire names: promises that stand in the database, the API and exports.
namespace exhibit {

template <>
struct EnumNames<domain::RunStatus> {
    static constexpr std::string_view kType = "run status";
    static constexpr std::pair<domain::RunStatus, std::string_view> kNames[] = {
        {domain::RunStatus::Queued, "queued"},
        {domain::RunStatus::Running, "running"},
        {domain::RunStatus::Succeeded, "succeeded"},
        {domain::RunStatus::Failed, "failed"},
        {domain::RunStatus::FailedPolicy, "failed_policy"},
        {domain::RunStatus::Cancelled, "cancelled"},
    };
};
template <>
struct EnumNames<domain::TerminationReason> {
    static constexpr std::string_view kType = "termination reason";
    static constexpr std::pair<domain::TerminationReason, std::string_view> kNames[] = {
        {domain::TerminationReason::Completed, "completed"},
        {domain::TerminationReason::PolicyBlock, "policy_block"},
        {domain::TerminationReason::BudgetExceeded, "budget_exceeded"},
        {domain::TerminationReason::RateLimited, "rate_limited"},
        {domain::TerminationReason::UserAbort, "user_abort"},
        {domain::TerminationReason::SystemFailure, "system_failure"},
        {domain::TerminationReason::Timeout, "timeout"},
    };
};
template <>
struct EnumNames<domain::KillReason> {
    static constexpr std::string_view kType = "kill reason";
    static constexpr std::pair<domain::KillReason, std::string_view> kNames[] = {
        {domain::KillReason::MaxTokens, "max_tokens"},
        {domain::KillReason::MaxLlmCalls, "max_llm_calls"},
        {domain::KillReason::MaxRuntime, "max_runtime"},
        {domain::KillReason::MaxCost, "max_cost"},
        {domain::KillReason::AdminKill, "admin_kill"},
        {domain::KillReason::UserCancel, "user_cancel"},
    };
};
template <>
struct EnumNames<domain::StepType> {
    static constexpr std::string_view kType = "step type";
    static constexpr std::pair<domain::StepType, std::string_view> kNames[] = {
        {domain::StepType::Input, "input"},
        {domain::StepType::Context, "context"},
        {domain::StepType::Policy, "policy"},
        {domain::StepType::LlmCall, "llm_call"},
        {domain::StepType::ToolCall, "tool_call"},
        {domain::StepType::Output, "output"},
        {domain::StepType::RootCause, "root_cause"},
        {domain::StepType::Kill, "kill"},
        {domain::StepType::Error, "error"},
    };
};
template <>
struct EnumNames<domain::StepStatus> {
    static constexpr std::string_view kType = "step status";
    static constexpr std::pair<domain::StepStatus, std::string_view> kNames[] = {
        {domain::StepStatus::Ok, "ok"},
        {domain::StepStatus::Warning, "warning"},
        {domain::StepStatus::Violation, "violation"},
    };
};
template <>
struct EnumNames<domain::Severity> {
    static constexpr std::string_view kType = "severity";
    static constexpr std::pair<domain::Severity, std::string_view> kNames[] = {
        {domain::Severity::Critical, "critical"},
        {domain::Severity::High, "high"},
        {domain::Severity::Medium, "medium"},
        {domain::Severity::Low, "low"},
    };
};
template <>
struct EnumNames<domain::Stage> {
    static constexpr std::string_view kType = "stage";
    static constexpr std::pair<domain::Stage, std::string_view> kNames[] = {
        {domain::Stage::Input, "input"},
        {domain::Stage::Output, "output"},
        {domain::Stage::ToolCall, "tool_call"},
        {domain::Stage::Run, "run"},
    };
};
template <>
struct EnumNames<domain::Mode> {
    static constexpr std::string_view kType = "mode";
    static constexpr std::pair<domain::Mode, std::string_view> kNames[] = {
        {domain::Mode::Monitor, "monitor"},
        {domain::Mode::Warn, "warn"},
        {domain::Mode::Redact, "redact"},
        {domain::Mode::Block, "block"},
    };
};
template <>
struct EnumNames<domain::DecisionResult> {
    static constexpr std::string_view kType = "decision result";
    static constexpr std::pair<domain::DecisionResult, std::string_view> kNames[] = {
        {domain::DecisionResult::Pass, "PASS"},
        {domain::DecisionResult::Warn, "WARN"},
        {domain::DecisionResult::Redact, "REDACT"},
        {domain::DecisionResult::Block, "BLOCK"},
        {domain::DecisionResult::Error, "ERROR"},
    };
};
template <>
struct EnumNames<domain::OnError> {
    static constexpr std::string_view kType = "on_error action";
    static constexpr std::pair<domain::OnError, std::string_view> kNames[] = {
        {domain::OnError::Block, "block"},
        {domain::OnError::Allow, "allow"},
    };
};
template <>
struct EnumNames<domain::IncidentStatus> {
    static constexpr std::string_view kType = "incident status";
    static constexpr std::pair<domain::IncidentStatus, std::string_view> kNames[] = {
        {domain::IncidentStatus::Open, "open"},
        {domain::IncidentStatus::Investigating, "investigating"},
        {domain::IncidentStatus::Contained, "contained"},
        {domain::IncidentStatus::Resolved, "resolved"},
        {domain::IncidentStatus::FalsePositive, "false_positive"},
    };
};
template <>
struct EnumNames<domain::GapKind> {
    static constexpr std::string_view kType = "kind of gap";
    static constexpr std::pair<domain::GapKind, std::string_view> kNames[] = {
        {domain::GapKind::EnforcementGap, "enforcement_gap"},
        {domain::GapKind::CoverageGap, "coverage_gap"},
        {domain::GapKind::DataGap, "data_gap"},
        {domain::GapKind::ModelFault, "model_fault"},
        {domain::GapKind::PromptAttack, "prompt_attack"},
        {domain::GapKind::UpstreamFault, "upstream_fault"},
        {domain::GapKind::ConfigurationFault, "configuration_fault"},
    };
};
template <>
struct EnumNames<domain::FailureCode> {
    static constexpr std::string_view kType = "failure code";
    static constexpr std::pair<domain::FailureCode, std::string_view> kNames[] = {
        {domain::FailureCode::MissingDataAssertion, "missing_data_assertion"},
        {domain::FailureCode::Contradiction, "contradiction"},
        {domain::FailureCode::PersonalDataOutput, "personal_data_output"},
        {domain::FailureCode::SecretOutput, "secret_output"},
        {domain::FailureCode::PromptInjection, "prompt_injection"},
        {domain::FailureCode::UnsafeToolCall, "unsafe_tool_call"},
        {domain::FailureCode::Runaway, "runaway"},
        {domain::FailureCode::SchemaViolation, "schema_violation"},
        {domain::FailureCode::UnsafeContent, "unsafe_content"},
        {domain::FailureCode::UpstreamFailure, "upstream_failure"},
        {domain::FailureCode::Quota, "quota"},
    };
};

} // namespace exhibit
