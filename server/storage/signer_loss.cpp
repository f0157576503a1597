// SPDX-License-Identifier: Apache-2.0
#include "server/storage/signer_loss.h"

namespace exhibit::storage {
namespace {

/// Where the old log ends, entries that no head was signed over included.
Bytes headJson(const LedgerHead& head)
{
    return printJson(JsonObject{{"last_hash", toHex(asView(head.lastHash))},
                                {"root", toHex(asView(head.edge.root()))},
                                {"size", head.nextSequence}});
}

/// What else is wrong with the log stands in the same entry.
Result<std::vector<EntryField>> damageFields(Transaction& transaction)
{
    EXHIBIT_TRY(const auto check, checkLastCheckpoint(transaction));
    if (check.sound()) {
        return std::vector<EntryField>{};
    }
    return std::vector<EntryField>{{"/damage", printJson(findingsJson(check.findings))}};
}

Result<std::int64_t> setKeysAside(Transaction& transaction, std::int32_t epoch)
{
    EXHIBIT_TRY(const Rows rows, transaction.query("SELECT lose_keys($1)", {epoch}));
    return rows.integer(0, 0);
}

} // namespace

Result<SignerLoss> findSignerLoss(
    Transaction& transaction,
    const SubjectKeys& keys,
    const std::function<Result<bool>(const std::string& origin)>& signerKnows)
{
    SignerLoss loss;
    EXHIBIT_TRY(const auto head, readHead(transaction));
    if (!head) {
        return loss;
    }
    loss.keys = !keys.opens(transaction.tenant());
    EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, head->epoch));
    if (checkpoint) {
        EXHIBIT_TRY(const bool known, signerKnows(head->origin));
        loss.heads = !known;
    }
    return loss;
}

Result<ReplacedLog> replaceSigner(Transaction& transaction,
                                  ChainLedger& ledger,
                                  SubjectKeys& keys,
                                  const SignerReplacement& replacement)
{
    EXHIBIT_CHECK(lockLedger(transaction));
    EXHIBIT_TRY(const auto head, readHead(transaction));
    if (!head || !replacement.loss.any()) {
        return fail(ErrorCode::Conflict, "nothing of this log is lost");
    }
    ReplacedLog replaced{*head, 0, {}, 0};
    EXHIBIT_TRY(const auto checkpoint, readCheckpoint(transaction, head->epoch));
    EXHIBIT_TRY(auto fields, damageFields(transaction));
    EXHIBIT_CHECK(ChainLedger::closeEpoch(transaction, head->epoch));
    if (replacement.loss.keys) {
        EXHIBIT_TRY(replaced.lostKeys, setKeysAside(transaction, head->epoch));
        fields.push_back({std::string(kLostKeysPath), std::to_string(replaced.lostKeys)});
        keys.admit(transaction.tenant());
    }
    replaced.signedSize = checkpoint ? checkpoint->head.size : 0;
    fields.push_back({"/previous_origin", head->origin});
    fields.push_back({"/previous_head", headJson(*head)});
    fields.push_back({"/last_good_checkpoint", checkpoint ? checkpoint->note : ""});
    fields.push_back({"/reason", replacement.reason});
    fields.push_back({"/operator", replacement.operatorName});
    EXHIBIT_TRY(const auto opened,
                ledger.openEpoch(transaction, {head->epoch, "signer_lost", std::move(fields)}));
    replaced.origin = opened.origin;
    return replaced;
}

} // namespace exhibit::storage
