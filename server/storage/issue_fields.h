// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "models/evidence/entry.h"
#include "server/storage/ledger_reading.h"

/// The field of a certificate.issued entry that holds the certificate's hash, kept unsealed: it is
/// public, and a lost key must not take it along. Within a transaction of the tenant.
namespace exhibit::storage {

/// Keeps the field of a certificate that was issued in this transaction.
[[nodiscard]] Result<void> keepIssueField(Transaction& transaction,
                                          SubjectKeys& keys,
                                          domain::CertificateId certificate);
/// Keeps the fields of all certificates of the tenant that are not kept yet and can be read.
[[nodiscard]] Result<void> keepIssueFields(Transaction& transaction, SubjectKeys& keys);
/// The files, and the kept one where the entry is a certificate's issue and they lack it. What is
/// kept and is not what the entry committed to is left out.
[[nodiscard]] Result<std::vector<FieldFile>> withIssueField(Transaction& transaction,
                                                            std::int32_t epoch,
                                                            const evidence::Entry& entry,
                                                            std::vector<FieldFile> files);

} // namespace exhibit::storage
