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
};

/// A threshold that was reached for the first time in this call.
struct ThresholdEvent {
    const domain::Policy* policy = nullptr;
    std::int64_t used = 0;
    bool exceeded = false; ///< Over max; else at or over warn_at.

    [[nodiscard]] const domain::ThresholdRule& rule() const
    {
        return std::get<domain::ThresholdRule>(policy->rule);
    }
    [[nodiscard]] bool stops() const { return exceeded && policy->mode == domain::Mode::Block; }
};

/// The run's thresholds during one call. Each speaks when its level rises, so at most twice.
class ThresholdJudge {
public:
    explicit ThresholdJudge(std::vector<AppliedPolicy> policies);

    [[nodiscard]] std::vector<ThresholdEvent> judge(const UsageState& usage);
    /// True when a threshold counts tokens or cost.
    [[nodiscard]] bool needsUsage() const;

private:
    enum class Level : std::uint8_t { Below, Warned, Exceeded };
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
