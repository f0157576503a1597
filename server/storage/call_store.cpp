// SPDX-License-Identifier: Apache-2.0
#include "server/storage/call_store.h"

#include "server/storage/call_store_query.h"
#include "server/storage/cost_currency.h"
#include "server/storage/incident_store_words.h"

namespace exhibit::storage {
namespace {

constexpr std::string_view kColumns
    = "c.call_id, c.run_id, c.project_id, c.user_id, c.session_id, c.endpoint, c.model,"
      " c.answered_model, c.upstream, c.opened_at, c.closed_at, c.status, c.outcome, c.error_code,"
      " c.prompt_tokens, c.completion_tokens, c.cost_microcents, c.latency_us, s.decisions,"
      " to_jsonb(s.incident_ids), s.asked, s.answered, s.complete,"
      " call_search_has($1, f.found_at, f.found_id, $8::tsquery)";
constexpr int kColumnCount = 24;
/// What a page shows of a text; the highlights are taken from all that is kept of it.
constexpr std::size_t kShownBytes = 400;

std::string shown(std::string_view text)
{
    return std::string(text.substr(0, characterStart(text, std::min(text.size(), kShownBytes))));
}

/// From the columns of kColumns and the two headlines.
Result<CallHit> hitOf(const Rows& rows, std::size_t row)
{
    CallHit hit;
    hit.callId = {rows.uuid(row, 0)};
    hit.runId = {rows.uuid(row, 1)};
    hit.projectId = {rows.uuid(row, 2)};
    hit.userId = rows.optionalText(row, 3);
    hit.sessionId = rows.optionalText(row, 4);
    hit.endpoint = rows.text(row, 5);
    hit.model = rows.text(row, 6);
    hit.answeredModel = rows.optionalText(row, 7);
    hit.upstream = rows.optionalText(row, 8);
    hit.openedAt = rows.time(row, 9);
    hit.closedAt = rows.time(row, 10);
    hit.status = rows.integer(row, 11);
    hit.outcome = rows.text(row, 12);
    hit.errorCode = rows.optionalText(row, 13);
    hit.promptTokens = rows.integer(row, 14);
    hit.completionTokens = rows.integer(row, 15);
    hit.costMicrocents = rows.integer(row, 16);
    hit.latencyUs = rows.integer(row, 17);
    EXHIBIT_TRY(hit.decisions, fromJson<std::vector<FoundDecision>>(rows.json(row, 18)));
    const Json incidents = rows.json(row, 19);
    for (const auto& incident : incidents.as_array()) {
        EXHIBIT_TRY(const auto id, Uuid::parseHyphenated(incident.as_string()));
        hit.incidentIds.push_back(IncidentId{id});
    }
    hit.asked = shown(rows.text(row, 20));
    hit.answered = shown(rows.text(row, 21));
    hit.textComplete = rows.boolean(row, 22);
    hit.passed = rows.boolean(row, 23);
    addHighlight(hit.highlights, rows.text(row, kColumnCount));
    addHighlight(hit.highlights, rows.text(row, kColumnCount + 1));
    return hit;
}

/// One row more than the page, to know whether another follows.
Result<Rows> findHits(Transaction& transaction, const CallSearch& search)
{
    Parameters parameters{
        transaction.tenant(),
        search.after ? Parameter(search.after->openedAt) : Parameter(std::nullopt),
        search.after ? Parameter(search.after->callId) : Parameter(std::nullopt),
        static_cast<std::int64_t>(search.limit) + search.offset + 1,
        static_cast<std::int64_t>(search.offset),
        kWholeText,
        kFragments,
        lexemeQuery(FilterLexeme::Decision, wireName(domain::DecisionResult::Pass))};
    const auto compiled = compileSearch(transaction.tenant(), search, parameters);
    return transaction.query(
        "SELECT " + std::string(kColumns) + ", " + headlineExpression("s.asked", "$6", "$7") + ", "
            + headlineExpression("s.answered", "$6", "$7")
            + " FROM (SELECT * FROM search_calls($1, " + compiled.text + ", " + compiled.filters
            + ", $2, $3, $4::integer) OFFSET $5) AS f CROSS JOIN LATERAL"
              " call_search_row($1, f.found_at, f.found_id) AS s JOIN proxy_calls c"
              " ON c.tenant_id = $1 AND c.opened_at = f.found_at AND c.call_id = f.found_id"
              " CROSS JOIN (SELECT "
            + compiled.headline + " AS words) AS w ORDER BY f.found_at DESC, f.found_id DESC",
        parameters);
}

Result<SearchTotal> countHits(Transaction& transaction, const CallSearch& search)
{
    Parameters parameters{transaction.tenant(), static_cast<std::int64_t>(limits::kExactTotalMax)};
    const auto compiled = compileSearch(transaction.tenant(), search, parameters);
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT total, is_estimate FROM count_calls($1, " + compiled.text
                                      + ", " + compiled.filters + ", $2)",
                                  parameters));
    return SearchTotal{rows.integer(0, 0), rows.boolean(0, 1)};
}

/// Asked before the search: what is indexed between the two is found though not promised.
Result<void> readTimes(Transaction& transaction, CallPage& page)
{
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT now(), least(now(), min(ended_at)) FROM call_index_queue"
                                  " WHERE tenant_id = $1",
                                  {transaction.tenant()}));
    page.databaseTime = rows.time(0, 0);
    page.asOf = rows.time(0, 1);
    return {};
}

} // namespace

Result<CallPage> CallStore::search(TenantId tenant, const CallSearch& search, Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<CallPage> {
        CallPage page;
        EXHIBIT_CHECK(readTimes(transaction, page));
        Parameters unused;
        if (compileSearch(tenant, search, unused).impossible) {
            return page;
        }
        EXHIBIT_TRY(const Rows rows, findHits(transaction, search));
        EXHIBIT_TRY(const auto currency, currencyOf(transaction));
        const auto count = std::min<std::size_t>(rows.size(), search.limit);
        for (std::size_t row = 0; row < count; ++row) {
            EXHIBIT_TRY(auto hit, hitOf(rows, row));
            hit.currency = currency;
            page.hits.push_back(std::move(hit));
        }
        if (rows.size() > search.limit) {
            page.next = CallPosition{page.hits.back().openedAt, page.hits.back().callId};
        }
        const PageOutline outline{static_cast<std::int64_t>(count),
                                  page.next.has_value(),
                                  !search.after,
                                  search.offset,
                                  search.total};
        EXHIBIT_TRY(page.total, totalOf(outline, [&] { return countHits(transaction, search); }));
        return page;
    });
}

} // namespace exhibit::storage
