// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/evidence/merkle.h"
#include "server/storage/subject_keys.h"

#include <atomic>

namespace exhibit::storage {

/// Where a tenant's log ends.
struct LedgerHead {
    std::int32_t epoch = 1;
    std::string origin;
    std::uint64_t nextSequence = 0;
    Digest lastHash{};
    evidence::TreeEdge edge;
};

/// Why a new epoch begins.
struct EpochOpening {
    std::int32_t after = 0; ///< The epoch that ends.
    std::string cause; ///< "first", "damage" or "signer_lost".
    std::vector<EntryField> fields; ///< Previous origin, last good head, damage ...
};

/// The sequencer: entries in the order in which transactions come to the tenant's head row, whose
/// lock is held until they commit; so any number of threads and replicas make one chain without
/// gaps. The first entry of a tenant opens its log and states what was recorded before, unproven.
/// Any thread; the keys outlive the object.
class ChainLedger final : public LedgerAppender {
public:
    /// `host` stands first in the origins of new logs.
    ChainLedger(SubjectKeys& keys, std::string host);

    [[nodiscard]] SubjectKeys& keys() { return m_keys; }
    [[nodiscard]] Result<void> append(Transaction& transaction,
                                      TenantId tenant,
                                      std::span<const EntryDraft> entries) override;
    /// The same, and says where they stand: the sequence number of the first one.
    [[nodiscard]] Result<LedgerHead> appendAt(Transaction& transaction,
                                              std::span<const EntryDraft> entries);
    /// Recovery: the old epoch is closed as it is and never written again. Conflict when it is
    /// closed already: another replica was faster.
    [[nodiscard]] static Result<void> closeEpoch(Transaction& transaction, std::int32_t epoch);
    /// The one after an epoch that was closed.
    [[nodiscard]] Result<LedgerHead> openEpoch(Transaction& transaction,
                                               const EpochOpening& opening);

    /// Entries appended by this object, committed or not: when to sign a head.
    [[nodiscard]] std::uint64_t appended() const { return m_appended; }

private:
    struct Batch;
    [[nodiscard]] Result<LedgerHead> lockHead(Transaction& transaction);
    [[nodiscard]] Result<LedgerHead> createHead(Transaction& transaction,
                                                std::int32_t epoch,
                                                const EpochOpening& opening);
    [[nodiscard]] Result<void> write(Transaction& transaction,
                                     LedgerHead& head,
                                     std::span<const EntryDraft> entries);
    /// So that entries are found by what they are about.
    static void addLinks(Transaction& transaction,
                         const Batch& batch,
                         std::vector<Statement>& statements);
    [[nodiscard]] Result<void> addFields(Transaction& transaction,
                                         const Batch& batch,
                                         std::vector<Statement>& statements);

    SubjectKeys& m_keys;
    std::string m_host;
    std::atomic<std::uint64_t> m_appended{0};
};

/// The right edge of a tree as a column holds it.
[[nodiscard]] Bytes edgeBytes(const evidence::TreeEdge& edge);
/// Corrupt when it is not the edge of a tree of that size.
[[nodiscard]] Result<evidence::TreeEdge> edgeFromBytes(std::uint64_t size, BytesView bytes);
/// Zeros, which are the hash of nothing, when they are not as many as a digest has.
[[nodiscard]] Digest digestFromBytes(BytesView bytes);
/// What field files are sealed with beside their key: their place cannot be changed.
[[nodiscard]] Bytes fieldSealContext(TenantId tenant, std::int32_t epoch, std::uint64_t sequence);

} // namespace exhibit::storage
