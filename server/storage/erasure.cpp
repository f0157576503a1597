// SPDX-License-Identifier: Apache-2.0
#include "server/storage/erasure.h"

#include "models/base/limits.h"
#include "server/storage/erasure_reading.h"
#include "server/storage/export_job_store.h"
#include "server/storage/ingest_insert.h"

namespace exhibit::storage {
namespace {

constexpr std::string_view kUserPrefix = "user:";
/// SQLSTATE of a refusal by erase_subject().
constexpr std::string_view kHeldState = "55006";
/// Of one entry: its details stay far below what a field file may hold.
constexpr std::size_t kFieldsPerEntryMax = 1000;

/// One entry, or more where one cannot hold the names of all fields.
Result<void> recordErasure(Transaction& transaction,
                           LedgerAppender& ledger,
                           const Actor& actor,
                           const std::string& keyId,
                           JsonObject details,
                           const std::vector<evidence::ErasedField>& fields)
{
    for (std::size_t from = 0; from == 0 || from < fields.size(); from += kFieldsPerEntryMax) {
        const auto to = std::min(fields.size(), from + kFieldsPerEntryMax);
        details["erased"]
            = evidence::erasedFieldsJson({fields.begin() + static_cast<std::ptrdiff_t>(from),
                                          fields.begin() + static_cast<std::ptrdiff_t>(to)});
        EXHIBIT_CHECK(
            recordAction(transaction, ledger, actor, {"field.erased", keyId, details, {}}));
        // The counts are of the whole erasure, and stand once.
        details["fields"] = 0;
        details["bodies"] = 0;
    }
    return {};
}

/// What a subject's text names: a user, or a call.
struct NamedSubject {
    std::optional<std::string> user;
    std::optional<CallId> call;
};

Result<NamedSubject> parseSubject(const SubjectId& subject)
{
    if (subject.starts_with(kUserPrefix) && subject.size() > kUserPrefix.size()) {
        return NamedSubject{subject.substr(kUserPrefix.size()), {}};
    }
    const auto call = CallId::parse(subject);
    if (!call) {
        return fail(ErrorCode::InvalidInput, "expected user: and an id, or a call's id", "subject");
    }
    return NamedSubject{{}, *call};
}

Result<void> expectIncident(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT FROM incidents WHERE tenant_id = $1 AND incident_id = $2",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return fail(ErrorCode::NotFound, "there is no such incident", "incident_id");
    }
    return {};
}

} // namespace

Result<HoldId> placeHold(Transaction& transaction,
                         LedgerAppender& ledger,
                         const Actor& actor,
                         const HoldRequest& hold)
{
    const HoldId id = HoldId::generate();
    std::optional<Uuid> call;
    if (hold.subject) {
        EXHIBIT_TRY(const auto named, parseSubject(*hold.subject));
        call = named.call ? std::optional(named.call->value) : std::nullopt;
    }
    if (hold.incident) {
        EXHIBIT_CHECK(expectIncident(transaction, *hold.incident));
    }
    EXHIBIT_CHECK(transaction.query(
        "INSERT INTO legal_holds (tenant_id, hold_id, subject, call_id, incident_id, reason,"
        " placed_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        {transaction.tenant(),
         id.value,
         storable(hold.subject),
         call,
         hold.incident,
         storable(hold.reason),
         actor.id}));
    // Whom it covers stands in its row alone: an entry cannot forget a name.
    JsonObject details{{"reason", hold.reason},
                       {"covers",
                        hold.subject        ? "subject"
                            : hold.incident ? "incident"
                                            : "everything"}};
    EXHIBIT_CHECK(recordAction(
        transaction, ledger, actor, {"hold.placed", id.text(), std::move(details), hold.incident}));
    return id;
}

Result<void> releaseHold(Transaction& transaction,
                         LedgerAppender& ledger,
                         const Actor& actor,
                         HoldId hold)
{
    EXHIBIT_TRY(const Rows released,
                transaction.query("UPDATE legal_holds SET released_at = clock_timestamp()"
                                  " WHERE tenant_id = $1 AND hold_id = $2 AND released_at IS NULL",
                                  {transaction.tenant(), hold.value}));
    if (released.affected() == 0) {
        return fail(ErrorCode::NotFound, "there is no such hold in force");
    }
    return recordAction(
        transaction, ledger, actor, {"hold.released", hold.text(), JsonObject{}, {}});
}

Result<std::vector<StoredHold>> listHolds(Transaction& transaction)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query("SELECT hold_id, subject, incident_id, reason, placed_by,"
                          " placed_at, released_at FROM legal_holds WHERE tenant_id = $1"
                          " ORDER BY hold_id DESC LIMIT $2",
                          {transaction.tenant(), static_cast<std::int64_t>(limits::kPageRowsMax)}));
    std::vector<StoredHold> holds;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        StoredHold hold;
        hold.id = HoldId{rows.uuid(row, 0)};
        hold.subject = rows.optionalText(row, 1);
        if (!rows.isNull(row, 2)) {
            hold.incident = IncidentId{rows.uuid(row, 2)};
        }
        hold.reason = rows.text(row, 3);
        hold.placedBy = rows.text(row, 4);
        hold.placedAt = rows.time(row, 5);
        if (!rows.isNull(row, 6)) {
            hold.releasedAt = rows.time(row, 6);
        }
        holds.push_back(std::move(hold));
    }
    return holds;
}

Result<Erasure> eraseSubject(Transaction& transaction,
                             LedgerAppender& ledger,
                             SubjectKeys& keys,
                             const Actor& actor,
                             const SubjectId& subject,
                             const std::string& basis)
{
    EXHIBIT_TRY(const auto named, parseSubject(subject));
    const auto& [user, call] = named;
    const auto callId = call ? std::optional(call->value) : std::nullopt;
    const auto callAt = call ? std::optional(call->value.timestamp()) : std::nullopt;
    // Before the rest: it waits for a call of the subject that is being indexed right now.
    EXHIBIT_CHECK(transaction.query("SELECT forget_call_subject($1, $2)",
                                    {transaction.tenant(), storable(subject)}));
    EXHIBIT_TRY(const auto fields, fieldsOfSubject(transaction, subject));
    const auto rows
        = transaction.query("SELECT erased_key, field_rows, body_rows, call_rows, use_rows"
                            " FROM erase_subject($1, $2, $3, $4)",
                            {storable(subject), storable(user), callId, callAt});
    if (!rows) {
        return rows.error().subject == kHeldState
            ? fail(ErrorCode::Conflict, "a legal hold covers this; it cannot be erased")
            : tl::make_unexpected(rows.error());
    }
    const bool hadKey = !rows->isNull(0, 0);
    const Erasure erased{rows->integer(0, 1),
                         rows->integer(0, 2),
                         rows->integer(0, 3),
                         hadKey ? std::optional(rows->uuid(0, 0)) : std::nullopt};
    if (!hadKey && erased.fields == 0 && erased.bodies == 0 && erased.calls == 0
        && rows->integer(0, 4) == 0) {
        return fail(ErrorCode::NotFound, "nothing of this subject is kept", "subject");
    }
    if (hadKey) {
        keys.forget(rows->uuid(0, 0));
    }
    EXHIBIT_CHECK(dropExportsOfErased(transaction));
    // The entry must not name the person: the key's id says whose fields went.
    EXHIBIT_CHECK(recordErasure(
        transaction,
        ledger,
        actor,
        hadKey ? rows->uuid(0, 0).hyphenated() : "",
        JsonObject{{"basis", basis}, {"fields", erased.fields}, {"bodies", erased.bodies}},
        fields));
    return erased;
}

} // namespace exhibit::storage
