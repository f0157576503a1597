// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/certificate_store.h"

namespace exhibit::storage {

/// The certificate with its entries and a proof of each under the newest signed heads that are
/// stored. NotFound; Unavailable while no stored head covers its entry.
[[nodiscard]] Result<domain::IssuedCertificate> readCertificate(Transaction& transaction,
                                                                SubjectKeys& keys,
                                                                const PackKeys& packKeys,
                                                                domain::CertificateId id);
/// nullopt when the incident has none.
[[nodiscard]] Result<std::optional<domain::CertificateId>> newestCertificate(
    Transaction& transaction, IncidentId incident);

} // namespace exhibit::storage
