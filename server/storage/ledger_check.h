// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_reading.h"
#include "server/storage/spool_watch.h"

namespace exhibit::storage {

struct LedgerFinding {
    std::int32_t epoch = 0;
    std::uint64_t sequence = 0; ///< Of the entry, or the size of the signed head.
    std::string problem;
};

struct LedgerCheck {
    std::uint64_t entries = 0;
    std::uint64_t checkpoints = 0;
    /// Entries with fields that nobody can read: their key was lost with a signer, as the log says.
    std::uint64_t unreadable = 0;
    SpoolLosses losses; ///< Of journals; no damage of the log.
    std::vector<LedgerFinding> findings; ///< At most 100, in the order in which they were found.
    std::uint64_t unlisted = 0; ///< Findings beyond those.
    [[nodiscard]] bool sound() const { return findings.empty(); }
    void found(LedgerFinding finding);
};

struct LedgerCheckOptions {
    /// Signed heads known from elsewhere (the signer, a witness, an auditor): what the database
    /// cannot change. By origin.
    std::map<std::string, std::vector<evidence::TreeHead>> known;
    /// The notes' signatures are checked with these; without, only what they say.
    std::vector<evidence::NoteKey> keys;
};

/// [{"epoch":...,"seq":...,"problem":...}, ...]
[[nodiscard]] JsonArray findingsJson(const std::vector<LedgerFinding>& findings);

/// Everything again from the entries' bytes: hashes, links, gaps, the columns beside them, what
/// fields they commit to, the recorded bytes of calls, the tree under every signed head, and the
/// head. What was rewritten after it was signed is located between the last head that fits and the
/// first that does not. Reads in pages, as the first statements of the transaction.
[[nodiscard]] Result<LedgerCheck> checkLedger(Transaction& transaction,
                                              SubjectKeys& keys,
                                              const LedgerCheckOptions& options);

/// Whether the edge that is stored beside a signed head is that of its tree.
[[nodiscard]] bool hasOwnEdge(const StoredCheckpoint& checkpoint);
inline constexpr std::string_view kHeadIsNotItsNote = "a stored head is not what its note says";
inline constexpr std::string_view kHeadHasOtherEdge
    = "the edge that is stored beside a signed head is not that of its tree";

/// What is checked before a head of a log is signed again: that the newest signed head's root is
/// still that of the stored leaves, and that the chain ends where its head says. Fast at any size.
/// In a transaction that uses a snapshot or holds the head's lock.
[[nodiscard]] Result<LedgerCheck> checkLastCheckpoint(Transaction& transaction);

/// The lock that the sequencer takes: nothing is appended until the transaction ends.
[[nodiscard]] Result<void> lockLedger(Transaction& transaction);

/// Closes the epoch as it is and opens the next one, whose first entry says why: the findings, the
/// last signed head that fits and is by one of the keys, the hash of what was found from there on.
/// Never re-hashes anything.
[[nodiscard]] Result<LedgerHead> recoverLedger(Transaction& transaction,
                                               ChainLedger& ledger,
                                               const LedgerCheck& check,
                                               const std::string& operatorName,
                                               std::span<const evidence::NoteKey> keys = {});

} // namespace exhibit::storage
