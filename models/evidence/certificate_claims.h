// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/dsse.h"
#include "models/evidence/entry.h"

#include <cstdint>

namespace exhibit::evidence {

/// What a certificate.issued entry commits its certificate's hash to; nullptr of other entries.
[[nodiscard]] const FieldCommitment* issueClaim(const Entry& entry);

/// The certificate.issued entry of a certificate.
struct IssuePlace {
    std::string_view log;
    std::uint64_t sequence = 0;
};

struct WrongClaim {
    std::string member; ///< Of the predicate.
    std::string why;
};
/// What a replay certificate says of its signer and of the log, and does not hold: `signed_by`,
/// `seq`, `tree_size_at_issue`. One of the earlier form, which names neither signer nor size,
/// has no wrong claim.
[[nodiscard]] std::vector<WrongClaim> wrongClaims(const Statement& statement,
                                                  std::string_view signer,
                                                  const IssuePlace& issue);

} // namespace exhibit::evidence
