// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/pack.h"
#include "server/storage/audit_store.h"
#include "server/storage/checkpointer.h"

namespace exhibit::storage {

/// A field that is left out of a pack on purpose.
struct ExportRedaction {
    std::string path; ///< In every entry of the pack.
    std::string reason;
};

struct PackRequest {
    IncidentId incident;
    std::vector<ExportRedaction> redactions;
    std::string caseId;
    Actor exporter;
};

/// The public halves of the signing keys, and what signs packs.
struct PackKeys {
    evidence::PublicKey log;
    std::optional<evidence::PublicKey> previousLog; ///< After a rotation.
    evidence::PublicKey certificate;
    evidence::PackSigner sign;
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
};

struct ExportedPack {
    std::string id;
    std::string origin;
    std::uint64_t treeSize = 0;
    std::uint64_t withheld = 0;
    Bytes bytes; ///< The .exhibit file.
};

/// The evidence of one incident as a pack: the contiguous range of the log from the first to the
/// last entry about its call (over more than limits::kPackRangeMax those entries alone), the fields
/// of those entries, a proof of each under a head signed now, the incident's certificates, and the
/// signature over it all. Fields of entries in between are withheld, as are the
/// redacted ones; everything not shown is listed. The export is itself an entry of the log.
/// NotFound for an unknown incident; TooLarge when it has more entries than limits::kPackRangeMax.
[[nodiscard]] Result<ExportedPack> exportPack(Database& database,
                                              const LedgerParts& parts,
                                              TenantId tenant,
                                              const PackRequest& request,
                                              Deadline deadline);

} // namespace exhibit::storage
