// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/pack_checks.h"

#include "models/evidence/timestamp.h"

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
    checkCoverage();
    checkChain();
    loadCheckpoints();
    checkInclusion();
    checkConsistency();
    checkPackSignature();
    checkCertificates();
    checkTrust();
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
    for (const auto& finding : bag->failures) {
        m_report.failed("bag", finding.subject, finding.detail);
    }
    for (const auto& name : bag->unlistedTagFiles) {
        if (!mayBeUnlisted(name)) {
            m_report.failed("bag", name, "a file that no manifest lists");
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

bool PackChecks::checkEnvelope(const Envelope& envelope,
                               const std::string& id,
                               const std::string& subject)
{
    const auto pinned = verifyEnvelope(envelope, m_anchors.certificateKeys);
    if (!pinned.empty()) {
        m_report.issuer = pinned.front()->id();
        m_signed = true;
        m_report.passed(id, subject, "signed by the pinned key " + pinned.front()->id());
        return true;
    }
    const auto enclosed = verifyEnvelope(envelope, m_enclosedCertificateKeys);
    m_unpinned = true;
    if (!enclosed.empty()) {
        m_signed = true;
        if (m_report.issuer.empty()) {
            m_report.issuer = enclosed.front()->id();
        }
        m_why.insert("the certificate key comes from inside the file");
        m_report.passed(
            id, subject, "signed by a key from inside the file, " + enclosed.front()->id());
        return true;
    }
    const auto named = [&](const std::vector<PublicKey>& keys) {
        return std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
            return std::any_of(envelope.signatures.begin(),
                               envelope.signatures.end(),
                               [&](const auto& one) { return one.keyId == key.id(); });
        });
    };
    if (named(m_anchors.certificateKeys) || named(m_enclosedCertificateKeys)) {
        m_report.failed(id, subject, "the signature does not fit the key it names");
        return false;
    }
    m_why.insert("a signature is by a key that is not known");
    m_report.notChecked(id, subject, "signed by a key that is not known");
    return true;
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
    [[maybe_unused]] const bool fine = checkEnvelope(*envelope, "pack-signature", name);
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

void PackChecks::checkTime()
{
    if (!m_entries.empty()) {
        m_report.timeClaimed = m_entries.rbegin()->second.entry.time;
    }
    std::vector<Bytes> chain;
    for (const auto& name : m_pack.under("data/tsa/")) {
        if (const auto pem = m_pack.content(name)) {
            chain.emplace_back(pem->view());
        }
    }
    bool token = false;
    for (const auto& name : m_pack.under("data/checkpoints/")) {
        if (name.ends_with(".tsr")) {
            token = true;
            checkTimestamp(name, chain);
        }
    }
    if (!token) {
        m_report.notChecked(
            "time", m_report.timeClaimed, "no time stamp: the times are the server's own word");
    }
}

void PackChecks::checkTimestamp(const std::string& name, const std::vector<Bytes>& chain)
{
    const auto response = m_pack.content(name);
    const auto note = m_pack.content(name.substr(0, name.size() - 3) + "note");
    if (!response || !note) {
        m_report.failed("time", name, "incomplete: there is no checkpoint of that size beside it");
        return;
    }
    if (m_anchors.timestampAuthorities.empty()) {
        m_report.notChecked("time", name, "no authority was named to check the time stamp with");
        return;
    }
    const auto time
        = verifyTimestamp(response->view(), note->view(), {m_anchors.timestampAuthorities, chain});
    if (!time) {
        m_report.failed("time", name, time.error().message);
        return;
    }
    const std::string proven = formatTime(*time);
    if (!m_report.timeProven || proven > *m_report.timeProven) {
        m_report.timeProven = proven;
    }
    m_report.passed("time", name, "the checkpoint existed at " + proven);
}

void PackChecks::checkReport()
{
    const std::string name = "data/report/report.pdf";
    m_report.notChecked("report",
                        m_pack.has(name) ? name : "",
                        m_pack.has(name) ? "the signature of the PDF is not looked at here; the "
                                           "pack prevails over it"
                                         : "the pack holds no report");
}

} // namespace exhibit::evidence
