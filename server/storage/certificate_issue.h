// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/certificate_document.h"
#include "models/evidence/entry.h"
#include "server/storage/certificate_store.h"

/// The two transactions of a certificate, private to certificate_store.cpp.
namespace exhibit::storage {

/// An entry that stands in the log.
struct EntryPlace {
    std::int32_t epoch = 0;
    evidence::Entry entry;
    Digest hash{};

    [[nodiscard]] std::string name() const;
};

/// What a statement says: everything but who signed it.
struct CertificateClaims {
    std::int32_t epoch = 0; ///< Of replay.result.
    std::vector<evidence::StatementSubject> subjects;
    domain::EvidenceCertificate certificate;
};

/// The first: appends replay.result, and says where it and the entry of the original call stand.
[[nodiscard]] Result<CertificateClaims> recordReplay(Transaction& transaction,
                                                     ChainLedger& ledger,
                                                     const CertificateRequest& request);

struct SignedClaims {
    const CertificateRequest& request;
    const CertificateClaims& claims;
    const SignedCertificate& signedBytes;
};
/// The second: certificate.issued, the certificate's row and the line of the audit log.
[[nodiscard]] Result<void> storeCertificate(Transaction& transaction,
                                            ChainLedger& ledger,
                                            const SignedClaims& claims);

/// The entry of a call. NotFound.
[[nodiscard]] Result<EntryPlace> findCallEntry(Transaction& transaction, CallId call);

} // namespace exhibit::storage
