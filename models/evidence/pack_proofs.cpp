// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/certificate_claims.h"
#include "models/evidence/certificate_document.h"
#include "models/evidence/pack_checks.h"

#include <fmt/format.h>

namespace exhibit::evidence {
namespace {

std::string stem(const std::string& name, std::string_view ending)
{
    const std::size_t begin = name.rfind('/') + 1;
    return name.substr(begin, name.size() - begin - ending.size());
}

} // namespace

bool PackChecks::acceptCheckpoint(const SignedCheckpoint& signedHead, const std::string& subject)
{
    const auto& [origin, head] = signedHead.checkpoint;
    if (origin != m_report.origin) {
        m_report.failed("checkpoint", subject, "it is of another log: " + origin);
        return false;
    }
    auto judged = m_judged.find(signedHead.bytes);
    if (judged == m_judged.end()) {
        judged
            = m_judged.emplace(signedHead.bytes, signerOf(signedHead, m_anchors, m_enclosedLogKeys))
                  .first;
    }
    if (judged->second == SignerKind::Forged) {
        m_report.failed("checkpoint", subject, "a signature of a known key does not fit");
        return false;
    }
    m_signed = m_signed || judged->second != SignerKind::Unknown;
    if (judged->second != SignerKind::Pinned) {
        m_unpinned = true;
        m_why.insert(judged->second == SignerKind::Enclosed
                         ? "the log key comes from inside the file"
                         : judged->second == SignerKind::Revoked
                         ? "a checkpoint is signed by a log key that was revoked for its size"
                         : "a checkpoint is signed by no known key");
    }
    const auto known = m_heads.emplace(head.size, head.root);
    if (!known.second && known.first->second != head.root) {
        m_report.failed("consistency",
                        fmt::format("size {}", head.size),
                        "equivocation: two signed heads of one size have different roots");
        return false;
    }
    m_joins.add(head.size);
    m_report.treeSize = std::max(m_report.treeSize, head.size);
    return true;
}

void PackChecks::loadCheckpoints()
{
    std::size_t count = 0;
    for (const auto& name : m_pack.under("data/checkpoints/")) {
        if (!name.ends_with(".note")) {
            continue;
        }
        const auto content = m_pack.content(name);
        const auto checkpoint = content ? parseSignedCheckpoint(content->view())
                                        : tl::make_unexpected(content.error());
        if (!checkpoint) {
            m_report.failed("checkpoint", name, checkpoint.error().message);
        } else if (name != checkpointPath(checkpoint->checkpoint.head.size)) {
            m_report.failed("checkpoint", name, "the checkpoint has another size than its name");
        } else {
            count += acceptCheckpoint(*checkpoint, name) ? 1 : 0;
        }
    }
    if (count == 0 && !m_report.hasFailure("checkpoint")) {
        m_report.notChecked("checkpoint", "", "the pack holds no checkpoint");
    }
}

bool PackChecks::checkProof(const std::string& name)
{
    const auto content = m_pack.content(name);
    const auto proof
        = content ? parseTlogProof(content->view()) : tl::make_unexpected(content.error());
    const auto checkpoint
        = proof ? parseSignedCheckpoint(proof->checkpoint) : tl::make_unexpected(proof.error());
    if (!checkpoint) {
        m_report.failed("inclusion", name, checkpoint.error().message);
        return false;
    }
    const auto entry = m_entries.find(proof->index);
    if (name != proofPath(proof->index) || entry == m_entries.end()) {
        m_report.failed("inclusion", name, "its index is not that of the entry it is named after");
        return false;
    }
    if (!acceptCheckpoint(*checkpoint, name)) {
        m_report.failed("inclusion", name, "its checkpoint is not good");
        return false;
    }
    const TreeHead& head = checkpoint->checkpoint.head;
    if (!verifyInclusion(entry->second.leaf, proof->index, head.size, head.root, proof->hashes)) {
        m_report.failed("inclusion",
                        fmt::format("seq {}", proof->index),
                        "modified: the entry is not in the tree under the signed root");
        return false;
    }
    entry->second.proven = true;
    entry->second.headSize = head.size;
    return true;
}

void PackChecks::checkInclusion()
{
    std::size_t proofs = 0;
    for (const auto& name : m_pack.under("data/proofs/")) {
        proofs += checkProof(name) ? 1 : 0;
    }
    // An entry without a proof is bound when a proven one follows it in an unbroken chain.
    const bool whole = !m_report.hasFailure("chain");
    bool bound = false;
    std::uint64_t after = 0;
    for (auto it = m_entries.rbegin(); it != m_entries.rend(); ++it) {
        const bool chained = bound && it->first + 1 == after && whole;
        bound = it->second.proven || chained;
        after = it->first;
        if (!bound) {
            m_report.failed("inclusion",
                            fmt::format("seq {}", it->first),
                            "incomplete: no proof, and none follows it in the chain");
        }
    }
    if (!m_report.hasFailure("inclusion") && !m_entries.empty()) {
        m_report.passed("inclusion",
                        fmt::format("{} proofs", proofs),
                        "every entry is in the tree under a signed root");
    }
    noteCheckpoints();
}

void PackChecks::noteCheckpoints()
{
    if (m_report.hasFailure("checkpoint") || m_heads.empty()) {
        return;
    }
    const auto any = [this](SignerKind kind) {
        return std::any_of(m_judged.begin(), m_judged.end(), [kind](const auto& judged) {
            return judged.second == kind;
        });
    };
    const std::string subject
        = fmt::format("{} heads up to size {}", m_heads.size(), m_report.treeSize);
    if (any(SignerKind::Unknown)) {
        m_report.notChecked("checkpoint", subject, "not all are signed by a key that is known");
    } else {
        m_report.passed("checkpoint",
                        subject,
                        any(SignerKind::Enclosed) || any(SignerKind::Revoked)
                            ? "signed, not all of them by pinned keys"
                            : "signed by pinned keys");
    }
}

void PackChecks::checkConsistencyFile(const std::string& name)
{
    const auto content = m_pack.content(name);
    const auto file
        = content ? parseConsistency(content->view()) : tl::make_unexpected(content.error());
    const auto checkpoint
        = file ? parseSignedCheckpoint(file->checkpoint) : tl::make_unexpected(file.error());
    if (!checkpoint) {
        m_report.failed("consistency", name, checkpoint.error().message);
        return;
    }
    const TreeHead& head = checkpoint->checkpoint.head;
    const auto old = m_heads.find(file->oldSize);
    if (name != consistencyPath(file->oldSize, head.size) || old == m_heads.end()
        || !acceptCheckpoint(*checkpoint, name)) {
        m_report.failed("consistency", name, "it does not join two checkpoints of the pack");
        return;
    }
    if (!verifyConsistency({file->oldSize, old->second}, head, file->hashes)) {
        m_report.failed("consistency",
                        fmt::format("size {} to {}", file->oldSize, head.size),
                        "the later tree is not the earlier one with entries added");
        return;
    }
    m_joins.join(file->oldSize, head.size);
}

void PackChecks::recomputeRoots()
{
    if (m_entries.empty() || m_entries.begin()->first != 0 || !m_contiguous) {
        return;
    }
    TreeEdge edge;
    std::optional<std::uint64_t> before;
    for (const auto& [sequence, entry] : m_entries) {
        edge.append(entry.leaf);
        const auto head = m_heads.find(edge.size());
        if (head == m_heads.end()) {
            continue;
        }
        if (head->second != edge.root()) {
            m_report.failed("consistency",
                            fmt::format("size {}", edge.size()),
                            "modified: the entries do not have the root that was signed");
        }
        m_joins.join(before.value_or(edge.size()), edge.size());
        before = edge.size();
    }
}

void PackChecks::checkConsistency()
{
    for (const auto& name : m_pack.under("data/consistency/")) {
        checkConsistencyFile(name);
    }
    recomputeRoots();
    if (m_report.hasFailure("consistency")) {
        return;
    }
    if (m_heads.size() < 2) {
        m_report.notChecked(
            "consistency", "", "the pack holds one head; nothing to compare it with");
    } else if (!m_joins.allJoined()) {
        m_report.notChecked("consistency",
                            fmt::format("{} heads", m_heads.size()),
                            "no proof joins all the heads of the pack");
    } else {
        m_report.passed("consistency",
                        fmt::format("{} heads", m_heads.size()),
                        "each later head holds the earlier ones unchanged");
    }
}

void PackChecks::checkCertificates()
{
    constexpr std::string_view kEnding = ".dsse.json";
    bool any = false;
    for (const auto& name : m_pack.under("data/certificates/")) {
        if (name.ends_with(kEnding)) {
            any = true;
            checkCertificate(name);
        }
    }
    if (!any) {
        m_report.notChecked("certificate", "", "the pack holds no certificate");
    }
}

void PackChecks::checkCertificate(const std::string& name)
{
    const auto content = m_pack.content(name);
    const auto envelope
        = content ? parseEnvelope(content->view()) : tl::make_unexpected(content.error());
    const auto statement
        = envelope ? parseStatement(envelope->payload) : tl::make_unexpected(envelope.error());
    if (!statement || envelope->payloadType != kInTotoType) {
        m_report.failed("certificate",
                        name,
                        statement ? "not an in-toto statement" : statement.error().message);
        return;
    }
    const auto payload = m_pack.content(certificatePayloadPath(stem(name, ".dsse.json")));
    if (payload && payload->view() != envelope->payload) {
        m_report.failed("certificate", name, "the payload beside it is not the one that is signed");
        return;
    }
    const auto issue = issueOf(envelope->payload);
    const auto size = issue ? std::optional(*issue + 1) : std::nullopt;
    const auto signer = checkEnvelope(*envelope, size, "certificate", name);
    const auto* gone = revokedSigner(*envelope, m_anchors);
    if (gone != nullptr && issue && !gone->counts(m_report.origin, *size)) {
        m_unpinned = true;
        m_why.insert("a certificate is signed by a key that was revoked before its issue");
    }
    if (!issue && withholdsIssue()) {
        m_unpinned = true;
        m_why.insert("what the log recorded of a certificate's issue is withheld");
        m_report.notChecked(
            "certificate", name, "a certificate.issued entry withholds the hash that it recorded");
    } else if (!issue) {
        m_report.failed(
            "certificate", name, "no certificate.issued entry of the pack shows its hash");
    } else if (signer.kind != SignerKind::Forged) {
        bindCertificate(*statement, signer, *issue, name);
    }
}

std::optional<std::uint64_t> PackChecks::issueOf(BytesView payload) const
{
    const Json digest(toHex(asView(sha256(payload))));
    const auto issue = std::find_if(m_claims.begin(), m_claims.end(), [&](const auto& claim) {
        const auto& [place, value] = claim;
        return place.second == kCertificateClaim && value == digest
            && m_entries.at(place.first).entry.type == kCertificateEntry;
    });
    return issue == m_claims.end() ? std::nullopt : std::optional(issue->first.first);
}

/// Whether some certificate.issued entry does not show which certificate it is about.
bool PackChecks::withholdsIssue() const
{
    return std::any_of(m_entries.begin(), m_entries.end(), [this](const auto& each) {
        const auto& [sequence, entry] = each;
        return issueClaim(entry.entry) != nullptr
            && !m_claims.contains({sequence, std::string(kCertificateClaim)});
    });
}

/// Certificates of an earlier form name no entry of a replay.
bool PackChecks::bindsAnswers(const Statement& statement) const
{
    if (findMember(statement.predicate, kContentClaims[0].member) == nullptr) {
        return true;
    }
    std::vector<const Entry*> entries;
    for (const auto& [sequence, entry] : m_entries) {
        entries.push_back(&entry.entry);
    }
    return std::all_of(std::begin(kContentClaims),
                       std::end(kContentClaims),
                       [&](const auto& claim) { return bindsContent(statement, claim, entries); });
}

bool PackChecks::claimsHold(const Statement& statement,
                            const EnvelopeSigner& signer,
                            std::uint64_t issue,
                            const std::string& name)
{
    const auto wrong = wrongClaims(statement, signer.keyId, {m_report.origin, issue});
    for (const auto& claim : wrong) {
        m_report.failed("certificate", name, claim.member + ": " + claim.why);
    }
    return wrong.empty();
}

void PackChecks::bindCertificate(const Statement& statement,
                                 const EnvelopeSigner& signer,
                                 std::uint64_t issue,
                                 const std::string& name)
{
    if (statement.predicateType != kCertificatePredicate) {
        m_report.notChecked("certificate", name, "what this kind of statement says is not known");
        return;
    }
    const auto about = std::find_if(m_entries.begin(), m_entries.end(), [&](const auto& entry) {
        const auto* subject
            = findSubject(statement, fmt::format("{}#{}", m_report.origin, entry.first));
        return subject != nullptr && subject->sha256 == entry.second.hash;
    });
    if (about == m_entries.end()) {
        m_report.failed(
            "certificate", name, "the entry it is about is not in the pack, or differs");
    } else if (!bindsAnswers(statement)) {
        m_report.failed("certificate",
                        name,
                        "what it compares is not what the entry of the replay committed to");
    } else if (claimsHold(statement, signer, issue, name) && signer.fits()) {
        m_report.passed("certificate",
                        fmt::format("{} about seq {}", name, about->first),
                        "its hash is in the log, and the entry it names is in the pack");
    }
}

} // namespace exhibit::evidence
