// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/domain/quota.h"

#include <optional>
#include <vector>

namespace exhibit::gateway {

/// A limit of one run that was reached, and whose it is.
struct RunOverrun {
    domain::RunLimitBreach breach;
    domain::Tier tier = domain::Tier::Enterprise;
};

/// What the tiers of a call's user, project and tenant allow its run, for the time the call is
/// under way. Before a call nothing may be used up (domain::breachOf); during one a limit may be
/// used up and not passed.
class RunLimits {
public:
    RunLimits() = default;
    /// Of all that apply; the policies outlive this.
    explicit RunLimits(const std::vector<domain::AppliedQuota>& quotas);

    [[nodiscard]] bool empty() const { return m_policies.empty(); }
    /// True when one counts tokens or cost.
    [[nodiscard]] bool needsUsage() const;
    /// Before a call: `counters` with the call among the run's calls and nothing used by it yet.
    [[nodiscard]] std::optional<RunOverrun> usedUpBefore(const domain::RunCounters& counters,
                                                         UtcTime now) const;
    /// `counters` with everything the run has used so far, the call under way included.
    [[nodiscard]] std::optional<RunOverrun> overrunOf(const domain::RunCounters& counters,
                                                      UtcTime now) const;
    /// As a record and an explanation list them; nullopt: there are none.
    [[nodiscard]] std::optional<Json> described() const;
    /// When the run's time is up; nullopt: never.
    [[nodiscard]] std::optional<UtcTime> timeUp(UtcTime startedAt) const;

private:
    std::vector<const domain::QuotaPolicy*> m_policies; ///< Those that limit runs.
};

/// Whose limit it is, where policies have their id: "tier:FREE".
[[nodiscard]] std::string tierName(domain::Tier tier);
/// How a run ends that has used what its tier allows one run (domain.md).
[[nodiscard]] domain::RunStop runOver(domain::KillReason reason);

} // namespace exhibit::gateway
