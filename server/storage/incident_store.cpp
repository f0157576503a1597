// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store.h"

#include "models/evidence/field.h"
#include "models/evidence/keys.h"
#include "server/storage/cost_currency.h"
#include "server/storage/incident_notes.h"
#include "server/storage/incident_row.h"
#include "server/storage/incident_store_order.h"
#include "server/storage/incident_store_words.h"
#include "server/storage/ingest_insert.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

tl::unexpected<Error> noSuchIncident(IncidentId incident)
{
    return fail(ErrorCode::NotFound, "there is no such incident", incident.text());
}

Result<SearchTotal> countHits(Transaction& transaction,
                              TenantId tenant,
                              const IncidentSearch& search)
{
    Parameters parameters{tenant, static_cast<std::int64_t>(limits::kExactTotalMax)};
    const auto compiled = compileSearch(tenant, search, parameters);
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT total, is_estimate FROM count_incidents($1, "
                                      + compiled.text + ", " + compiled.filters + ", $2)",
                                  parameters));
    return SearchTotal{rows.integer(0, 0), rows.boolean(0, 1)};
}

/// One row more than the page, to know whether another follows.
Result<Rows> findHits(Transaction& transaction, TenantId tenant, const IncidentSearch& search)
{
    Parameters parameters{tenant, static_cast<std::int64_t>(search.offset), kWholeText, kFragments};
    const auto compiled = compileSearch(tenant, search, parameters);
    const auto rowsMax = static_cast<std::int64_t>(search.limit) + search.offset + 1;
    const auto page = pageOf(tenant, search, compiled, rowsMax, parameters);
    return transaction.query(
        "SELECT " + std::string(kIncidentColumns) + ", " + headlineExpression("i.title", "$3", "$4")
            + ", " + headlineExpression("i.excerpt", "$3", "$4")
            + ", (SELECT d.result FROM decisions d WHERE d.tenant_id = $1"
              " AND d.decision_id = i.decision_id), f.found_key FROM "
            + page.rows
            + " JOIN incidents i ON i.tenant_id = $1 AND i.incident_id = f.found_id"
              " CROSS JOIN (SELECT "
            + compiled.headline + " AS words) AS w ORDER BY " + page.order + " OFFSET $2",
        parameters);
}

void addHighlights(IncidentHit& hit, const Rows& rows, std::size_t row)
{
    for (const int column : {kIncidentColumnCount, kIncidentColumnCount + 1}) {
        addHighlight(hit.highlights, rows.text(row, column));
    }
}

Result<UtcTime> databaseTime(Transaction& transaction)
{
    EXHIBIT_TRY(const Rows rows, transaction.query("SELECT now()"));
    return rows.time(0, 0);
}

Result<StoredIncident> read(Transaction& transaction, IncidentId incident)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT " + std::string(kIncidentColumns)
                                      + ", r.policy_snapshot_id"
                                        " FROM incidents i LEFT JOIN runs r"
                                        " ON r.tenant_id = i.tenant_id AND r.run_id = i.run_id"
                                        " WHERE i.tenant_id = $1 AND i.incident_id = $2",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return noSuchIncident(incident);
    }
    EXHIBIT_TRY(auto found, incidentOf(rows, 0));
    EXHIBIT_TRY(found.currency, currencyOf(transaction));
    EXHIBIT_TRY(found.notes, notesOf(transaction, incident));
    return StoredIncident{std::move(found), std::string(rows.text(0, kIncidentColumnCount))};
}

/// `added`: the note that is added, where one is.
Json describe(const IncidentChange& change, const NewNote& added)
{
    JsonObject details;
    if (change.status) {
        details.emplace("status", wireName(*change.status));
    }
    if (change.assignee) {
        details.emplace("assignee", *change.assignee ? Json(**change.assignee) : Json(nullptr));
    }
    if (change.tags) {
        details.emplace("tags", toJson(*change.tags));
    }
    if (!change.addTags.empty()) {
        details.emplace("add_tags", toJson(change.addTags));
    }
    if (!change.removeTags.empty()) {
        details.emplace("remove_tags", toJson(change.removeTags));
    }
    if (change.addNote) {
        // Not its text, nor a bare digest, which a short one is guessed by: what is written here
        // cannot be erased.
        const Bytes digest = evidence::hmacSha256(added.nonce, storable(*change.addNote));
        details.emplace("add_note",
                        JsonObject{{"note_id", added.id.text()}, {"hmac_sha256", toHex(digest)}});
    }
    if (change.withdrawNote) {
        details.emplace("withdraw_note", change.withdrawNote->text());
    }
    return Json(std::move(details));
}

/// Tags are changed in the row as it is when it is written: two people may tag at once.
constexpr std::string_view kChange
    = "UPDATE incidents SET status = coalesce($3, status),"
      " assignee = CASE WHEN $4::boolean THEN $5 ELSE assignee END,"
      " tags = ARRAY(SELECT kept.tag FROM unnest(coalesce($6::text[], tags))"
      "   WITH ORDINALITY AS kept(tag, place) WHERE kept.tag <> ALL ($8::text[])"
      "   ORDER BY kept.place)"
      "  || ARRAY(SELECT added.tag FROM unnest($7::text[]) WITH ORDINALITY AS added(tag, place)"
      "   WHERE added.tag <> ALL (tags) AND added.tag <> ALL ($8::text[]) ORDER BY added.place),"
      " updated_at = now() WHERE tenant_id = $1 AND incident_id = $2"
      " AND status = coalesce($9, status)"
      " AND (NOT $10::boolean OR assignee IS NOT DISTINCT FROM $11)"
      " RETURNING created_at, to_jsonb(tags), assignee";
// Words of the row alone; texts have no lexeme with a colon.
constexpr std::string_view kFollow
    = "UPDATE incident_search SET status = coalesce($4, status),"
      " tsv = ts_delete(tsv, ARRAY(SELECT l FROM unnest(tsvector_to_array(tsv)) AS l"
      "   WHERE l ^@ 'g:' OR l ^@ 'a:')) || array_to_tsvector($5::text[])"
      " WHERE tenant_id = $1 AND created_at = $2 AND incident_id = $3";

Parameter tagsParameter(const std::vector<std::string>& tags)
{
    std::vector<std::string> kept;
    for (const auto& tag : tags) {
        kept.push_back(storable(tag));
    }
    return Parameter::array(kept);
}

Parameter statusParameter(const std::optional<domain::IncidentStatus>& status)
{
    return status ? Parameter(wireName(*status)) : Parameter(std::nullopt);
}

/// Why no row fitted.
Result<void> notChanged(Transaction& transaction, IncidentId incident, const IncidentChange& change)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT status, assignee FROM incidents WHERE tenant_id = $1"
                                  " AND incident_id = $2",
                                  {transaction.tenant(), incident}));
    if (rows.empty()) {
        return noSuchIncident(incident);
    }
    const auto status = rows.text(0, 0);
    if (change.statusWas && status != wireName(*change.statusWas)) {
        return fail(ErrorCode::Conflict,
                    "its status is \"" + std::string(status) + "\" by now",
                    "/status_was");
    }
    return fail(ErrorCode::Conflict,
                rows.isNull(0, 1) ? "it is nobody's by now"
                                  : "it is \"" + std::string(rows.text(0, 1)) + "\"'s by now",
                "/assignee_was");
}

Parameter innerText(const std::optional<std::optional<std::string>>& value)
{
    return value ? storable(*value) : Parameter(std::nullopt);
}

/// The search table says what the row says: its status, its tags and whose it is.
Result<void> follow(Transaction& transaction,
                    IncidentId incident,
                    const IncidentChange& change,
                    const Rows& changed)
{
    if (!change.status && !change.tags && change.addTags.empty() && change.removeTags.empty()
        && !change.assignee) {
        return {};
    }
    EXHIBIT_TRY(const auto tags, fromJson<std::vector<std::string>>(changed.json(0, 1)));
    if (tags.size() > kIncidentTagsMax) {
        return fail(ErrorCode::InvalidInput, "an incident has at most 64 tags", "/add_tags");
    }
    std::vector<std::string> lexemes;
    for (const auto& tag : tags) {
        lexemes.push_back(lexeme(FilterLexeme::Tag, tag));
    }
    if (const auto assignee = changed.optionalText(0, 2)) {
        lexemes.push_back(lexeme(FilterLexeme::Assignee, *assignee));
    }
    EXHIBIT_CHECK(transaction.query(kFollow,
                                    {transaction.tenant(),
                                     changed.time(0, 0),
                                     incident,
                                     statusParameter(change.status),
                                     Parameter::array(lexemes)}));
    return {};
}

Result<void> apply(Transaction& transaction, IncidentId incident, const IncidentChange& change)
{
    EXHIBIT_TRY(
        const Rows changed,
        transaction.query(kChange,
                          {transaction.tenant(),
                           incident,
                           statusParameter(change.status),
                           change.assignee.has_value(),
                           innerText(change.assignee),
                           change.tags ? tagsParameter(*change.tags) : Parameter(std::nullopt),
                           tagsParameter(change.addTags),
                           tagsParameter(change.removeTags),
                           statusParameter(change.statusWas),
                           change.assigneeWas.has_value(),
                           innerText(change.assigneeWas)}));
    if (changed.empty()) {
        return notChanged(transaction, incident, change);
    }
    return follow(transaction, incident, change, changed);
}

} // namespace

Result<IncidentPage> IncidentStore::search(TenantId tenant,
                                           const IncidentSearch& search,
                                           Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<IncidentPage> {
        IncidentPage page;
        EXHIBIT_TRY(page.asOf, databaseTime(transaction));
        Parameters unused;
        if (compileSearch(tenant, search, unused).impossible) {
            return page;
        }
        EXHIBIT_TRY(const Rows rows, findHits(transaction, tenant, search));
        EXHIBIT_TRY(const auto currency, currencyOf(transaction));
        const auto count = std::min<std::size_t>(rows.size(), search.limit);
        for (std::size_t row = 0; row < count; ++row) {
            IncidentHit hit;
            EXHIBIT_TRY(hit.incident, incidentOf(rows, row));
            hit.incident.currency = currency;
            addHighlights(hit, rows, row);
            if (!rows.isNull(row, kIncidentColumnCount + 2)) {
                EXHIBIT_CHECK(
                    readEnum(rows.text(row, kIncidentColumnCount + 2), hit.result.emplace()));
            }
            page.hits.push_back(std::move(hit));
        }
        if (rows.size() > search.limit) {
            const auto& last = page.hits.back().incident;
            page.next = SearchPosition{
                last.createdAt, last.incidentId, rows.integer(count - 1, kIncidentColumnCount + 3)};
        }
        const PageOutline outline{static_cast<std::int64_t>(count),
                                  page.next.has_value(),
                                  !search.after,
                                  search.offset,
                                  search.total};
        EXHIBIT_TRY(page.total,
                    totalOf(outline, [&] { return countHits(transaction, tenant, search); }));
        return page;
    });
}

Result<StoredIncident> IncidentStore::get(TenantId tenant, IncidentId incident, Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) { return read(transaction, incident); });
}

Result<StoredIncident> IncidentStore::change(TenantId tenant,
                                             IncidentId incident,
                                             const IncidentChange& change,
                                             const Actor& actor,
                                             LedgerAppender& ledger,
                                             Deadline deadline)
{
    const NewNote note{domain::NoteId::generate(), actor.id, evidence::randomSalts(1)};
    const AuditedAction action{
        "incident.changed", incident.text(), describe(change, note), incident};
    return m_database.write(
        tenant, deadline, [&](Transaction& transaction) -> Result<StoredIncident> {
            EXHIBIT_CHECK(apply(transaction, incident, change));
            EXHIBIT_CHECK(changeNotes(transaction, incident, change, note));
            EXHIBIT_CHECK(recordAction(transaction, ledger, actor, action));
            return read(transaction, incident);
        });
}

} // namespace exhibit::storage
