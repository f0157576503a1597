// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/checkpoint.h"
#include "server/storage/entry_builder.h"
#include "server/storage/ledger_tiles.h"

#include <set>

/// Reads a tenant's log within a transaction of that tenant.
namespace exhibit::storage {

struct StoredCheckpoint {
    std::int32_t epoch = 0;
    evidence::TreeHead head;
    Bytes edge;
    /// When it was read from the database: as it was time-stamped, else with the cosignatures of
    /// witnesses; without what was added where that is no note of this head any more.
    std::string note;
    UtcTime signedAt{};
};

/// An entry with the columns beside it.
struct ChainRow {
    std::uint64_t sequence = 0;
    std::optional<IncidentId> incidentId;
    std::string eventType;
    std::string eventData;
    std::string reporterType;
    std::string reporterId;
    UtcTime createdAt{};
    Digest previousHash{};
    Digest eventHash{};
    Digest leaf{};
    Bytes entry;
};

/// Everything that follows sees the database as it is now, whoever appends meanwhile. The first
/// statement of its transaction.
[[nodiscard]] Result<void> useSnapshot(Transaction& transaction);
/// The epoch that grows; nullopt before the tenant's first entry.
[[nodiscard]] Result<std::optional<LedgerHead>> readHead(Transaction& transaction);
[[nodiscard]] Result<std::vector<LedgerHead>> readAllHeads(Transaction& transaction);
/// A log, and what is wrong with the row that says where it ends: the head has no edge then.
struct StoredLog {
    LedgerHead head;
    std::string damage;
    bool closed = false; ///< Another took over.
};
[[nodiscard]] Result<std::optional<StoredLog>> readLastLog(Transaction& transaction);
[[nodiscard]] Result<std::vector<StoredLog>> readAllLogs(Transaction& transaction);
/// Whether `whole` is the note of a signed head with nothing but signature lines added to it.
[[nodiscard]] bool isAttested(std::string_view note, std::string_view whole);
/// The newest signed head of an epoch of at most that size.
[[nodiscard]] Result<std::optional<StoredCheckpoint>> readCheckpoint(Transaction& transaction,
                                                                     std::int32_t epoch,
                                                                     std::uint64_t sizeMax
                                                                     = INT64_MAX);
/// The tlog-proof of an entry under a head; `nodes` are those of the tree below it. NotFound when
/// the head does not cover the entry.
[[nodiscard]] Result<std::string> proveInclusion(const evidence::NodeSource& nodes,
                                                 const StoredCheckpoint& checkpoint,
                                                 std::uint64_t sequence);
/// All of them, smallest first.
[[nodiscard]] Result<std::vector<StoredCheckpoint>> readCheckpoints(Transaction& transaction,
                                                                    std::int32_t epoch);
[[nodiscard]] Result<void> storeCheckpoint(Transaction& transaction,
                                           const StoredCheckpoint& checkpoint);
/// In order; fewer than `count` at the end.
[[nodiscard]] Result<std::vector<ChainRow>> readChain(Transaction& transaction,
                                                      std::int32_t epoch,
                                                      std::uint64_t first,
                                                      std::size_t count);
inline constexpr std::int64_t kHandedOutMax = 50;
struct IncidentEntries {
    std::vector<std::uint64_t> sequences;
    std::int64_t leftOut = 0; ///< Entries of older handings-out.
};
/// The sequence numbers of an incident's entries in this epoch; of those that say only that it was
/// handed out (export.created, bates.*) the newest kHandedOutMax, since handing out has no end.
[[nodiscard]] Result<IncidentEntries> entriesOfIncident(Transaction& transaction,
                                                        std::int32_t epoch,
                                                        IncidentId incident);
struct OpenedFields {
    /// By sequence number. Those whose key was destroyed are left out.
    std::map<std::uint64_t, std::vector<FieldFile>> files;
    /// Entries with fields that their key does not open: somebody changed the stored bytes.
    std::vector<std::uint64_t> damaged;
    /// Entries with fields whose key was lost with its signer: nobody can read them.
    std::set<std::uint64_t> unreadable;
};
[[nodiscard]] Result<OpenedFields> openFields(Transaction& transaction,
                                              SubjectKeys& keys,
                                              std::int32_t epoch,
                                              std::uint64_t first,
                                              std::size_t count);

} // namespace exhibit::storage
