// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/pack.h"
#include "models/report/bundle.h"
#include "server/storage/audit_store.h"
#include "server/storage/checkpointer.h"
#include "server/storage/export_record.h"

#include <functional>

namespace exhibit::storage {

/// A field that is left out of a pack on purpose.
struct ExportRedaction {
    std::string path; ///< In every entry of the pack.
    std::string reason;
};

struct PackRequest {
    IncidentId incident;
    std::vector<ExportRedaction> redactions;
    HandOver handOver;
    std::string custodian; ///< Whose records these are.
    std::vector<std::string> classifications; ///< Ids that the incident's policy refers to.
    Actor exporter;
    /// RawIo is the bytes of requests and answers, which go with it as long as nothing is redacted:
    /// what is left of them would not be what was recorded.
    report::Includes include = report::everyInclude();
    /// Why a field that could be shown is withheld all the same; nullopt: it is shown. May be
    /// empty.
    std::function<std::optional<std::string>(std::string_view path, const Json& value)> withhold;
    /// Whether a text says what stays out wherever it stands: certificates, signed as a whole, are
    /// left out then. May be empty.
    std::function<bool(std::string_view text)> tells;
    evidence::PackPayload exports; ///< More files under data/exports.
};

/// The public halves of the signing keys, and what signs packs.
struct PackKeys {
    evidence::PublicKey log;
    std::optional<evidence::PublicKey> previousLog; ///< After a rotation.
    evidence::PublicKey certificate;
    evidence::PackSigner sign;
    std::string pdfCertificate; ///< PEM; empty when reports are not signed.
    /// The CMS signature of a report; `id` names it in the signer's log.
    std::function<Result<Bytes>(const std::string& id, const Digest& document)> signPdf;
};

/// A replay certificate as the signer signed it, and the internal tag over the same bytes.
struct SignedCertificate {
    evidence::Envelope envelope;
    Bytes hmac;
};
using CertificateSigner = std::function<Result<SignedCertificate>(
    const std::vector<evidence::StatementSubject>& subjects, const Json& predicate)>;

/// The ledger as those who export and answer work with it; everything outlives them.
struct LedgerParts {
    ChainLedger& ledger;
    SubjectKeys& keys;
    Checkpointer& checkpointer;
    /// Unavailable while the signer is away.
    std::function<Result<PackKeys>()> packKeys;
    CertificateSigner signCertificate;
    /// Has a head that something important is under attested by witnesses and a time stamp
    /// authority; with what they said. Empty when there are none.
    std::function<Result<StoredCheckpoint>(TenantId, const StoredCheckpoint&, Deadline)> attest;

    /// Remembers a destroyed key where no restored backup brings it back. Empty: nowhere.
    std::function<Result<void>(TenantId, Uuid)> noteErased;

    /// A head over everything committed by now, attested by others where that is possible.
    [[nodiscard]] Result<StoredCheckpoint> publish(TenantId tenant, Deadline deadline) const;
};

struct ExportedPack {
    std::string id;
    std::string origin;
    std::uint64_t treeSize = 0;
    std::uint64_t withheld = 0;
    Bytes bytes; ///< The .exhibit file.
};

/// The evidence of one incident as a pack: the contiguous range of the log from the first to the
/// last entry about it and, with FullTrace, its run (over more than limits::kPackRangeMax those
/// entries alone), the fields of those entries, a proof of each under a head signed now, the
/// incident's certificates, and the signature over it all. Fields of entries in between are
/// withheld, as are the redacted ones; everything not shown is listed. What leaves with it is the
/// caller's to record. NotFound for an unknown incident; TooLarge when it has more entries than
/// limits::kPackRangeMax.
[[nodiscard]] Result<ExportedPack> exportPack(Database& database,
                                              const LedgerParts& parts,
                                              TenantId tenant,
                                              const PackRequest& request,
                                              Deadline deadline);

} // namespace exhibit::storage
