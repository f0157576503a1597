// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "models/domain/policy.h"

#include <string>
#include <vector>

namespace exhibit::domain {

/// The immutable set of policies a run is judged by. Content-addressed per tenant:
/// snapshotId = "SNAP-" + the first 12 hex digits of contentHash (rulings.md 28).
struct PolicySnapshot {
    std::string snapshotId;
    TenantId tenantId;
    Digest contentHash{};
    std::string policiesJson; ///< Restricted JCS, an array sorted by policy_id.
    std::string thresholdsJson; ///< Restricted JCS of the run and tenant limits in force.
    std::vector<Policy> policies; ///< policiesJson, parsed; enabled ones only.
    UtcTime createdAt{};
};

/// Builds the snapshot of these policies; disabled ones are left out.
[[nodiscard]] Result<PolicySnapshot> makeSnapshot(TenantId tenant,
                                                  const std::vector<Policy>& policies,
                                                  const Json& thresholds = JsonObject{});
/// The snapshot as it was stored; Corrupt when the content does not have that hash.
[[nodiscard]] Result<PolicySnapshot> loadSnapshot(TenantId tenant,
                                                  std::string policiesJson,
                                                  std::string thresholdsJson,
                                                  const Digest& contentHash,
                                                  UtcTime createdAt);

} // namespace exhibit::domain
