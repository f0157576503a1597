// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/pack_export.h"

/// What a pack has beside its entries and their fields.
namespace exhibit::storage {

/// The head that a pack's entries are proven under.
struct PackHead {
    StoredCheckpoint checkpoint;
    bool closed = false; ///< The last one of a log that ended.
};
[[nodiscard]] std::vector<evidence::PublicKey> currentLogKeys(const PackKeys& keys);

/// A log that another one took over from, and an entry of it that is to be proven.
struct EndedLog {
    std::int32_t epoch = 0;
    std::string origin;
    std::uint64_t first = 0;
};
/// The last head of such a log that fits and is signed. NotFound when none was signed over that
/// entry; evidenceDamaged() when one was and does not fit any more.
[[nodiscard]] Result<std::optional<StoredCheckpoint>> endedLogHead(Transaction& transaction,
                                                                   const PackKeys& packKeys,
                                                                   const EndedLog& log);
/// A head signed now, or, where the log with the incident's first entry has ended, the last one
/// that was signed of it.
[[nodiscard]] Result<PackHead> findPackHead(Database& database,
                                            const LedgerParts& parts,
                                            const PackKeys& packKeys,
                                            TenantId tenant,
                                            IncidentId incident,
                                            Deadline deadline);

struct PackLog {
    const PackHead& head;
    const std::string& origin;
};
/// data/keys: those of a log that ended as they were noted when they signed it.
/// Beside them those of other logs that the pack has heads of.
[[nodiscard]] Result<void> addPackKeys(Transaction& transaction,
                                       const PackKeys& packKeys,
                                       const PackLog& log,
                                       const std::vector<evidence::NoteKey>& others,
                                       evidence::PackPayload& payload);
/// Keys that signed certificates or packs before the current one, as they were noted.
[[nodiscard]] Result<std::vector<evidence::PublicKey>> earlierCertificateKeys(
    Transaction& transaction, const evidence::PublicKey& current);
/// Nobody is handed what any verifier would call invalid: evidenceDamaged(). Of large packs, the
/// verifying of which takes its time, each part was compared when it was read.
[[nodiscard]] Result<void> expectNotInvalid(const ExportedPack& pack, const PackKeys& keys);
/// Certificates of the incident that are in the signed log; how many are left out, since they say
/// what stays out everywhere. The entries they are bound to name the incident, and so are in scope.
[[nodiscard]] Result<std::int64_t> addCertificates(Transaction& transaction,
                                                   const PackRequest& request,
                                                   const StoredCheckpoint& checkpoint,
                                                   evidence::PackPayload& payload);
void addReadme(evidence::PackPayload& payload);
struct CaseFacts {
    std::int64_t handedOutBefore = 0; ///< Entries of earlier exports that are not in the pack.
    std::int64_t runLeftOut = 0; ///< Entries of the run for which it had no room.
    JsonArray holds; ///< Ids of those in force.
    std::int64_t certificatesLeftOut = 0; ///< They say what stays out.
};
/// data/case.json.
[[nodiscard]] Result<Bytes> caseFile(const PackRequest& request,
                                     const std::string& id,
                                     const CaseFacts& known);

} // namespace exhibit::storage
