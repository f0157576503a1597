// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/json_fields.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <cstdint>
#include <optional>
#include <string>

/// What a replay of a recorded call proves, and what it does not: a different answer says nothing
/// of tampering. That the record is whole is proven by the log, not here.
namespace exhibit::domain {

struct CertificateIdTag {
    static constexpr std::string_view kPrefix = "cert_";
};
using CertificateId = StrongId<CertificateIdTag>;

enum class MatchLevel : std::uint8_t { Exact, Logical, Semantic, Mismatch };

/// Which comparison gave the level. Numbers are decimal text: a certificate's bytes must not depend
/// on how somebody prints a fraction.
struct Comparison {
    std::string method;
    std::string score;
    std::string threshold;
};

/// The recorded policies on the recorded output, decided anew.
struct PolicyReevaluation {
    std::string snapshotId;
    bool identical = false;
};

/// Field for field what domain.md names EvidenceCertificate. Hashes are salted digests of ledger
/// fields: nobody can try out answers against them.
struct EvidenceCertificate {
    CertificateId certificateId;
    IncidentId incidentId;
    std::string originalHash;
    UtcTime originalTimestamp{};
    std::string originalModel;
    std::string originalPolicyVersion;
    std::optional<std::string> replayHash; ///< Absent: nothing could be replayed.
    std::optional<UtcTime> replayTimestamp;
    std::optional<std::string> replayModel;
    std::string replayPolicyVersion;
    std::optional<MatchLevel> matchLevel; ///< Absent: notReplayableReason says why.
    std::optional<std::string> notReplayableReason;
    bool determinismVerified = false; ///< The same bytes and the same decisions came again.
    std::optional<Comparison> comparison;
    PolicyReevaluation policyReevaluation;
    std::string logOrigin;
    std::int64_t seq = 0; ///< Of the entry of the original call.
    std::int64_t treeSizeAtIssue = 0; ///< Entries before the certificate's own.
    std::string engine;
    Json parameters = JsonObject{}; ///< Of the request: what sampling depends on.
    UtcTime signedAt{};
    std::string signedBy; ///< The key's id.
    std::optional<std::string> verificationUrl;
};

/// A certificate as it was issued.
struct IssuedCertificate {
    EvidenceCertificate certificate;
    std::string document; ///< What is handed out: evidence::CertificateDocument.
    std::string payloadSha256; ///< As its certificate.issued entry has it.
    std::string hmac; ///< Hexadecimal; an internal tag, not publicly verifiable.
    std::int64_t issuedSeq = 0; ///< Of that entry.
    std::string qr; ///< The text of its QR code.
};

/// The members of a certificate, each of them: what is absent is null.
[[nodiscard]] Json certificatePredicate(const EvidenceCertificate& certificate);

template <class V>
void visitFields(V& visit, Of<V, Comparison>& comparison)
{
    visit("method", comparison.method);
    visit("score", comparison.score);
    visit("threshold", comparison.threshold);
}

template <class V>
void visitFields(V& visit, Of<V, PolicyReevaluation>& reevaluation)
{
    visit("snapshot_id", reevaluation.snapshotId);
    visit("identical", reevaluation.identical);
}

template <class V>
void visitFields(V& visit, Of<V, EvidenceCertificate>& certificate)
{
    visit("certificate_id", certificate.certificateId);
    visit("incident_id", certificate.incidentId);
    visit("original_hash", certificate.originalHash);
    visit("original_timestamp", certificate.originalTimestamp);
    visit("original_model", certificate.originalModel);
    visit("original_policy_version", certificate.originalPolicyVersion);
    visit("replay_hash", certificate.replayHash);
    visit("replay_timestamp", certificate.replayTimestamp);
    visit("replay_model", certificate.replayModel);
    visit("replay_policy_version", certificate.replayPolicyVersion);
    visit("match_level", certificate.matchLevel);
    visit("not_replayable_reason", certificate.notReplayableReason);
    visit("determinism_verified", certificate.determinismVerified);
    visit("comparison", certificate.comparison);
    visit("policy_reevaluation", certificate.policyReevaluation);
    visit("log_origin", certificate.logOrigin);
    visit("seq", certificate.seq);
    visit("tree_size_at_issue", certificate.treeSizeAtIssue);
    visit("engine", certificate.engine);
    visit("parameters", certificate.parameters);
    visit("signed_at", certificate.signedAt);
    visit("signed_by", certificate.signedBy);
    visit("verification_url", certificate.verificationUrl);
}

template <class V>
void visitFields(V& visit, Of<V, IssuedCertificate>& issued)
{
    visit("certificate", issued.certificate);
    visit("document", issued.document);
    visit("payload_sha256", issued.payloadSha256);
    visit("hmac", issued.hmac);
    visit("issued_seq", issued.issuedSeq);
    visit("qr", issued.qr);
}

} // namespace exhibit::domain

template <>
struct exhibit::EnumNames<exhibit::domain::MatchLevel> {
    using E = exhibit::domain::MatchLevel;
    static constexpr std::string_view kType = "match level";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::Exact, "EXACT"},
                                                                {E::Logical, "LOGICAL"},
                                                                {E::Semantic, "SEMANTIC"},
                                                                {E::Mismatch, "MISMATCH"}};
};
