// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_check.h"

#include <functional>

/// What is left to do when the signer's folder is lost (docs/decisions/0086).
namespace exhibit::storage {

/// In the first entry of an epoch: how many of the tenant's keys are lost by then, in decimal.
inline constexpr std::string_view kLostKeysPath = "/lost_keys";

/// What a tenant's log lacks of the signer that it was made with.
struct SignerLoss {
    bool keys = false; ///< The signer does not open what was sealed.
    bool heads = false; ///< It never signed the log that grows, which has signed heads.

    [[nodiscard]] bool any() const { return keys || heads; }
};

/// `signerKnows`: whether the signer remembers a head of that origin. `keys` were checked against
/// the wrapper. Nothing is lost of a tenant without a log.
[[nodiscard]] Result<SignerLoss> findSignerLoss(
    Transaction& transaction,
    const SubjectKeys& keys,
    const std::function<Result<bool>(const std::string& origin)>& signerKnows);

struct SignerReplacement {
    SignerLoss loss;
    std::string reason;
    std::string operatorName;
};
/// The log before and after.
struct ReplacedLog {
    LedgerHead ended;
    std::uint64_t signedSize = 0; ///< Of the ended log's last signed head.
    std::string origin; ///< Of the new one.
    std::int64_t lostKeys = 0; ///< Of the tenant, in all.
};
/// The operator's act: the epoch ends as it is, nothing is hashed again; keys that nobody can open
/// are set aside; the next epoch's first entry names the head where the old one ended and says why.
/// Conflict where nothing is lost.
[[nodiscard]] Result<ReplacedLog> replaceSigner(Transaction& transaction,
                                                ChainLedger& ledger,
                                                SubjectKeys& keys,
                                                const SignerReplacement& replacement);

} // namespace exhibit::storage
