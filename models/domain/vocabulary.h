// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The closed value sets of the domain with their wire names.
namespace exhibit::domain {

enum class RunStatus : std::uint8_t { Queued, Running, Succeeded, Failed, FailedPolicy, Cancelled };
enum class TerminationReason : std::uint8_t {
    Completed,
    PolicyBlock,
    BudgetExceeded,
    RateLimited,
    UserAbort,
    SystemFailure,
    Timeout,
};
enum class KillReason : std::uint8_t {
    MaxTokens,
    MaxLlmCalls,
    MaxRuntime,
    MaxCost,
    AdminKill,
    UserCancel,
};
enum class StepType : std::uint8_t {
    Input,
    Context,
    Policy,
    LlmCall,
    ToolCall,
    Output,
    RootCause,
    Kill,
    Error,
};
enum class StepStatus : std::uint8_t { Ok, Warning, Violation };

enum class Severity : std::uint8_t { Low, Medium, High, Critical };
enum class Stage : std::uint8_t { Input, Output, ToolCall, Run };
/// Ordered by how much a mode may do.
enum class Mode : std::uint8_t { Monitor, Warn, Redact, Block };
enum class DecisionResult : std::uint8_t { Pass, Warn, Redact, Block, Error };
enum class OnError : std::uint8_t { Block, Allow };

enum class IncidentStatus : std::uint8_t {
    Open,
    Investigating,
    Contained,
    Resolved,
    FalsePositive
};
/// Why a violation was possible (domain.md, "Root cause").
enum class GapKind : std::uint8_t {
    EnforcementGap,
    CoverageGap,
    DataGap,
    ModelFault,
    PromptAttack,
    UpstreamFault,
    ConfigurationFault,
};
enum class FailureCode : std::uint8_t {
    MissingDataAssertion,
    Contradiction,
    PersonalDataOutput,
    SecretOutput,
    PromptInjection,
    UnsafeToolCall,
    Runaway,
    SchemaViolation,
    UnsafeContent,
    UpstreamFailure,
    Quota,
};

} // namespace exhibit::domain

#include "models/domain/vocabulary_names.h" // IWYU pragma: export
