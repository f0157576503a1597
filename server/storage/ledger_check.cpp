// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_check.h"

#include "server/storage/epoch_check.h"
#include "server/storage/good_head.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

constexpr std::size_t kPageRows = 1000;
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
                          const std::vector<LedgerHead>& heads,
                          LedgerCheck& check)
{
    std::int32_t next = 1;
    for (const auto& head : heads) {
        for (; next < head.epoch; ++next) {
            check.findings.push_back({next, 0, "the row of the whole log is gone"});
        }
        next = head.epoch + 1;
    }
    // The index leads from one number to the next, however long the logs are.
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch FROM incident_log_chain WHERE tenant_id = $1"
                                  " AND epoch >= $2 ORDER BY epoch LIMIT 1",
                                  {transaction.tenant(), next}));
    if (!rows.empty()) {
        check.findings.push_back({static_cast<std::int32_t>(rows.integer(0, 0)),
                                  0,
                                  "the row of the whole log is gone; its entries are there"});
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
        check.findings.push_back({static_cast<std::int32_t>(rows.integer(0, 1)),
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
    check.findings.push_back({erased.firstGone.first,
                              erased.firstGone.second,
                              fmt::format("fields of {} entries are gone, the log names {} as "
                                          "erased",
                                          erased.gone,
                                          erased.named)});
}

} // namespace

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
    const auto heads = readAllHeads(transaction);
    if (!heads && heads.error().code == ErrorCode::Corrupt) {
        check.findings.push_back({0, 0, heads.error().message});
        return check;
    }
    if (!heads) {
        return tl::make_unexpected(heads.error());
    }
    LedgerCheckOptions known = options;
    for (const auto& head : *heads) {
        EXHIBIT_CHECK(addHeadBefore(transaction, keys, head.epoch, known));
    }
    EXHIBIT_CHECK(checkNumbers(transaction, *heads, check));
    ErasureCount erased;
    for (const auto& head : *heads) {
        EXHIBIT_CHECK(EpochCheck(transaction, keys, known, head, erased, check).run());
    }
    checkErasures(erased, check);
    EXHIBIT_CHECK(checkLostKeys(transaction, erased, check));
    EXHIBIT_TRY(check.losses, readSpoolLosses(transaction));
    return check;
}

Result<LedgerCheck> checkLastCheckpoint(Transaction& transaction)
{
    LedgerCheck check;
    const auto head = readHead(transaction);
    if (!head) {
        // The head row itself says things that cannot be.
        check.findings.push_back({0, 0, head.error().message});
        return check;
    }
    if (!*head) {
        return check;
    }
    const auto& [epoch, origin, next, lastHash, edge] = **head;
    const auto from = next == 0 ? 0 : next - 1;
    EXHIBIT_TRY(const auto last, readChain(transaction, epoch, from, 2));
    if (next > 0 && (last.size() != 1 || evidence::entryHash(last[0].entry) != lastHash)) {
        check.findings.push_back({epoch, from, "the chain does not end where its head says"});
    }
    EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, epoch));
    if (!checkpoint) {
        return check;
    }
    check.checkpoints = 1;
    const std::uint64_t size = checkpoint->head.size;
    if (size > next) {
        check.findings.push_back(
            {epoch,
             next,
             fmt::format("entries {} to {} were signed and are gone", next, size - 1)});
        return check;
    }
    const auto root = evidence::rangeRoot(ledgerNodes(transaction, epoch, size), 0, size);
    if (!root || *root != checkpoint->head.root) {
        check.findings.push_back(
            {epoch, size, "the stored leaves do not have the root that was signed"});
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
    EXHIBIT_TRY(
        const Rows old,
        transaction.query("SELECT epoch, origin FROM ledger_heads WHERE tenant_id = $1"
                          " AND closed_at IS NULL AND epoch = coalesce(nullif($2, 0), epoch)",
                          {transaction.tenant(), check.findings.front().epoch}));
    if (old.empty()) {
        return fail(ErrorCode::Conflict, "that epoch was closed already");
    }
    const auto epoch = static_cast<std::int32_t>(old.integer(0, 0));
    EXHIBIT_TRY(const auto good, lastGoodHead(transaction, epoch, keys));
    const std::uint64_t from
        = std::min(check.findings.front().sequence, good ? good->head.size : 0);
    EXHIBIT_TRY(const Digest damage, hashOfDamage(transaction, epoch, from));
    EXHIBIT_CHECK(ChainLedger::closeEpoch(transaction, epoch));
    return ledger.openEpoch(transaction,
                            {epoch,
                             "damage",
                             {{"/previous_origin", std::string(old.text(0, 1))},
                              {std::string(kLastGoodCheckpoint), good ? good->note : ""},
                              {"/damage", printJson(findingsJson(check.findings))},
                              {"/evidence_hash", toHex(asView(damage))},
                              {"/operator", operatorName}}});
}

} // namespace exhibit::storage
