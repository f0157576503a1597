// SPDX-License-Identifier: Apache-2.0
#include "models/report/log_proofs.h"

#include "models/base/base64.h"
#include "models/base/limits.h"
#include "models/evidence/merkle.h"
#include "models/report/step_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace exhibit::report {
namespace {

using evidence::SignerKind;

class Checks {
public:
    Checks(const LogClaims& claims,
           const evidence::TrustAnchors& anchors,
           evidence::VerificationReport& report)
        : m_claims(claims)
        , m_anchors(anchors)
        , m_report(report)
    {
    }

    void run(const LogProofs& proofs)
    {
        for (const auto& note : proofs.heads) {
            (void)acceptHead(note);
        }
        for (const auto& logged : proofs.entries) {
            acceptEntry(logged);
        }
        checkHeads();
        checkEntries();
        if (m_pinned) {
            m_report.passed("trust", "log", "the key of the log is pinned outside the file");
        } else {
            m_report.notChecked("trust", "log", "the key of the log is not pinned");
        }
    }

private:
    using HeadName = std::pair<std::string, std::uint64_t>;
    using EntryName = std::pair<std::string, std::uint64_t>;

    /// The head, when it is signed by whom it has to be, as far as that is known.
    std::optional<evidence::Checkpoint> acceptHead(const std::string& note)
    {
        const auto head = evidence::parseSignedCheckpoint(note);
        if (!head) {
            m_report.failed("checkpoint", "", head.error().message);
            return std::nullopt;
        }
        const auto& [origin, tree] = head->checkpoint;
        const std::string subject = fmt::format("{}, size {}", origin, tree.size);
        const auto signer = evidence::signerOf(*head, m_anchors, {});
        if (signer == SignerKind::Forged) {
            m_report.failed("checkpoint", subject, "a signature of a known key does not fit");
            return std::nullopt;
        }
        m_pinned = m_pinned && signer == SignerKind::Pinned;
        const auto [known, isNew] = m_heads.emplace(HeadName(origin, tree.size), tree.root);
        if (!isNew && known->second != tree.root) {
            m_report.failed("consistency",
                            subject,
                            "equivocation: two signed heads of one size have different roots");
        }
        m_report.origin = origin;
        m_report.treeSize = std::max(m_report.treeSize, tree.size);
        return head->checkpoint;
    }

    void acceptEntry(const evidence::LoggedEntry& logged)
    {
        const auto entry = evidence::parseEntry(logged.entry);
        const auto proof = evidence::parseTlogProof(logged.proof);
        if (!entry || !proof) {
            m_report.failed("inclusion", "", entry ? proof.error().message : entry.error().message);
            return;
        }
        const auto head = acceptHead(proof->checkpoint);
        const bool proven = head && head->origin == entry->log && proof->index == entry->sequence
            && evidence::verifyInclusion(evidence::leafHash(logged.entry),
                                         proof->index,
                                         head->head.size,
                                         head->head.root,
                                         proof->hashes);
        if (!proven) {
            m_report.failed("inclusion",
                            evidence::entryName(entry->log, entry->sequence),
                            "modified: the entry is not in the tree under the signed root");
            return;
        }
        m_entries[EntryName(entry->log, entry->sequence)] = evidence::entryHash(logged.entry);
    }

    void checkHeads()
    {
        for (const auto& claim : m_claims.heads) {
            const std::string subject = fmt::format("{}, size {}", claim.origin, claim.size);
            const auto head = m_heads.find({claim.origin, static_cast<std::uint64_t>(claim.size)});
            if (head == m_heads.end()) {
                m_report.failed("checkpoint", subject, "incomplete: the signed head is not shown");
            } else if (toBase64(asView(head->second)) != claim.root) {
                m_report.failed("checkpoint", subject, "the report names another root");
            } else {
                m_report.passed("checkpoint",
                                subject,
                                m_pinned ? "signed by a pinned key; it is what the report names"
                                         : "the signed head is what the report names");
            }
        }
    }

    void checkEntries()
    {
        std::size_t missing = 0;
        std::size_t shown = 0;
        for (const auto& claim : m_claims.entries) {
            const auto entry
                = m_entries.find({claim.origin, static_cast<std::uint64_t>(claim.sequence)});
            if (entry == m_entries.end()) {
                ++missing;
                continue;
            }
            ++shown;
            if (claim.hash && *claim.hash != entry->second) {
                m_report.failed(
                    "inclusion",
                    evidence::entryName(claim.origin, static_cast<std::uint64_t>(claim.sequence)),
                    "the report names an entry with another hash");
            }
        }
        const std::string subject
            = counted(static_cast<std::int64_t>(m_claims.entries.size()), "entry", "entries");
        if (missing > 0 && shown < limits::kPackRangeMax) {
            m_report.failed(
                "inclusion",
                subject,
                fmt::format("incomplete: {} of them, which the report names, not shown", missing));
        } else if (missing > 0) {
            m_report.notChecked(
                "inclusion", subject, fmt::format("{} of them not shown here", missing));
        } else if (!m_claims.entries.empty() && !m_report.hasFailure("inclusion")) {
            m_report.passed("inclusion",
                            subject,
                            "each that the report names is in the tree under a signed head");
        }
    }

    const LogClaims& m_claims;
    const evidence::TrustAnchors& m_anchors;
    evidence::VerificationReport& m_report;
    std::map<HeadName, Digest> m_heads;
    std::map<EntryName, Digest> m_entries; ///< That are proven.
    bool m_pinned = true;
};

} // namespace

Bytes writeLogProofs(const LogProofs& proofs)
{
    Bytes lines;
    for (const auto& head : proofs.heads) {
        lines += printJson(JsonObject{{"checkpoint", head}}) + "\n";
    }
    for (const auto& logged : proofs.entries) {
        lines += printJson(JsonObject{{"entry", logged.entry}, {"proof", logged.proof}}) + "\n";
    }
    return lines;
}

Result<LogProofs> parseLogProofs(BytesView lines)
{
    LogProofs proofs;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        const BytesView text = lines.substr(0, end);
        if (text.size() > kProofLineBytesMax) {
            return fail(ErrorCode::TooLarge, "a line is longer than any entry with its proof");
        }
        EXHIBIT_TRY(const Json line, parseJson(text));
        lines.remove_prefix(end == lines.npos ? lines.size() : end + 1);
        if (!line.is_object()) {
            return fail(ErrorCode::InvalidInput, "a line of the proofs is no object");
        }
        const std::string head(stringMember(line, "checkpoint"));
        if (head.empty()) {
            proofs.entries.push_back(
                {Bytes(stringMember(line, "entry")), std::string(stringMember(line, "proof"))});
        } else {
            proofs.heads.push_back(head);
        }
        if (std::max(proofs.heads.size(), proofs.entries.size()) > limits::kPackRangeMax) {
            return fail(ErrorCode::TooLarge, "more is proven than a report carries");
        }
    }
    return proofs;
}

void checkLogClaims(const LogClaims& claims,
                    const LogProofs& proofs,
                    const evidence::TrustAnchors& anchors,
                    evidence::VerificationReport& report)
{
    Checks(claims, anchors, report).run(proofs);
}

} // namespace exhibit::report
