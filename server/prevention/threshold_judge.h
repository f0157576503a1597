// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/policy_selection.h"

#include <optional>
#include <vector>

namespace exhibit::prevention {

/// What the thresholds are compared with.
struct UsageState {
    domain::RunCounters counters;
    std::int64_t callOutputTokens = 0; ///< May be an estimate.
    UtcTime now{};
    bool priced = true; ///< False: what the call costs is not known.
};

/// A threshold that was reached, or found not to be measurable, for the first time in this call.
struct ThresholdEvent {
    AppliedPolicy policy;
    std::int64_t used = 0;
    bool exceeded = false; ///< Over max; else at or over warn_at.
    bool unknown = false; ///< What it counts is not known, so that it cannot be evaluated.

    [[nodiscard]] const domain::ThresholdRule& rule() const
    {
        return std::get<domain::ThresholdRule>(policy.policy->rule);
    }
    [[nodiscard]] bool stops() const
    {
        return unknown ? policy.policy->effectiveOnError() == domain::OnError::Block
                       : exceeded && policy.policy->mode == domain::Mode::Block;
    }
};

/// The run's thresholds during one call. Each speaks when its level rises, so at most twice. A cost
/// that nobody knows is no cost of 0: such a threshold says once that it cannot be evaluated.
class ThresholdJudge {
public:
    explicit ThresholdJudge(std::vector<AppliedPolicy> policies);

    [[nodiscard]] std::vector<ThresholdEvent> judge(const UsageState& usage);
    /// True when a threshold counts tokens or cost.
    [[nodiscard]] bool needsUsage() const;
    /// When a duration reaches its next level, if the run goes on; nullopt: never.
    [[nodiscard]] std::optional<UtcTime> durationDue(UtcTime startedAt) const;

private:
    enum class Level : std::uint8_t { Below, Warned, Exceeded, Unknown };
    struct Threshold {
        AppliedPolicy policy;
        Level level = Level::Below;
    };
    std::vector<Threshold> m_thresholds;
};

/// How a run that exceeded this metric is recorded (domain.md, "How an end is recorded").
[[nodiscard]] domain::TerminationReason terminationReasonOf(domain::Metric metric);
[[nodiscard]] domain::KillReason killReasonOf(domain::Metric metric);

} // namespace exhibit::prevention
