// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/certificate_document.h"
#include "models/evidence/checkpoint.h"
#include "models/evidence/entry.h"
#include "models/evidence/envelope_signer.h"
#include "models/evidence/report.h"
#include "models/evidence/trust.h"

#include <map>
#include <set>

/// Private to the verifier: a replay certificate with its entries and proofs.
namespace exhibit::evidence {

class CertificateChecks {
public:
    CertificateChecks(const CertificateDocument& document,
                      const TrustAnchors& anchors,
                      VerificationReport& report)
        : m_document(document)
        , m_anchors(anchors)
        , m_report(report)
    {
    }
    /// Adds the checks. False when the statement cannot be read: nothing was believed.
    [[nodiscard]] bool run();

private:
    struct Proven {
        Entry entry;
        Digest hash{};
        Digest leaf{};
        std::string note; ///< Of the head it is proven with.
    };
    void loadEnclosedKeys();
    void checkSignature();
    void checkEntries();
    void checkEntry(const LoggedEntry& logged);
    bool checkHead(const TlogProof& proof, const Proven& proven, const std::string& name);
    /// Heads of one log that are shown side by side must be heads of one tree.
    void checkConsistency();
    /// certificate.issued commits to these very bytes.
    void bindIssue();
    [[nodiscard]] bool withholdsIssue() const;
    void checkRevocation();
    /// Each subject is an entry of the log, or a field of the replay's.
    void bindSubjects();
    [[nodiscard]] std::size_t bindEntries();
    void checkClaims();
    void checkTrust();
    void checkWitnesses();
    void checkTime();

    const CertificateDocument& m_document;
    const TrustAnchors& m_anchors;
    VerificationReport& m_report;
    Statement m_statement;
    std::vector<NoteKey> m_enclosedLogKeys;
    std::vector<PublicKey> m_enclosedKeys;
    std::vector<Proven> m_entries;
    /// The signed heads by log and size. Two of one size: somebody shows two histories.
    HeadsByLog m_heads;
    const Proven* m_issued = nullptr; ///< Of m_entries.
    EnvelopeSigner m_signer;
    bool m_pinnedHeads = true;
    bool m_headsKnown = true; ///< Signed by pinned or enclosed keys.
    std::set<std::string> m_revocations; ///< Which keys in use were revoked.
};

} // namespace exhibit::evidence
