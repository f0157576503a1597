// SPDX-License-Identifier: Apache-2.0
#include "server/storage/certificate_issue.h"

#include "server/storage/ledger_reading.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

Result<EntryPlace> readPlace(Transaction& transaction, std::int32_t epoch, std::uint64_t sequence)
{
    EXHIBIT_TRY(const auto rows, readChain(transaction, epoch, sequence, 1));
    if (rows.empty() || rows.front().sequence != sequence) {
        return fail(ErrorCode::NotFound, "there is no such entry", std::to_string(sequence));
    }
    EXHIBIT_TRY(auto entry, evidence::parseEntry(rows.front().entry));
    return EntryPlace{epoch, std::move(entry), evidence::entryHash(rows.front().entry)};
}

Result<Digest> digestOf(const EntryPlace& place, std::string_view path)
{
    const auto found = std::find_if(place.entry.fields.begin(),
                                    place.entry.fields.end(),
                                    [path](const auto& field) { return field.path == path; });
    if (found == place.entry.fields.end()) {
        return fail(ErrorCode::Internal, "the replay's entry lacks " + std::string(path));
    }
    return found->digest;
}

domain::EvidenceCertificate certificateOf(const CertificateRequest& request)
{
    const auto& [incident, call, outcome, match, issuer] = request.found;
    domain::EvidenceCertificate certificate;
    certificate.certificateId = domain::CertificateId::generate();
    certificate.incidentId = incident;
    certificate.originalTimestamp = call.openedAt;
    certificate.originalModel = call.answeredModel.empty() ? call.model : call.answeredModel;
    certificate.originalPolicyVersion = call.snapshotId;
    certificate.replayPolicyVersion = outcome.again.snapshotId;
    certificate.policyReevaluation = {outcome.again.snapshotId, outcome.differences.empty()};
    certificate.engine = "exhibitd " EXHIBIT_VERSION;
    certificate.parameters = request.parameters;
    if (outcome.replayed && match) {
        const auto& content = outcome.replayed->content;
        certificate.replayTimestamp = outcome.replayed->at;
        certificate.replayModel = content.model.empty() ? call.model : content.model;
        certificate.matchLevel = match->level;
        certificate.comparison = match->comparison;
        certificate.determinismVerified
            = match->level == domain::MatchLevel::Exact && certificate.policyReevaluation.identical;
    } else {
        certificate.notReplayableReason = outcome.notReplayableReason;
    }
    if (!request.publicUrl.empty()) {
        certificate.verificationUrl = request.publicUrl + "/api/v1/certificates/"
            + certificate.certificateId.text() + "/verify";
    }
    return certificate;
}

} // namespace

std::string EntryPlace::name() const
{
    return evidence::entryName(entry.log, entry.sequence);
}

Result<EntryPlace> findCallEntry(Transaction& transaction, CallId call)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, sequence_number FROM ledger_links"
                                  " WHERE tenant_id = $1 AND about = $2",
                                  {transaction.tenant(), call}));
    if (rows.empty()) {
        return fail(
            ErrorCode::NotFound, "the log has no entry of the incident's call", call.text());
    }
    return readPlace(transaction,
                     static_cast<std::int32_t>(rows.integer(0, 0)),
                     static_cast<std::uint64_t>(rows.integer(0, 1)));
}

Result<CertificateClaims> recordReplay(Transaction& transaction,
                                       ChainLedger& ledger,
                                       const CertificateRequest& request)
{
    EXHIBIT_TRY(const auto original, findCallEntry(transaction, request.found.call.callId));
    EXHIBIT_TRY(EntryDraft draft, replayEntry(evidence::kReplayEntry, request.found));
    draft.fields.push_back({"/original_entry", original.name()});
    EXHIBIT_TRY(const LedgerHead head, ledger.appendAt(transaction, {&draft, 1}));
    EXHIBIT_CHECK(expectNotErased(transaction, request.found.call.callId));
    EXHIBIT_TRY(const auto result, readPlace(transaction, head.epoch, head.nextSequence));
    CertificateClaims claims;
    claims.epoch = head.epoch;
    auto& certificate = claims.certificate = certificateOf(request);
    certificate.logOrigin = original.entry.log;
    certificate.seq = static_cast<std::int64_t>(original.entry.sequence);
    certificate.treeSizeAtIssue = static_cast<std::int64_t>(head.nextSequence + 1);
    EXHIBIT_TRY(const Digest before, digestOf(result, "/original"));
    certificate.originalHash = toHex(asView(before));
    claims.subjects
        = {{original.name(), original.hash}, {"original", before}, {result.name(), result.hash}};
    if (certificate.matchLevel) {
        EXHIBIT_TRY(const Digest after, digestOf(result, "/replay"));
        certificate.replayHash = toHex(asView(after));
        claims.subjects.push_back({"replay", after});
    }
    return claims;
}

Result<void> storeCertificate(Transaction& transaction,
                              ChainLedger& ledger,
                              const SignedClaims& claims)
{
    const auto& [request, said, signedBytes] = claims;
    const auto& certificate = said.certificate;
    const std::string payload = toHex(asView(sha256(signedBytes.envelope.payload)));
    const auto now = utcNow();
    EntryDraft entry;
    entry.type = evidence::kCertificateEntry;
    entry.occurredAt = now;
    entry.incidentId = request.found.incident;
    entry.reporterType = "user";
    entry.reporterId = request.found.actor.id;
    entry.fields = {{"/certificate_id", certificate.certificateId.text()},
                    {std::string(evidence::kCertificateClaim), payload}};
    EXHIBIT_TRY(const LedgerHead head, ledger.appendAt(transaction, {&entry, 1}));
    if (head.epoch != said.epoch) {
        return fail(ErrorCode::Conflict, "a new log was begun meanwhile; issue it again");
    }
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO certificates (tenant_id, certificate_id, incident_id, epoch,"
        " sequence_number, envelope, hmac, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        {transaction.tenant(),
         certificate.certificateId,
         certificate.incidentId,
         head.epoch,
         static_cast<std::int64_t>(head.nextSequence),
         evidence::writeEnvelope(signedBytes.envelope),
         Parameter::bytes(signedBytes.hmac),
         now}));
    return recordAudit(
        transaction,
        request.found.actor,
        {std::string(evidence::kCertificateEntry),
         certificate.certificateId.text(),
         JsonObject{{"incident_id", certificate.incidentId.text()}, {"payload_sha256", payload}},
         request.found.incident},
        now);
}

} // namespace exhibit::storage
