// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/entry.h"
#include "models/evidence/pack.h"
#include "models/evidence/verifier.h"

#include <map>
#include <set>

namespace exhibit::evidence {

/// An entry of the pack with what was learnt of it.
struct PackEntry {
    Entry entry;
    Digest hash{};
    Digest leaf{};
    bool proven = false; ///< By an inclusion proof of its own.
};

/// What each file in the pack says is checked against what the others say. One use.
class PackChecks {
public:
    PackChecks(const Pack& pack, const TrustAnchors& anchors, VerificationReport& report)
        : m_pack(pack)
        , m_anchors(anchors)
        , m_report(report)
    {
    }
    /// False: unreadable, nothing was believed.
    [[nodiscard]] bool run();

private:
    // pack_checks.cpp: the bag, its signature, keys and trust.
    [[nodiscard]] bool checkBagFiles();
    void loadEnclosedKeys();
    void checkPackSignature();
    void checkTrust();
    void checkTime();
    void checkTimestamp(const std::string& name, const std::vector<Bytes>& chain);
    void checkReport();
    /// Whether the envelope is signed, by whom; notes it under `id`.
    [[nodiscard]] bool checkEnvelope(const Envelope& envelope,
                                     const std::string& id,
                                     const std::string& subject);

    // pack_entries.cpp: entries, fields, coverage, chain.
    void loadEntries();
    void checkFields();
    /// True when the field file at that place is disclosed and fits.
    [[nodiscard]] bool checkField(const PackEntry& entry, std::size_t position);
    void checkBlob(const PackEntry& entry, std::size_t position, const Json& value, BytesView salt);
    void checkCoverage();
    void checkChain();

    // pack_proofs.cpp: checkpoints, inclusion, consistency, certificates.
    void loadCheckpoints();
    [[nodiscard]] bool acceptCheckpoint(const SignedCheckpoint& checkpoint,
                                        const std::string& subject);
    void checkInclusion();
    [[nodiscard]] bool checkProof(const std::string& name);
    void noteCheckpoints();
    void noteWitnesses();
    void checkConsistency();
    void checkConsistencyFile(const std::string& name);
    void recomputeRoots();
    void checkCertificates();
    void checkCertificate(const std::string& name);
    [[nodiscard]] bool bindsAnswers(const Statement& statement) const;
    void bindCertificate(const Statement& statement,
                         const Envelope& envelope,
                         const std::string& name);

    const Pack& m_pack;
    const TrustAnchors& m_anchors;
    VerificationReport& m_report;
    std::vector<NoteKey> m_enclosedLogKeys;
    std::vector<PublicKey> m_enclosedCertificateKeys;
    std::map<std::uint64_t, PackEntry> m_entries;
    std::set<std::pair<std::uint64_t, std::string>> m_disclosed; ///< (seq, path)
    std::map<std::pair<std::uint64_t, std::string>, Json> m_claims; ///< Short disclosed values.
    std::map<std::string, SignerKind> m_judged; ///< Notes by their bytes.
    std::map<std::uint64_t, Digest> m_heads; ///< Root by size, of signed checkpoints.
    bool m_contiguous = false;
    bool m_signed = false; ///< Something in the pack carries a signature that fits.
    bool m_unpinned = false; ///< And some of them are by keys from inside.
    std::set<std::string> m_why; ///< Why trust is missing.
};

} // namespace exhibit::evidence
