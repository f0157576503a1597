// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "server/storage/pack_export.h"
#include "server/storage/replay_entry.h"

namespace exhibit::storage {

/// What a certificate is made of, once the call was repeated and judged again.
struct CertificateRequest {
    ReplayFindings found;
    Json parameters;
    std::string publicUrl; ///< Where people reach this server; empty: not said.
};

/// Replay certificates: issued and read. Any thread; every call waits. What is given outlives it.
class CertificateStore {
public:
    CertificateStore(Database& database, const LedgerParts& parts)
        : m_database(database)
        , m_parts(parts)
    {
    }

    /// The replay's result becomes an entry of the log; the certificate is signed, and it and its
    /// entry are stored in one transaction: there is all of it or none. It is handed out when a
    /// signed head covers it. Unavailable while the signer is away; then, or when the server dies,
    /// either nothing was issued or ofIncident() gives it.
    [[nodiscard]] Result<domain::IssuedCertificate> issue(TenantId tenant,
                                                          const CertificateRequest& request,
                                                          Deadline deadline);
    /// The newest one of the incident; NotFound when it has none.
    [[nodiscard]] Result<domain::IssuedCertificate> ofIncident(TenantId tenant,
                                                               IncidentId incident,
                                                               Deadline deadline);
    /// Whoever's it is. NotFound; Unavailable while no signed head covers it.
    [[nodiscard]] Result<domain::IssuedCertificate> find(domain::CertificateId id,
                                                         Deadline deadline);

private:
    [[nodiscard]] Result<domain::IssuedCertificate> read(TenantId tenant,
                                                         domain::CertificateId id,
                                                         Deadline deadline);

    Database& m_database;
    const LedgerParts& m_parts;
};

} // namespace exhibit::storage
