// SPDX-License-Identifier: Apache-2.0
#include "server/storage/remediation_store.h"

#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

constexpr std::int64_t kRemediationsMax = 100; ///< Of one incident.
constexpr std::string_view kVerifiedEntry = "remediation.verified";

Result<void> expectIncident(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT FROM incidents WHERE tenant_id = $1"
                                  " AND incident_id = $2 FOR KEY SHARE",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such incident", incident.text());
    }
    return {};
}

Result<domain::Remediation> itemOf(const Rows& rows, std::size_t row)
{
    domain::Remediation item;
    item.number = rows.integer(row, 0);
    item.action = rows.text(row, 1);
    item.owner = rows.optionalText(row, 2);
    if (!rows.isNull(row, 3)) {
        item.due = rows.time(row, 3);
    }
    EXHIBIT_TRY(item.state, parseEnum<domain::RemediationState>(rows.text(row, 4)));
    item.approver = rows.optionalText(row, 5);
    item.updatedAt = rows.time(row, 6);
    return item;
}

Result<std::int64_t> nextNumber(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT coalesce(max(remediation_no), 0) + 1 FROM remediations"
                                  " WHERE tenant_id = $1 AND incident_id = $2",
                                  {transaction.tenant(), incident}));
    if (rows.integer(0, 0) > kRemediationsMax) {
        return fail(ErrorCode::TooLarge, "an incident has at most 100 remediations");
    }
    return rows.integer(0, 0);
}

Parameters columnsOf(TenantId tenant, IncidentId incident, const domain::Remediation& item)
{
    return {tenant,
            incident,
            item.number,
            storable(item.action),
            storable(item.owner),
            item.due,
            wireName(item.state),
            storable(item.approver)};
}

Result<domain::Remediation> write(Transaction& transaction,
                                  IncidentId incident,
                                  domain::Remediation item)
{
    constexpr std::string_view kReturned
        = " RETURNING remediation_no, action, owner, due_at, state, approver, updated_at";
    const bool isNew = item.number == 0;
    if (isNew) {
        EXHIBIT_TRY(item.number, nextNumber(transaction, incident));
    }
    const std::string sql = isNew
        ? "INSERT INTO remediations (tenant_id, incident_id, remediation_no, action, owner,"
          " due_at, state, approver) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        : "UPDATE remediations SET action = $4, owner = $5, due_at = $6, state = $7,"
          " approver = $8, updated_at = clock_timestamp()"
          " WHERE tenant_id = $1 AND incident_id = $2 AND remediation_no = $3";
    EXHIBIT_TRY(const Rows rows,
                transaction.query(sql + std::string(kReturned),
                                  columnsOf(transaction.tenant(), incident, item)));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "the incident has no remediation of that number", "n");
    }
    return itemOf(rows, 0);
}

domain::FixVerification verificationOf(const RemediationStore::Finding& finding)
{
    const auto& [incident, call, outcome, match, actor] = finding.found;
    domain::FixVerification verification;
    verification.number = finding.number;
    verification.verdict = finding.fix.verdict;
    verification.reason = finding.fix.reason;
    const auto& changed = outcome.underOther ? *outcome.underOther : outcome.again;
    verification.snapshotId = changed.snapshotId;
    verification.recordedSnapshotId = outcome.again.snapshotId;
    verification.stoppedBy = changed.stoppedBy;
    verification.at = utcNow();
    if (outcome.replayed && match) {
        verification.matchLevel = match->level;
        verification.replayCallId = outcome.replayed->callId;
        verification.replayRunId = outcome.replayed->runId;
    } else {
        verification.notReplayableReason = outcome.notReplayableReason;
    }
    return verification;
}

Result<EntryDraft> verificationEntry(const RemediationStore::Finding& finding,
                                     const domain::FixVerification& verification)
{
    EXHIBIT_TRY(EntryDraft entry, replayEntry(kVerifiedEntry, finding.found));
    entry.fields.push_back({"/remediation", std::to_string(finding.number)});
    entry.fields.push_back({"/verdict", std::string(wireName(verification.verdict))});
    entry.fields.push_back({"/changed_snapshot_id", verification.snapshotId});
    entry.fields.push_back({"/verdict_reason", verification.reason});
    return entry;
}

Result<void> insertVerification(Transaction& transaction,
                                const RemediationStore::Finding& finding,
                                const domain::FixVerification& verification,
                                std::int32_t epoch)
{
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO fix_verifications (tenant_id, verification_id, incident_id, remediation_no,"
        " verdict, snapshot_id, epoch, sequence_number, document, verified_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        {transaction.tenant(),
         Uuid::v7(),
         finding.found.incident,
         finding.number,
         wireName(verification.verdict),
         verification.snapshotId,
         epoch,
         verification.seq,
         storable(toJson(verification)),
         verification.at}));
    return recordAudit(
        transaction,
        finding.found.actor,
        {std::string(kVerifiedEntry),
         finding.found.incident.text(),
         JsonObject{{"remediation", finding.number}, {"verdict", wireName(verification.verdict)}},
         finding.found.incident},
        verification.at);
}

} // namespace

Result<IncidentRemediations> RemediationStore::list(TenantId tenant,
                                                    IncidentId incident,
                                                    Deadline deadline)
{
    const auto read = [&](Transaction& transaction) -> Result<IncidentRemediations> {
        EXHIBIT_TRY(const Rows known,
                    transaction.query("SELECT FROM incidents WHERE tenant_id = $1"
                                      " AND incident_id = $2",
                                      {tenant, incident}));
        if (known.empty()) {
            return fail(ErrorCode::NotFound, "there is no such incident", incident.text());
        }
        EXHIBIT_TRY(const Rows items,
                    transaction.query("SELECT remediation_no, action, owner, due_at, state,"
                                      " approver, updated_at FROM remediations WHERE tenant_id = $1"
                                      " AND incident_id = $2 ORDER BY remediation_no",
                                      {tenant, incident}));
        IncidentRemediations all;
        for (std::size_t row = 0; row < items.size(); ++row) {
            EXHIBIT_TRY(auto item, itemOf(items, row));
            all.items.push_back(std::move(item));
        }
        EXHIBIT_TRY(
            const Rows verifications,
            transaction.query("SELECT document FROM fix_verifications WHERE tenant_id = $1"
                              " AND incident_id = $2 ORDER BY verification_id DESC LIMIT $3",
                              {tenant, incident, kRemediationsMax}));
        for (std::size_t row = 0; row < verifications.size(); ++row) {
            EXHIBIT_TRY(auto verification,
                        fromJson<domain::FixVerification>(verifications.json(row, 0)));
            all.verifications.push_back(std::move(verification));
        }
        return all;
    };
    return m_database.read(tenant, deadline, read);
}

Result<domain::Remediation> RemediationStore::save(TenantId tenant,
                                                   IncidentId incident,
                                                   const domain::Remediation& item,
                                                   const Actor& actor,
                                                   LedgerAppender& ledger,
                                                   Deadline deadline)
{
    const auto store = [&](Transaction& transaction) -> Result<domain::Remediation> {
        EXHIBIT_CHECK(expectIncident(transaction, incident));
        EXHIBIT_TRY(auto written, write(transaction, incident, item));
        const AuditedAction action{item.number == 0 ? "remediation.added" : "remediation.changed",
                                   incident.text(),
                                   toJson(written),
                                   incident};
        EXHIBIT_CHECK(recordAction(transaction, ledger, actor, action));
        return written;
    };
    return m_database.write(tenant, deadline, store);
}

Result<domain::FixVerification> RemediationStore::recordVerification(TenantId tenant,
                                                                     const Finding& finding,
                                                                     ChainLedger& ledger,
                                                                     Deadline deadline)
{
    const auto store = [&](Transaction& transaction) -> Result<domain::FixVerification> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT FROM remediations WHERE tenant_id = $1"
                                      " AND incident_id = $2 AND remediation_no = $3",
                                      {tenant, finding.found.incident, finding.number}));
        if (rows.empty()) {
            return fail(ErrorCode::NotFound, "the incident has no remediation of that number", "n");
        }
        auto verification = verificationOf(finding);
        EXHIBIT_TRY(const EntryDraft entry, verificationEntry(finding, verification));
        EXHIBIT_TRY(const LedgerHead head, ledger.appendAt(transaction, {&entry, 1}));
        verification.logOrigin = head.origin;
        verification.seq = static_cast<std::int64_t>(head.nextSequence);
        EXHIBIT_CHECK(insertVerification(transaction, finding, verification, head.epoch));
        return verification;
    };
    return m_database.write(tenant, deadline, store);
}

} // namespace exhibit::storage
