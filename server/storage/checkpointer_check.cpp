// SPDX-License-Identifier: Apache-2.0
// Whether a log still is what was signed, and what becomes of one that is not.
#include "server/storage/checkpointer.h"

#include "server/ops/log.h"

namespace exhibit::storage {
namespace {

constexpr auto kTurnTimeout = std::chrono::seconds(30);

} // namespace

void Checkpointer::recheckAll(const std::stop_token& stop)
{
    const auto all = tenants("list_tenants");
    for (const auto& tenant : all.value_or(std::vector<TenantId>{})) {
        if (stop.stop_requested()) {
            return;
        }
        // What cannot be looked at now is in a minute; what is damaged was logged.
        (void)checkTenant(tenant, Deadline::after(kTurnTimeout));
    }
}

Result<bool> Checkpointer::checkTenant(TenantId tenant, Deadline deadline)
{
    EXHIBIT_TRY(Remembered remembered, askSigner(tenant, deadline));
    if (!remembered.origin.empty()) {
        EXHIBIT_TRY(remembered.keys, m_services.signer.keys(remembered.origin));
    }
    bool rotated = false;
    const auto look = [&](Transaction& transaction) -> Result<LedgerCheck> {
        EXHIBIT_CHECK(useSnapshot(transaction));
        EXHIBIT_TRY(auto check, compare(transaction, remembered));
        if (check.sound()) {
            EXHIBIT_TRY(rotated, isRotationUntold(transaction, remembered));
        }
        return check;
    };
    EXHIBIT_TRY(const LedgerCheck check, m_services.database.read(tenant, deadline, look));
    if (!check.sound()) {
        return recover(tenant, remembered, deadline);
    }
    if (rotated) {
        EXHIBIT_CHECK(noteRotation(tenant, remembered, deadline));
    }
    return true;
}

/// Asked before the database is: whatever is signed was committed before, so that a head which is
/// read later is never smaller, unless entries are gone.
Result<Checkpointer::Remembered> Checkpointer::askSigner(TenantId tenant, Deadline deadline)
{
    const auto look = [](Transaction& transaction) -> Result<std::string> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT origin FROM ledger_heads WHERE tenant_id = $1"
                                      " ORDER BY epoch DESC LIMIT 1",
                                      {transaction.tenant()}));
        return std::string(rows.empty() ? "" : rows.text(0, 0));
    };
    Remembered remembered;
    EXHIBIT_TRY(remembered.origin, m_services.database.read(tenant, deadline, look));
    if (!remembered.origin.empty()) {
        EXHIBIT_TRY(remembered.head, m_services.signer.lastHead(remembered.origin));
    }
    return remembered;
}

/// The log with what was signed of it, by the database's word and by the signer's, whose memory no
/// restored backup can take back.
Result<LedgerCheck> Checkpointer::compare(Transaction& transaction, const Remembered& remembered)
{
    EXHIBIT_TRY(LedgerCheck check, checkLastCheckpoint(transaction));
    const auto head = readHead(transaction);
    if (!check.sound() || !head || !*head || (*head)->origin != remembered.origin
        || !remembered.head) {
        return check;
    }
    const std::int32_t epoch = (*head)->epoch;
    const std::uint64_t size = remembered.head->size;
    if (size > (*head)->nextSequence) {
        check.found({epoch,
                     (*head)->nextSequence,
                     "entries that were signed are gone, as after a restore"});
        return check;
    }
    EXHIBIT_TRY(const auto last, readCheckpoint(transaction, epoch));
    const auto note = last ? evidence::parseNote(last->note)
                           : Result<evidence::Note>(fail(ErrorCode::NotFound, ""));
    if (note && !evidence::verifyNote(*note, remembered.keys)) {
        check.found({epoch, last->head.size, "the signature of the newest head does not fit"});
    }
    const auto root = evidence::rangeRoot(ledgerNodes(transaction, epoch, size), 0, size);
    if (!root || *root != remembered.head->root) {
        check.found({epoch, size, "the stored entries are not those that were signed"});
    }
    return check;
}

/// Whether there was nothing to recover after all: looked at again with the log's lock.
Result<bool> Checkpointer::recover(TenantId tenant, const Remembered& remembered, Deadline deadline)
{
    const auto work = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(lockLedger(transaction));
        EXHIBIT_TRY(const LedgerCheck check, compare(transaction, remembered));
        if (check.sound()) {
            return true;
        }
        ops::logError("the log of {} is damaged at {}: {}; it goes on in a new epoch",
                      tenant.text(),
                      check.findings.front().sequence,
                      check.findings.front().problem);
        EXHIBIT_CHECK(
            recoverLedger(transaction, m_services.ledger, check, "exhibitd", remembered.keys));
        return false;
    };
    return m_services.database.write(tenant, deadline, work);
}

} // namespace exhibit::storage
