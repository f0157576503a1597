// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_check.h"

#include "server/storage/epoch_check.h"
#include "server/storage/good_head.h"
#include "server/storage/kept_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kPageRows = 1000;
constexpr std::size_t kFindingsMax = 100;
constexpr const char* kClosedLast = "the log was closed, and none took over from it";
constexpr std::string_view kLastGoodCheckpoint = "/last_good_checkpoint";

/// SHA-256 over the entries as they were found, from the damage to the end.
Result<Digest> hashOfDamage(Transaction& transaction, std::int32_t epoch, std::uint64_t from)
{
    Sha256 hash;
    while (true) {
        EXHIBIT_TRY(const auto rows, readChain(transaction, epoch, from, kPageRows));
        if (rows.empty()) {
            return hash.finish();
        }
        for (const auto& row : rows) {
            hash.update(row.entry);
        }
        from = rows.back().sequence + 1;
    }
}

/// Logs are numbered from 1 without a gap, and each has a row of its own; whoever deletes that row
/// hides all its entries.
Result<void> checkNumbers(Transaction& transaction,
                          const std::vector<StoredLog>& logs,
                          LedgerCheck& check)
{
    std::int64_t next = 1;
    for (const auto& log : logs) {
        const std::int64_t epoch = log.head.epoch;
        if (epoch < 1) {
            check.found({log.head.epoch, 0, "logs are numbered from 1; this one is nobody's"});
            continue;
        }
        if (epoch > next) {
            check.found({static_cast<std::int32_t>(next),
                         0,
                         epoch == next + 1
                             ? "the row of the whole log is gone"
                             : fmt::format("the rows of the logs up to {} are gone", epoch - 1)});
        }
        next = epoch + 1;
    }
    // The index leads from one number to the next, however long the logs are.
    for (const auto* beyond : {"epoch >= $2 ORDER BY epoch", "epoch < least(1, $2)"}) {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query(
                std::string("SELECT epoch FROM incident_log_chain WHERE tenant_id = $1 AND ")
                    + beyond + " LIMIT 1",
                {transaction.tenant(), next}));
        if (!rows.empty()) {
            check.found({static_cast<std::int32_t>(rows.integer(0, 0)),
                         0,
                         "the row of the whole log is gone; its entries are there"});
        }
    }
    EXHIBIT_TRY(const Rows heads,
                transaction.query("SELECT DISTINCT c.epoch FROM (SELECT epoch FROM checkpoints"
                                  "  WHERE tenant_id = $1 UNION ALL SELECT epoch"
                                  "  FROM checkpoint_attestations WHERE tenant_id = $1) c"
                                  " WHERE NOT EXISTS (SELECT FROM ledger_heads h"
                                  "  WHERE h.tenant_id = $1 AND h.epoch = c.epoch)"
                                  " ORDER BY c.epoch LIMIT $2",
                                  {transaction.tenant(), static_cast<std::int64_t>(kFindingsMax)}));
    for (std::size_t row = 0; row < heads.size(); ++row) {
        check.found({static_cast<std::int32_t>(heads.integer(row, 0)),
                     0,
                     "signed heads are stored of a log that has no row"});
    }
    return {};
}

/// More keys set aside as lost than the log says: somebody hides what they sealed.
Result<void> checkLostKeys(Transaction& transaction, const ErasureCount& named, LedgerCheck& check)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT count(*), max(epoch) FROM lost_keys WHERE tenant_id = $1",
                                  {transaction.tenant()}));
    if (rows.integer(0, 0) > named.lostKeys) {
        check.found({static_cast<std::int32_t>(rows.integer(0, 1)),
                     0,
                     fmt::format("{} keys are set aside as lost, the log names {}",
                                 rows.integer(0, 0),
                                 named.lostKeys)});
    }
    return {};
}

/// The head that a log ended with, as the log after it names it: that one is signed too, by a
/// signer that may be another.
Result<void> addHeadBefore(Transaction& transaction,
                           SubjectKeys& keys,
                           std::int32_t epoch,
                           LedgerCheckOptions& options)
{
    EXHIBIT_TRY(const auto opening, openFields(transaction, keys, epoch, 0, 1));
    for (const auto& [sequence, files] : opening.files) {
        for (const auto& file : files) {
            const auto field = evidence::parseField(file.bytes);
            const auto* note
                = field && field->path == kLastGoodCheckpoint ? field->value.if_string() : nullptr;
            if (note == nullptr) {
                continue;
            }
            const auto signedHead = evidence::parseSignedCheckpoint(std::string_view(*note));
            if (signedHead) {
                const auto& [origin, head] = signedHead->checkpoint;
                options.known[origin].push_back(head);
            }
        }
    }
    return {};
}

/// More fields gone than erasures name. Where those cannot be read themselves, nobody can tell.
void checkErasures(const ErasureCount& erased, LedgerCheck& check)
{
    if (erased.gone <= erased.named) {
        return;
    }
    if (erased.unreadable) {
        check.unreadable += static_cast<std::uint64_t>(erased.gone - erased.named);
        return;
    }
    check.found({erased.firstGone.first,
                 erased.firstGone.second,
                 fmt::format("fields of {} entries are gone, the log names {} as "
                             "erased",
                             erased.gone,
                             erased.named)});
}

/// The row that says where the log ends, with its last entry and its tree.
Result<void> compareEnd(Transaction& transaction,
                        const StoredLog& log,
                        const evidence::NodeSource& nodes,
                        LedgerCheck& check)
{
    const auto& [epoch, origin, next, lastHash, edge] = log.head;
    const auto from = next == 0 ? 0 : next - 1;
    EXHIBIT_TRY(const auto last, readChain(transaction, epoch, from, 2));
    if (next > 0 && (last.size() != 1 || evidence::entryHash(last[0].entry) != lastHash)) {
        check.found({epoch, from, "the chain does not end where its head says"});
    }
    const auto named = last.empty() ? Result<evidence::EntryHead>(fail(ErrorCode::NotFound, ""))
                                    : evidence::parseEntryHead(last[0].entry);
    if (named && named->log != origin) {
        check.found({epoch, from, "the entries are of another log than its head says"});
    }
    const auto root = evidence::rangeRoot(nodes, 0, next);
    if (!root || *root != edge.root()) {
        check.found({epoch, next, "the stored leaves do not have the root that their head has"});
    }
    if (log.closed) {
        check.found({epoch, next, kClosedLast});
    }
    return {};
}

/// The newest signed head with the stored leaves.
void compareSigned(const LedgerHead& log,
                   const StoredCheckpoint& checkpoint,
                   const evidence::NodeSource& nodes,
                   LedgerCheck& check)
{
    const std::uint64_t size = checkpoint.head.size;
    if (size > log.nextSequence) {
        check.found(
            {log.epoch,
             log.nextSequence,
             fmt::format("entries {} to {} were signed and are gone", log.nextSequence, size - 1)});
        return;
    }
    const auto root = evidence::rangeRoot(nodes, 0, size);
    if (!root || *root != checkpoint.head.root) {
        check.found({log.epoch, size, "the stored leaves do not have the root that was signed"});
    }
    const auto note = evidence::parseSignedCheckpoint(checkpoint.note);
    if (!note || note->checkpoint.origin != log.origin
        || note->checkpoint.head != checkpoint.head) {
        check.found({log.epoch, size, std::string(kHeadIsNotItsNote)});
    } else if (!hasOwnEdge(checkpoint)) {
        check.found({log.epoch, size, std::string(kHeadHasOtherEdge)});
    }
}

} // namespace

bool hasOwnEdge(const StoredCheckpoint& checkpoint)
{
    const auto edge = edgeFromBytes(checkpoint.head.size, checkpoint.edge);
    return edge && edge->root() == checkpoint.head.root;
}

void LedgerCheck::found(LedgerFinding finding)
{
    if (findings.size() < kFindingsMax) {
        findings.push_back(std::move(finding));
    } else {
        ++unlisted;
    }
}

JsonArray findingsJson(const std::vector<LedgerFinding>& findings)
{
    JsonArray list;
    for (const auto& finding : findings) {
        list.push_back(JsonObject{
            {"epoch", finding.epoch}, {"seq", finding.sequence}, {"problem", finding.problem}});
    }
    return list;
}

Result<LedgerCheck> checkLedger(Transaction& transaction,
                                SubjectKeys& keys,
                                const LedgerCheckOptions& options)
{
    LedgerCheck check;
    EXHIBIT_CHECK(useSnapshot(transaction));
    EXHIBIT_TRY(const auto logs, readAllLogs(transaction));
    LedgerCheckOptions known = options;
    for (const auto& log : logs) {
        EXHIBIT_CHECK(addHeadBefore(transaction, keys, log.head.epoch, known));
    }
    EXHIBIT_CHECK(checkNumbers(transaction, logs, check));
    ErasureCount erased;
    KeptCheck kept(transaction, check);
    for (const auto& log : logs) {
        if (!log.damage.empty()) {
            check.found({log.head.epoch, 0, log.damage});
        }
        const bool last = &log == &logs.back();
        if (log.closed == last) {
            check.found(
                {log.head.epoch,
                 0,
                 last ? kClosedLast : "another log took over from it, and it is open again"});
        }
        EXHIBIT_CHECK(EpochCheck(transaction, keys, known, log.head, {erased, kept}, check).run());
    }
    checkErasures(erased, check);
    EXHIBIT_CHECK(checkLostKeys(transaction, erased, check));
    EXHIBIT_CHECK(kept.finish());
    EXHIBIT_TRY(check.losses, readSpoolLosses(transaction));
    return check;
}

Result<LedgerCheck> checkLastCheckpoint(Transaction& transaction)
{
    LedgerCheck check;
    EXHIBIT_TRY(const auto log, readLastLog(transaction));
    if (!log) {
        return check;
    }
    if (!log->damage.empty()) {
        // The head row itself says things that cannot be.
        check.found({log->head.epoch, 0, log->damage});
        return check;
    }
    const auto nodes = ledgerNodes(transaction, log->head.epoch, log->head.nextSequence);
    EXHIBIT_CHECK(compareEnd(transaction, *log, nodes, check));
    EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, log->head.epoch));
    if (checkpoint) {
        check.checkpoints = 1;
        compareSigned(log->head, *checkpoint, nodes, check);
    }
    return check;
}

Result<void> lockLedger(Transaction& transaction)
{
    EXHIBIT_CHECK(transaction.query("SELECT FROM ledger_heads WHERE tenant_id = $1"
                                    " AND closed_at IS NULL FOR UPDATE",
                                    {transaction.tenant()}));
    return {};
}

Result<LedgerHead> recoverLedger(Transaction& transaction,
                                 ChainLedger& ledger,
                                 const LedgerCheck& check,
                                 const std::string& operatorName,
                                 std::span<const evidence::NoteKey> keys)
{
    if (check.sound()) {
        return fail(ErrorCode::Conflict, "nothing is wrong with the log");
    }
    EXHIBIT_TRY(const auto old, readLastLog(transaction));
    const auto epoch = old ? old->head.epoch : 0;
    if (!old || (check.findings.front().epoch != epoch && check.findings.front().epoch != 0)) {
        return fail(ErrorCode::Conflict, "that epoch was closed already");
    }
    EXHIBIT_TRY(const auto good, lastGoodHead(transaction, epoch, keys));
    const std::uint64_t from
        = std::min(check.findings.front().sequence, good ? good->head.size : 0);
    EXHIBIT_TRY(const Digest damage, hashOfDamage(transaction, epoch, from));
    if (!old->closed) {
        EXHIBIT_CHECK(ChainLedger::closeEpoch(transaction, epoch));
    }
    return ledger.openEpoch(transaction,
                            {epoch,
                             "damage",
                             {{"/previous_origin", old->head.origin},
                              {std::string(kLastGoodCheckpoint), good ? good->note : ""},
                              {"/damage", printJson(findingsJson(check.findings))},
                              {"/evidence_hash", toHex(asView(damage))},
                              {"/operator", operatorName}}});
}

} // namespace exhibit::storage
