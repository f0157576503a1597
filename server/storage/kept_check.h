// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_check.h"
#include "server/storage/recorded_binding.h"

namespace exhibit::storage {

/// Compares what is kept beside the logs and is of no call with the entries that tell of it:
/// certificates and what is kept of their issue, legal holds, keyrings, keys that were noted. What
/// entries tell is collected while they are read; a row that no entry tells of is a finding, too.
class KeptCheck {
public:
    /// Both outlive the object; findings are added to `check`.
    KeptCheck(Transaction& transaction, LedgerCheck& check)
        : m_transaction(transaction)
        , m_check(check)
    {
    }

    /// Whether entries of the type tell of what is compared here.
    [[nodiscard]] static bool isAbout(std::string_view type);
    [[nodiscard]] Result<void> check(const std::vector<Commitment>& page);
    /// What is to be compared once all logs were read.
    [[nodiscard]] Result<void> finish();

private:
    struct Place {
        std::int32_t epoch = 0;
        std::uint64_t sequence = 0;
    };
    struct Hold {
        Place placed;
        std::string reason;
        std::string covers;
        std::string incident;
        std::string placedBy;
        bool released = false;
    };
    struct Keyring {
        Place published;
        std::string rootKey;
        std::string sha256;
        std::string publishedBy;
    };
    void found(const Place& place, const std::string& problem);
    void note(const Commitment& entry);
    [[nodiscard]] Result<void> loadKeys();
    void compareCertificate(const Commitment& entry, const Rows& rows, std::size_t row);
    [[nodiscard]] Result<void> checkUntoldCertificates();
    [[nodiscard]] Result<void> checkHolds();
    [[nodiscard]] Result<void> checkKeyrings();

    Transaction& m_transaction;
    LedgerCheck& m_check;
    std::optional<std::vector<evidence::PublicKey>> m_keys; ///< That were noted of certificates.
    std::map<std::string, Hold, std::less<>> m_holds; ///< By id.
    std::map<std::int64_t, Keyring> m_keyrings; ///< By version.
    bool m_unread = false; ///< An entry of these cannot be read: what it tells is not known.
};

} // namespace exhibit::storage
