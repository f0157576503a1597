// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/pack_checks.h"

#include <fmt/format.h>

namespace exhibit::evidence {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;

/// Of the files outside data/ these alone may go unlisted in the tag manifest.
bool mayBeUnlisted(const std::string& name)
{
    return name == kPackSignature;
}

} // namespace

bool PackChecks::run()
{
    if (!checkBagFiles()) {
        return false;
    }
    loadEnclosedKeys();
    loadEntries();
    checkFields();
    checkCalls();
    checkCoverage();
    checkChain();
    loadCheckpoints();
    checkInclusion();
    checkConsistency();
    checkOpenings();
    checkPackSignature();
    checkCertificates();
    checkTrust();
    checkWitnesses();
    checkTime();
    checkReport();
    return true;
}

bool PackChecks::checkBagFiles()
{
    const auto bag = checkBag(m_pack);
    if (!bag) {
        m_report.failed("bag", bag.error().subject, bag.error().message);
        return false;
    }
    auto more = bag->blamed;
    for (const auto& finding : bag->failures) {
        m_report.failed("bag", finding.subject, finding.detail);
        more.erase(finding.subject);
    }
    for (const auto& name : more) {
        m_report.failed("bag", name, "it is not what the manifests list");
    }
    for (const auto& name : bag->unlistedTagFiles) {
        if (!mayBeUnlisted(name)) {
            m_report.failed("bag", name, "a file that no manifest lists");
        }
    }
    // No manifest lists these two: their CRC-32 has to tell what was changed without being signed.
    for (const auto name : {kTagManifest, kPackSignature}) {
        const auto read = m_pack.digest(std::string(name), "sha256");
        if (!read && m_pack.has(std::string(name))) {
            m_report.failed("bag", std::string(name), read.error().message);
        }
    }
    if (!m_pack.has(std::string(kTagManifest))) {
        m_report.failed("bag", std::string(kTagManifest), "there is no tag manifest");
    }
    if (!m_report.hasFailure("bag")) {
        m_report.passed("bag",
                        fmt::format("{} files", m_pack.names().size()),
                        "every file is listed with its SHA-256, nothing lies beside them");
    }
    return true;
}

void PackChecks::loadEnclosedKeys()
{
    for (const auto& name : m_pack.under("data/keys/")) {
        const auto content = m_pack.content(name);
        if (!content || content->view().size() > kKeyFileBytesMax) {
            continue;
        }
        if (name.ends_with(".pem")) {
            if (auto key = PublicKey::fromPem(content->view())) {
                m_enclosedCertificateKeys.push_back(*std::move(key));
            }
        } else if (name.ends_with("vkeys.txt")) {
            for (BytesView rest = content->view(); !rest.empty();) {
                const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
                if (auto key = NoteKey::parse(rest.substr(0, end))) {
                    m_enclosedLogKeys.push_back(*std::move(key));
                }
                rest.remove_prefix(end + 1);
            }
        }
    }
}

EnvelopeSigner PackChecks::checkEnvelope(const Envelope& envelope,
                                         std::optional<std::uint64_t> size,
                                         const std::string& id,
                                         const std::string& subject)
{
    auto signer = signerOf(envelope, {m_report.origin, size}, m_anchors, m_enclosedCertificateKeys);
    noteSigner(signer, id, subject, m_report);
    m_signed = m_signed || signer.fits();
    if (signer.kind == SignerKind::Pinned || (signer.fits() && m_report.issuer.empty())) {
        m_report.issuer = signer.keyId;
    }
    if (signer.kind != SignerKind::Pinned && signer.kind != SignerKind::Forged) {
        m_unpinned = true;
        m_why.insert(std::string(whyUntrusted(signer)));
    }
    return signer;
}

void PackChecks::checkPackSignature()
{
    const std::string name(kPackSignature);
    const auto bytes = m_pack.content(name);
    if (!bytes) {
        m_report.notChecked("pack-signature", name, "nobody signed the pack");
        m_unpinned = true;
        m_why.insert("nobody signed the pack");
        return;
    }
    const auto envelope = parseEnvelope(bytes->view());
    const auto statement
        = envelope ? parseStatement(envelope->payload) : tl::make_unexpected(envelope.error());
    if (!statement || envelope->payloadType != kInTotoType) {
        m_report.failed("pack-signature",
                        name,
                        statement ? "not an in-toto statement" : statement.error().message);
        return;
    }
    const auto* subject = findSubject(*statement, kTagManifest);
    const auto manifest = m_pack.content(std::string(kTagManifest));
    if (statement->predicateType != kPackPredicate || subject == nullptr || !manifest
        || subject->sha256 != sha256(manifest->view())) {
        m_report.failed("pack-signature", name, "it is not about this pack's tag manifest");
        return;
    }
    const auto says = [&statement](std::string_view member, std::uint64_t number) {
        const Json* found = findMember(statement->predicate, member);
        return found != nullptr && *found == Json(static_cast<std::int64_t>(number));
    };
    if (stringMember(statement->predicate, "logOrigin") != m_report.origin
        || !says("withheld", m_report.withheld) || !says("treeSize", m_report.treeSize)) {
        m_report.failed(
            "pack-signature", name, "it names another log, tree size or number of withheld fields");
        return;
    }
    checkEnvelope(*envelope, m_report.treeSize, "pack-signature", name);
    // No entry of the log shows when a pack was signed: its key counts no more, whatever the size.
    if (revokedSigner(*envelope, m_anchors) != nullptr) {
        m_unpinned = true;
        m_why.insert("the pack is signed by a certificate key that was revoked");
    }
}

void PackChecks::checkTrust()
{
    if (m_why.empty() && !m_unpinned && m_signed) {
        m_report.passed("trust", m_report.origin, "every key in use is pinned outside the file");
        return;
    }
    std::string why;
    for (const auto& reason : m_why) {
        why += (why.empty() ? "" : "; ") + reason;
    }
    m_report.notChecked("trust", m_report.origin, why.empty() ? "no key is pinned" : why);
}

} // namespace exhibit::evidence
