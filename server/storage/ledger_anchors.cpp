// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ledger_anchors.h"

#include "server/storage/ledger_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::storage {
namespace {

/// The logs there are, with the keys that the database noted. Heads are read without their edges: a
/// damaged one does not keep the rest from being looked at.
Result<std::vector<LogAnchor>> readLogs(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT epoch, origin, EXISTS (SELECT FROM checkpoints c"
                                  " WHERE c.tenant_id = h.tenant_id AND c.epoch = h.epoch)"
                                  " FROM ledger_heads h WHERE tenant_id = $1 ORDER BY epoch",
                                  {transaction.tenant()}));
    EXHIBIT_TRY(const auto noted, readNotedKeys(transaction));
    std::vector<LogAnchor> logs;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        LogAnchor log;
        log.epoch = static_cast<std::int32_t>(rows.integer(row, 0));
        log.origin = rows.text(row, 1);
        log.hasHeads = rows.boolean(row, 2);
        for (const auto& one : noted) {
            if (one.epoch == log.epoch && one.purpose == kNotedLogKey) {
                auto key = evidence::NoteKey::parse(one.publicKey);
                if (key && key->name() == log.origin) {
                    log.noted.push_back(*std::move(key));
                }
            }
        }
        logs.push_back(std::move(log));
    }
    return logs;
}

Result<void> ask(const HeadSigner& signer, LogAnchor& log)
{
    EXHIBIT_TRY(log.keys, signer.keys(log.origin));
    EXHIBIT_TRY(log.last, signer.lastHead(log.origin));
    std::erase_if(log.noted, [&log](const auto& noted) {
        return std::any_of(log.keys.begin(), log.keys.end(), [&noted](const auto& key) {
            return key.text() == noted.text();
        });
    });
    return {};
}

JsonArray texts(const std::vector<evidence::NoteKey>& keys)
{
    JsonArray list;
    for (const auto& key : keys) {
        list.push_back(Json(key.text()));
    }
    return list;
}

} // namespace

LedgerCheckOptions LedgerAnchors::options() const
{
    LedgerCheckOptions options;
    for (const auto& log : logs) {
        options.keys.insert(options.keys.end(), log.keys.begin(), log.keys.end());
        options.keys.insert(options.keys.end(), log.noted.begin(), log.noted.end());
        if (log.last) {
            options.known[log.origin].push_back(*log.last);
        }
    }
    return options;
}

std::vector<std::string> LedgerAnchors::missing() const
{
    if (logs.empty()) {
        return {};
    }
    if (!unasked.empty()) {
        return {"the signer could not be asked for its keys and for the heads that it signed last: "
                + unasked};
    }
    // Of a log that ended its signer may be lost: the next log, which the signer knows, names its
    // last head.
    const auto& open = logs.back();
    if (!open.last && open.hasHeads) {
        return {fmt::format("{} has signed heads, and the signer knows of none", open.origin)};
    }
    return {};
}

JsonArray LedgerAnchors::json() const
{
    JsonArray list;
    for (const auto& log : logs) {
        list.push_back(JsonObject{{"epoch", log.epoch},
                                  {"origin", log.origin},
                                  {"keys", texts(log.keys)},
                                  {"noted_keys", texts(log.noted)},
                                  {"last_head", log.last ? Json(log.last->size) : Json(nullptr)}});
    }
    return list;
}

Result<LedgerAnchors> readLedgerAnchors(Database& database,
                                        const HeadSigner& signer,
                                        TenantId tenant,
                                        Deadline deadline)
{
    LedgerAnchors anchors;
    EXHIBIT_TRY(anchors.logs, database.read(tenant, deadline, readLogs));
    for (auto& log : anchors.logs) {
        if (const auto asked = ask(signer, log); !asked) {
            anchors.unasked = asked.error().message;
            break;
        }
    }
    return anchors;
}

Result<AnchoredCheck> checkAnchored(Database& database,
                                    SubjectKeys& keys,
                                    const HeadSigner& signer,
                                    TenantId tenant,
                                    Deadline deadline)
{
    AnchoredCheck anchored;
    EXHIBIT_TRY(anchored.anchors, readLedgerAnchors(database, signer, tenant, deadline));
    const auto look = [&](Transaction& transaction) {
        return checkLedger(transaction, keys, anchored.anchors.options());
    };
    EXHIBIT_TRY(anchored.check, database.read(tenant, deadline, look));
    return anchored;
}

} // namespace exhibit::storage
