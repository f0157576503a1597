// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/call_bytes.h"
#include "models/evidence/entry.h"
#include "models/evidence/envelope_signer.h"
#include "models/evidence/erased_fields.h"
#include "models/evidence/head_joins.h"
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
    bool proven = false; ///< By an inclusion proof of its own,
    std::uint64_t headSize = 0; ///< under the head of this size.
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
    /// Who signed the envelope, which stands at that size of the log; notes it under `id`.
    EnvelopeSigner checkEnvelope(const Envelope& envelope,
                                 std::optional<std::uint64_t> size,
                                 const std::string& id,
                                 const std::string& subject);

    // pack_entries.cpp: entries, fields, coverage, chain.
    void loadEntries();
    void checkFields();
    /// True when the field file at that place is disclosed and fits.
    [[nodiscard]] bool checkField(const PackEntry& entry, std::size_t position);
    void checkBlob(const PackEntry& entry, std::size_t position, const Json& value, BytesView salt);
    void checkCoverage();
    /// How many of the fields that are listed as erased nothing in the pack shows to be.
    [[nodiscard]] std::size_t checkErasures(const std::vector<Redaction>& redactions);
    void checkChain();

    // pack_calls.cpp: requests and answers.
    void checkCalls();
    void checkCall(std::uint64_t sequence);
    [[nodiscard]] bool checkCallPart(std::uint64_t sequence,
                                     const CallPart& part,
                                     const CallPieces& pieces);
    void checkCallTimes(std::uint64_t sequence, const CallPieces& pieces, const std::string& list);

    // pack_proofs.cpp: checkpoints, inclusion, consistency, certificates.
    void loadCheckpoints();
    [[nodiscard]] bool acceptCheckpoint(const SignedCheckpoint& checkpoint,
                                        const std::string& subject);
    void checkInclusion();
    [[nodiscard]] bool checkProof(const std::string& name);
    void noteCheckpoints();
    void checkConsistency();
    void checkConsistencyFile(const std::string& name);
    void recomputeRoots();
    void checkOpenings(); ///< pack_openings.cpp
    void checkCertificates();
    void checkCertificate(const std::string& name);
    /// The certificate.issued entry that shows the payload's hash.
    [[nodiscard]] std::optional<std::uint64_t> issueOf(BytesView payload) const;
    [[nodiscard]] bool withholdsIssue() const;
    [[nodiscard]] bool bindsAnswers(const Statement& statement) const;
    [[nodiscard]] bool claimsHold(const Statement& statement,
                                  const EnvelopeSigner& signer,
                                  std::uint64_t issue,
                                  const std::string& name);
    void bindCertificate(const Statement& statement,
                         const EnvelopeSigner& signer,
                         std::uint64_t issue,
                         const std::string& name);

    // pack_bundle.cpp: what is told of the incident, against what the entries show.
    void checkReport();
    void checkBundle(const Json& bundle);
    void checkBundledIncident(const Json& bundle);
    void checkBundledDecisions(const Json& bundle);
    /// The JSON text of a disclosed field; nullopt when it is not shown, or no JSON.
    [[nodiscard]] std::optional<Json> shownDocument(const PackEntry& entry,
                                                    std::string_view path) const;
    void blameBundle(const std::vector<std::string>& members, std::uint64_t sequence);

    // pack_time.cpp: what others saw, and when.
    struct Seen {
        bool covers = false; ///< Every entry of the pack.
        std::string why; ///< It does not.
    };
    /// What a head that somebody else saw says of the entries.
    [[nodiscard]] Seen seen(std::uint64_t headSize) const;
    [[nodiscard]] bool coversEntries(std::uint64_t headSize) const;
    void checkTime();
    /// Whether it proves a time of all entries. What it leaves open goes to `open`.
    [[nodiscard]] bool checkTimestamp(const std::string& name,
                                      const std::vector<Bytes>& chain,
                                      std::vector<Check>& open);
    void checkWitnesses();

    const Pack& m_pack;
    const TrustAnchors& m_anchors;
    VerificationReport& m_report;
    std::vector<NoteKey> m_enclosedLogKeys;
    std::vector<PublicKey> m_enclosedCertificateKeys;
    std::map<std::uint64_t, PackEntry> m_entries;
    std::set<std::pair<std::uint64_t, std::string>> m_disclosed; ///< (seq, path)
    std::map<std::pair<std::uint64_t, std::string>, Json> m_claims; ///< Short disclosed values.
    std::map<std::string, SignerKind> m_judged; ///< Notes by their bytes.
    std::map<std::uint64_t, std::vector<ErasedField>> m_erasures; ///< By field.erased entry.
    std::map<std::uint64_t, Digest> m_heads; ///< Root by size, of signed checkpoints.
    HeadJoins m_joins; ///< Of those.
    bool m_contiguous = false;
    bool m_signed = false; ///< Something in the pack carries a signature that fits.
    bool m_unpinned = false; ///< And some of them are by keys from inside.
    std::set<std::string> m_why; ///< Why trust is missing.
};

} // namespace exhibit::evidence
