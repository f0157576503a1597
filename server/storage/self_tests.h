// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/database.h"
#include "server/storage/ledger_anchors.h"

namespace exhibit::storage {

struct SelfTest {
    std::string name; ///< Stable: "hash", "chain" ...
    bool passed = false;
    std::string detail; ///< What was looked at, or what is wrong.
    std::chrono::microseconds duration{0};
};

/// Nine tests of what the evidence rests on, each real work on the tenant's real data: hash, chain,
/// merkle_root, tamper_detection, database, the three tables that only grow, full_chain. A part
/// that cannot be reached is a test that failed; there is always an answer. The signer is asked
/// what it signed.
[[nodiscard]] std::vector<SelfTest> runSelfTests(Database& database,
                                                 SubjectKeys& keys,
                                                 const HeadSigner& signer,
                                                 TenantId tenant,
                                                 Deadline deadline);

} // namespace exhibit::storage
