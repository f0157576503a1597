// SPDX-License-Identifier: Apache-2.0
#include "server/storage/certificate_store.h"

#include "models/evidence/verifier.h"
#include "server/storage/certificate_issue.h"
#include "server/storage/certificate_reading.h"
#include "server/storage/entry_names.h"
#include "server/storage/issue_fields.h"
#include "server/storage/ledger_keys.h"
#include "server/storage/pack_parts.h"

namespace exhibit::storage {
namespace {

/// The signer made the bytes itself: they must be those that were asked for.
Result<void> expectClaims(const CertificateClaims& claims,
                          const Json& predicate,
                          const evidence::Envelope& envelope)
{
    EXHIBIT_TRY(const Bytes expected,
                evidence::writeStatement(
                    {claims.subjects, std::string(evidence::kCertificatePredicate), predicate}));
    if (envelope.payload != expected) {
        return fail(ErrorCode::Internal, "the signer signed something else");
    }
    return {};
}

/// The entry of a call in a log that ended: a head that fits has to cover it.
Result<void> expectProvable(Transaction& transaction, const PackKeys& keys, CallId call)
{
    EXHIBIT_TRY(const auto original, findCallEntry(transaction, call));
    EXHIBIT_TRY(const auto head, readHead(transaction));
    if (head && head->epoch != original.epoch) {
        EXHIBIT_CHECK(endedLogHead(
            transaction, keys, {original.epoch, original.entry.log, original.entry.sequence}));
    }
    return {};
}

/// Nobody is handed what any verifier would call invalid.
Result<void> expectNotInvalid(const domain::IssuedCertificate& issued, const PackKeys& keys)
{
    evidence::TrustAnchors anchors;
    anchors.certificateKeys.emplace_back(keys.certificate);
    EXHIBIT_TRY(auto log, evidence::NoteKey::make(issued.certificate.logOrigin, keys.log));
    anchors.logKeys.push_back({std::move(log)});
    const auto report = evidence::verifyCertificateDocument(issued.document, anchors);
    for (const auto& check : report.checks) {
        if (check.result == evidence::CheckResult::Failed) {
            return evidenceDamaged(issued.certificate.certificateId.text(),
                                   check.id + " " + check.subject + ": " + check.detail);
        }
    }
    return {};
}

} // namespace

Result<domain::IssuedCertificate> CertificateStore::issue(TenantId tenant,
                                                          const CertificateRequest& request,
                                                          Deadline deadline)
{
    EXHIBIT_TRY(const PackKeys keys, m_parts.packKeys());
    EXHIBIT_TRY(const bool whole, m_parts.checkpointer.checkTenant(tenant, deadline));
    if (!whole) {
        return evidenceDamaged("log", "it is not what was signed and goes on in a new epoch");
    }
    const auto provable = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(expectProvable(transaction, keys, request.found.call.callId));
        return true;
    };
    EXHIBIT_CHECK(m_database.read(tenant, deadline, provable));
    const auto record = [&](Transaction& transaction) {
        return recordReplay(transaction, m_parts.ledger, request);
    };
    EXHIBIT_TRY(CertificateClaims claims, m_database.write(tenant, deadline, record));
    claims.certificate.signedAt = utcNow();
    claims.certificate.signedBy = keys.certificate.id();
    const Json predicate = domain::certificatePredicate(claims.certificate);
    EXHIBIT_TRY(const auto signedBytes, m_parts.signCertificate(claims.subjects, predicate));
    EXHIBIT_CHECK(expectClaims(claims, predicate, signedBytes.envelope));
    const auto store = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(
            storeCertificate(transaction, m_parts.ledger, {request, claims, signedBytes}));
        EXHIBIT_CHECK(keepIssueField(transaction, m_parts.keys, claims.certificate.certificateId));
        EXHIBIT_TRY(const auto head, readHead(transaction));
        EXHIBIT_CHECK(noteKey(transaction,
                              {head ? head->epoch : 0,
                               std::string(kNotedCertificateKey),
                               toHex(keys.certificate.raw())}));
        return true;
    };
    EXHIBIT_CHECK(m_database.write(tenant, deadline, store));
    EXHIBIT_CHECK(m_parts.publish(tenant, deadline));
    EXHIBIT_TRY(auto issued, read(tenant, claims.certificate.certificateId, deadline));
    EXHIBIT_CHECK(expectNotInvalid(issued, keys));
    return issued;
}

Result<domain::IssuedCertificate> CertificateStore::read(TenantId tenant,
                                                         domain::CertificateId id,
                                                         Deadline deadline)
{
    EXHIBIT_TRY(const PackKeys keys, m_parts.packKeys());
    return m_database.read(tenant, deadline, [&](Transaction& transaction) {
        return readCertificate(transaction, m_parts.keys, keys, id);
    });
}

Result<domain::IssuedCertificate> CertificateStore::ofIncident(TenantId tenant,
                                                               IncidentId incident,
                                                               Deadline deadline)
{
    const auto look
        = [incident](Transaction& transaction) { return newestCertificate(transaction, incident); };
    EXHIBIT_TRY(const auto id, m_database.read(tenant, deadline, look));
    if (!id) {
        return fail(ErrorCode::NotFound, "the incident has no certificate");
    }
    return read(tenant, *id, deadline);
}

Result<domain::IssuedCertificate> CertificateStore::find(domain::CertificateId id,
                                                         Deadline deadline)
{
    const auto look = [id](Transaction& transaction) -> Result<TenantId> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT tenant_id FROM public_certificate($1)", {id}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "there is no such certificate");
        }
        return TenantId{rows.uuid(0, 0)};
    };
    EXHIBIT_TRY(const TenantId tenant, m_database.read(TenantId::generate(), deadline, look));
    return read(tenant, id, deadline);
}

} // namespace exhibit::storage
