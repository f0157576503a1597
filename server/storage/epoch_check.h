// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/kept_check.h"

#include <set>

namespace exhibit::storage {

/// Entries whose personal fields are gone, and how many of them the log says were erased; keys that
/// the log says were lost.
struct ErasureCount {
    std::int64_t gone = 0;
    std::int64_t named = 0;
    std::int64_t lostKeys = 0;
    bool unreadable = false; ///< An erasure's own details are: what it named is not known.
    std::pair<std::int32_t, std::uint64_t> firstGone{INT32_MAX, UINT64_MAX};
};

/// What entries of all epochs tell of rows beside them; both outlive their user.
struct ToldByEntries {
    ErasureCount& erased;
    KeptCheck& kept;
};

/// Everything again of one epoch, from its entries' bytes; see checkLedger().
class EpochCheck {
public:
    /// All outlive the object; findings and counts are added to `check` and what `told` names.
    EpochCheck(Transaction& transaction,
               SubjectKeys& keys,
               const LedgerCheckOptions& options,
               const LedgerHead& head,
               ToldByEntries told,
               LedgerCheck& check);

    [[nodiscard]] Result<void> run();

private:
    void found(std::uint64_t sequence, std::string problem);
    [[nodiscard]] Result<void> loadHeads();
    void addKnownHeads();
    [[nodiscard]] Result<void> checkAttestations();
    void checkAttestation(const Rows& rows, std::size_t row);
    [[nodiscard]] Result<void> checkBeforeFirst();
    [[nodiscard]] Result<void> checkPage(const std::vector<ChainRow>& rows);
    [[nodiscard]] Result<void> checkRow(const ChainRow& row, const OpenedFields& fields);
    [[nodiscard]] Result<void> checkRecorded();
    [[nodiscard]] Result<void> checkTiles(Digest hash);
    void compareColumns(const ChainRow& row, const evidence::Entry& entry);
    /// Which fields are there, by their positions.
    [[nodiscard]] std::vector<bool> compareFields(const ChainRow& row,
                                                  const evidence::Entry& entry,
                                                  const std::vector<FieldFile>& files);
    void checkCoverage(const evidence::Entry& entry, const std::vector<bool>& present);
    /// Counts what the entry's field says was erased or lost.
    void noteLoss(const evidence::Entry& entry, const evidence::Field& field);
    void noteUnreadable(const evidence::Entry& entry);
    void compareCopy(const ChainRow& row, const evidence::Field& field);
    void checkHead();
    void checkEnd();

    Transaction& m_transaction;
    SubjectKeys& m_keys;
    const LedgerCheckOptions& m_options;
    const LedgerHead& m_head;
    ErasureCount& m_erased;
    KeptCheck& m_kept;
    LedgerCheck& m_check;
    std::vector<Commitment> m_recorded; ///< Of the page: those that rows are compared with.
    std::vector<Commitment> m_told; ///< Of the page: those that tell of what is kept.
    /// A signed head. A root that is not to be believed locates nothing.
    struct Signed {
        Digest root;
        bool genuine = true; ///< Signed by the log's key, or known from outside.
    };
    std::map<std::uint64_t, Signed> m_heads; ///< By size.
    std::vector<std::uint64_t> m_replaced; ///< Sizes of heads that are not those known outside.
    std::uint64_t m_fits = 0; ///< Size of the last genuine head that has the tree's root.
    bool m_misfit = false; ///< A larger one has not, and that was said.
    evidence::TreeEdge m_edge;
    std::vector<Bytes> m_tiles; ///< Hashes of the growing tile of each level.
    Digest m_previous;
    std::uint64_t m_next = 0;
    bool m_whole = true; ///< No gap so far: the tree can be followed.
};

} // namespace exhibit::storage
