// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/certificate_checks.h"

#include "models/evidence/certificate_claims.h"
#include "models/evidence/field.h"
#include "models/evidence/timestamp.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::evidence {

bool CertificateChecks::run()
{
    auto statement = parseStatement(m_document.envelope.payload);
    if (!statement || m_document.envelope.payloadType != kInTotoType) {
        m_report.failed(
            "container", "", statement ? "not an in-toto statement" : statement.error().message);
        return false;
    }
    m_statement = *std::move(statement);
    m_report.passed("container", "", "a signed statement with what the log has of it");
    m_report.origin = stringMember(m_statement.predicate, "log_origin");
    m_report.timeClaimed = stringMember(m_statement.predicate, "signed_at");
    loadEnclosedKeys();
    checkEntries();
    OpeningChecks openings(m_anchors, m_enclosedLogKeys, m_heads, m_report);
    for (const auto& opening : m_document.laterLogs) {
        openings.check(opening, "");
    }
    bindIssue();
    checkSignature(); // The log shows the size at which the key has to count.
    checkRevocation();
    bindSubjects();
    checkClaims();
    checkTrust();
    checkWitnesses();
    checkTime();
    return true;
}

void CertificateChecks::checkTime()
{
    if (m_document.timeStamp.empty() || m_issued == nullptr) {
        m_report.notChecked("time", m_report.timeClaimed, "no time stamp: the issuer's own word");
        return;
    }
    if (m_anchors.timestampAuthorities.empty()) {
        m_report.notChecked(
            "time", m_report.timeClaimed, "no authority was named to check the time stamp with");
        return;
    }
    const auto time = verifyTimestamp(
        m_document.timeStamp, m_issued->note, {m_anchors.timestampAuthorities, {}});
    if (!time) {
        m_report.failed("time", "time stamp", time.error().message);
        return;
    }
    m_report.timeProven = formatTime(*time);
    m_report.passed("time", "time stamp", "the log held it at " + *m_report.timeProven);
}

void CertificateChecks::checkWitnesses()
{
    if (m_anchors.witnesses.empty() || m_issued == nullptr) {
        return;
    }
    const auto head = parseSignedCheckpoint(m_issued->note);
    const auto by = head ? witnessesOf(*head, m_anchors) : tl::make_unexpected(head.error());
    const std::string subject = fmt::format("size {}", m_report.treeSize);
    if (!by) {
        m_report.failed("checkpoint", subject, "the cosignature of a pinned witness does not fit");
    } else if (*by == 0) {
        m_report.notChecked("trust", subject, "no pinned witness cosigned the head");
    } else {
        m_report.passed(
            "trust", subject, "a pinned witness saw the head: no other history was shown");
    }
}

void CertificateChecks::loadEnclosedKeys()
{
    for (const auto& text : m_document.logKeys) {
        if (auto key = NoteKey::parse(text)) {
            m_enclosedLogKeys.push_back(*std::move(key));
        }
    }
    for (const auto& text : m_document.certificateKeys) {
        if (auto key = PublicKey::fromText(text)) {
            m_enclosedKeys.push_back(*std::move(key));
        }
    }
}

void CertificateChecks::checkSignature()
{
    StatementPlace place{m_report.origin, std::nullopt};
    if (m_issued != nullptr) {
        place = {m_issued->entry.log, m_issued->entry.sequence + 1};
    }
    m_signer = signerOf(m_document.envelope, place, m_anchors, m_enclosedKeys);
    m_report.issuer = m_signer.keyId;
    noteSigner(m_signer, "certificate", "signature", m_report);
}

void CertificateChecks::checkEntries()
{
    m_entries.reserve(m_document.entries.size());
    for (const auto& logged : m_document.entries) {
        checkEntry(logged);
    }
    checkConsistency();
    if (m_entries.empty()) {
        m_report.failed("inclusion", "", "incomplete: no entry of the log is shown");
    } else if (!m_report.hasFailure("inclusion") && !m_report.hasFailure("checkpoint")) {
        m_report.passed("inclusion",
                        fmt::format("{} entries", m_entries.size()),
                        "each is in the tree under a signed head");
    }
    if (m_headsKnown && !m_entries.empty() && !m_report.hasFailure("checkpoint")) {
        m_report.passed("checkpoint",
                        fmt::format("size {}", m_report.treeSize),
                        m_pinnedHeads               ? "signed by pinned keys"
                            : m_revocations.empty() ? "signed by keys from inside the file"
                                                    : "signed, by a key that was revoked");
    } else if (!m_headsKnown) {
        m_report.notChecked("checkpoint", "", "a head is signed by no known key");
    }
}

void CertificateChecks::checkEntry(const LoggedEntry& logged)
{
    const auto entry = parseEntry(logged.entry);
    const auto proof = parseTlogProof(logged.proof);
    if (!entry || !proof) {
        m_report.failed("inclusion", "", entry ? proof.error().message : entry.error().message);
        return;
    }
    const std::string name = entryName(entry->log, entry->sequence);
    Proven proven{*entry, entryHash(logged.entry), leafHash(logged.entry)};
    const bool twice = std::any_of(m_entries.begin(), m_entries.end(), [&](const auto& other) {
        return other.entry.log == entry->log && other.entry.sequence == entry->sequence;
    });
    if (twice || !checkHead(*proof, proven, name)) {
        m_report.failed("inclusion",
                        name,
                        twice ? "an entry is shown twice"
                              : "modified: the entry is not in the tree under the signed root");
        return;
    }
    proven.note = proof->checkpoint;
    m_entries.push_back(std::move(proven));
}

bool CertificateChecks::checkHead(const TlogProof& proof,
                                  const Proven& proven,
                                  const std::string& name)
{
    const auto head = parseSignedCheckpoint(proof.checkpoint);
    if (!head || head->checkpoint.origin != proven.entry.log
        || proof.index != proven.entry.sequence) {
        return false;
    }
    const auto signer = signerOf(*head, m_anchors, m_enclosedLogKeys);
    if (signer == SignerKind::Forged) {
        m_report.failed("checkpoint", name, "a signature of a known key does not fit");
        return false;
    }
    if (signer == SignerKind::Revoked) {
        m_revocations.insert("a head is signed by a log key that was revoked for its size");
    }
    m_pinnedHeads = m_pinnedHeads && signer == SignerKind::Pinned;
    m_headsKnown = m_headsKnown && signer != SignerKind::Unknown;
    const TreeHead& tree = head->checkpoint.head;
    const auto [known, isNew] = m_heads.emplace(std::pair(proven.entry.log, tree.size), tree.root);
    if (!isNew && known->second != tree.root) {
        m_report.failed("consistency",
                        fmt::format("size {}", tree.size),
                        "equivocation: two signed heads of one size have different roots");
    }
    m_report.treeSize = std::max(m_report.treeSize, tree.size);
    return verifyInclusion(proven.leaf, proof.index, tree.size, tree.root, proof.hashes);
}

void CertificateChecks::checkConsistency()
{
    const std::string* last = nullptr;
    for (const auto& [head, root] : m_heads) {
        if (last != nullptr && *last == head.first && !m_report.hasFailure("consistency")) {
            m_report.notChecked(
                "consistency", head.first, "heads of several sizes are not joined by a proof");
            return;
        }
        last = &head.first;
    }
}

/// Where the field that shows it cannot be read any more, the log cannot be asked.
bool CertificateChecks::withholdsIssue() const
{
    return m_document.issuedField.empty()
        && std::any_of(m_entries.begin(), m_entries.end(), [](const auto& proven) {
               return issueClaim(proven.entry) != nullptr;
           });
}

void CertificateChecks::bindIssue()
{
    if (withholdsIssue()) {
        m_report.notChecked("certificate",
                            "issue",
                            "the certificate.issued entry is shown without the hash it recorded");
        return;
    }
    const auto field = parseField(m_document.issuedField);
    const Digest file = entryHash(m_document.issuedField);
    const auto issued = std::find_if(m_entries.begin(), m_entries.end(), [&](const auto& proven) {
        const auto* claim = issueClaim(proven.entry);
        return claim != nullptr && claim->digest == file;
    });
    const Json payload(toHex(asView(sha256(m_document.envelope.payload))));
    if (!field || issued == m_entries.end() || field->path != kCertificateClaim
        || field->value != payload) {
        m_report.failed(
            "certificate",
            "issue",
            "no certificate.issued entry of the log shows the hash of this certificate");
        return;
    }
    m_issued = &*issued;
    m_report.passed("certificate",
                    entryName(issued->entry.log, issued->entry.sequence),
                    "the log recorded its issue, with the hash of exactly these bytes");
}

/// A certificate key that was revoked counts for what the log held before.
void CertificateChecks::checkRevocation()
{
    const auto* gone = revokedSigner(m_document.envelope, m_anchors);
    const bool before = gone != nullptr && m_issued != nullptr && m_pinnedHeads
        && gone->counts(m_issued->entry.log, m_issued->entry.sequence + 1);
    if (before) {
        m_report.passed(
            "trust",
            gone->key.key().id(),
            "the certificate key was revoked later; the log held the certificate by then");
    } else if (gone != nullptr) {
        m_signer.kind = SignerKind::Revoked;
        m_revocations.insert("the certificate key was revoked, and nothing shows that the "
                             "certificate is older");
    }
}

void CertificateChecks::bindSubjects()
{
    if (m_statement.predicateType != kCertificatePredicate) {
        m_report.notChecked(
            "fields", m_statement.predicateType, "what this kind of statement says is not known");
        return;
    }
    const std::size_t bound = bindEntries();
    std::vector<const Entry*> entries;
    for (const auto& proven : m_entries) {
        entries.push_back(&proven.entry);
    }
    for (const auto& claim : kContentClaims) {
        if (!bindsContent(m_statement, claim, entries)) {
            m_report.failed("fields",
                            std::string(claim.subject),
                            "it is not what the entry of the replay committed to");
        }
    }
    if (!m_report.hasFailure("fields")) {
        m_report.passed("fields",
                        fmt::format("{} subjects", m_statement.subjects.size()),
                        fmt::format("{} are entries that are shown here, the others fields of the "
                                    "replay's entry",
                                    bound));
    }
}

std::size_t CertificateChecks::bindEntries()
{
    std::size_t bound = 0;
    for (const auto& subject : m_statement.subjects) {
        if (subject.name == "original" || subject.name == "replay") {
            continue;
        }
        const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const auto& each) {
            return entryName(each.entry.log, each.entry.sequence) == subject.name;
        });
        if (found == m_entries.end() || found->hash != subject.sha256) {
            m_report.failed(
                "fields", subject.name, "the entry it is about is not shown, or differs");
        }
        ++bound;
    }
    return bound;
}

/// What the certificate says of the log fits the entries that are shown.
void CertificateChecks::checkClaims()
{
    if (m_statement.predicateType != kCertificatePredicate || m_issued == nullptr) {
        return;
    }
    const IssuePlace issue{m_issued->entry.log, m_issued->entry.sequence};
    for (const auto& claim : wrongClaims(m_statement, m_report.issuer, issue)) {
        m_report.failed("certificate", claim.member, claim.why);
    }
}

void CertificateChecks::checkTrust()
{
    const bool pinned = m_signer.kind == SignerKind::Pinned;
    const bool issueShown = !withholdsIssue();
    if (pinned && m_pinnedHeads && !m_entries.empty() && issueShown) {
        m_report.passed("trust", m_report.origin, "every key in use is pinned outside the file");
        return;
    }
    std::set<std::string> reasons = m_revocations;
    if (!pinned && m_signer.kind != SignerKind::Revoked) {
        reasons.emplace(whyUntrusted(m_signer));
    }
    if (!m_pinnedHeads) {
        reasons.insert("the log key is not pinned");
    }
    if (!issueShown) {
        reasons.insert("what the log recorded of its issue is not shown");
    }
    const std::string why = fmt::format("{}", fmt::join(reasons, "; "));
    m_report.notChecked("trust", m_report.origin, why.empty() ? "no head is shown" : why);
}

} // namespace exhibit::evidence
