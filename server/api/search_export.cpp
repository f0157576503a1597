// SPDX-License-Identifier: Apache-2.0
// What a search finds, as a file for spreadsheets and programs.
#include "models/report/csv.h"
#include "models/report/redaction.h"
#include "server/api/export_answer.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"
#include "server/api/search_request.h"

namespace exhibit::api {

struct SearchExportRequest {
    std::string format = "csv";
    SearchRequest search;
    bool redact = true;
    std::string reason;
};

template <class V>
void visitFields(V& visit, Of<V, SearchExportRequest>& request)
{
    visit.defaulted("format", request.format);
    visit.defaulted("search", request.search);
    visit.defaulted("redact", request.redact);
    visit.defaulted("reason", request.reason);
}

namespace {

constexpr std::size_t kRowsMax = 50'000;
constexpr std::size_t kRowsAtOnceMax = 5'000;
/// Stands for a name in the log.
constexpr const char* kNamed = "[NAMED]";

Result<SearchExportRequest> readRequest(const http::Request& request,
                                        const security::Principal& principal)
{
    EXHIBIT_TRY(auto body, readBody<SearchExportRequest>(request));
    EXHIBIT_CHECK(checkWords(body.reason, "/reason"));
    if (body.search.cursor || body.search.offset || body.search.limit) {
        return fail(ErrorCode::InvalidInput,
                    "an export holds everything that is found: no limit, cursor or offset",
                    "/search");
    }
    EXHIBIT_CHECK(checkRedaction(body.redact, principal));
    return body;
}

/// Everything that is found, newest first.
Result<std::vector<storage::IncidentHit>> findAll(const SharedServices& services,
                                                  TenantId tenant,
                                                  storage::IncidentSearch search,
                                                  const ExportProgress& progress)
{
    const auto deadline = deadlineOf(progress);
    search.limit = limits::kPageRowsMax;
    std::vector<storage::IncidentHit> hits;
    for (;;) {
        EXHIBIT_TRY(auto page,
                    storage::IncidentStore(services->database).search(tenant, search, deadline));
        std::move(page.hits.begin(), page.hits.end(), std::back_inserter(hits));
        if (hits.size() > kRowsMax) {
            return fail(ErrorCode::TooLarge, "the search finds more than 50,000 incidents");
        }
        if (!page.next) {
            return hits;
        }
        if (!progress && hits.size() > kRowsAtOnceMax) {
            return fail(ErrorCode::TooLarge, "it finds many", std::string(kNeedsJob));
        }
        if (progress) {
            EXHIBIT_CHECK(progress("rows", static_cast<std::int64_t>(hits.size()), 0));
        }
        search.after = page.next;
        search.total = page.total;
    }
}

std::string csvOf(const storage::IncidentHit& hit)
{
    const auto& incident = hit.incident;
    std::string tags;
    for (const auto& tag : incident.tags) {
        tags += (tags.empty() ? "" : " ") + tag;
    }
    return report::csvLine(
        {incident.incidentId.text(),
         formatTime(incident.createdAt),
         std::string(wireName(incident.severity)),
         std::string(wireName(incident.status)),
         incident.policyId,
         std::string(incident.failureCode ? wireName(*incident.failureCode) : ""),
         std::string(hit.result ? wireName(*hit.result) : ""),
         incident.model,
         incident.runId.text(),
         incident.callId.text(),
         incident.userId.value_or(""),
         incident.sessionId.value_or(""),
         incident.title,
         incident.excerpt,
         std::to_string(incident.costMicrocents),
         incident.currency.value_or(""),
         std::to_string(incident.latencyUs),
         incident.assignee.value_or(""),
         tags});
}

std::string csvHead()
{
    return report::csvLine({"incident_id",
                            "created_at",
                            "severity",
                            "status",
                            "policy_id",
                            "failure_code",
                            "result",
                            "model",
                            "run_id",
                            "call_id",
                            "user_id",
                            "session_id",
                            "title",
                            "excerpt",
                            "cost_microcents",
                            "currency",
                            "latency_us",
                            "assignee",
                            "tags"});
}

void redact(domain::Incident& incident, const report::ExportRedaction& redaction)
{
    if (!redaction.on()) {
        return;
    }
    incident.userId.reset();
    incident.sessionId.reset();
    redaction.apply(incident.title);
    redaction.apply(incident.excerpt);
    if (incident.rootCause) {
        redaction.apply(incident.rootCause->analysis);
        redaction.apply(incident.rootCause->actuallyDid);
    }
}

Result<Bytes> fileOf(std::vector<storage::IncidentHit> hits, const SearchExportRequest& request)
{
    EXHIBIT_TRY(const auto redaction, report::ExportRedaction::make(request.redact));
    const bool csv = request.format == "csv";
    Bytes file = csv ? csvHead() : Bytes();
    for (auto& hit : hits) {
        redact(hit.incident, redaction);
        file += csv ? csvOf(hit) : printJson(toJson(hit.incident)) + "\n";
    }
    return file;
}

/// What was searched for. Not whom: an entry of the log cannot forget a name.
Result<Json> askedOf(SearchRequest search)
{
    EXHIBIT_TRY(const auto redaction, report::ExportRedaction::make(true));
    if (auto query = query::parse(search.query.value_or(""))) {
        for (auto& group : query->groups) {
            for (auto& clause : group) {
                const bool names
                    = clause.field == query::Field::User || clause.field == query::Field::Session;
                clause.value = names ? kNamed : clause.value;
            }
        }
        search.query = query::print(*query);
    }
    for (auto* name : {&search.userId, &search.sessionId}) {
        if (*name) {
            *name = kNamed;
        }
    }
    return redaction.json(toJson(search));
}

Result<Exported> makeSearchExport(const SharedServices& services,
                                  const ExportOrder& order,
                                  const SearchExportRequest& body,
                                  const storage::IncidentSearch& search,
                                  const ExportProgress& progress)
{
    EXHIBIT_TRY(auto hits, findAll(services, order.tenant, search, progress));
    const std::size_t rows = hits.size();
    EXHIBIT_TRY(auto file, fileOf(std::move(hits), body));
    EXHIBIT_TRY(auto asked, askedOf(body.search));
    const std::string id = Uuid::v7().base32();
    storage::ExportRecord record{.id = id,
                                 .format = order.format,
                                 .reason = body.reason,
                                 .sha256 = sha256(file),
                                 .bytes = file.size(),
                                 .incident = {},
                                 .redacted = body.redact,
                                 .more = {{"rows", rows}, {"search", std::move(asked)}}};
    return Exported{std::move(file),
                    body.format == "csv" ? "text/csv; charset=utf-8; header=present"
                                         : "application/x-ndjson",
                    "incidents-" + id + "." + body.format,
                    std::move(record)};
}

http::Response exportSearch(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readRequest(request, principal));
    if (body.format != "csv" && body.format != "ndjson") {
        return refusal(
            request, 400, "invalid_format", "expected the format csv or ndjson", "/format");
    }
    const auto query = query::parse(body.search.query.value_or(""));
    if (!query) {
        return invalidQuery(request, query.error());
    }
    EXHIBIT_ANSWER(request, const auto search, toSearch(body.search, *query, principal.tenant));
    auto order = orderOf(request, principal, "search/" + body.format);
    const ExportOrder about = order;
    order.make = [services, about, body, search](const ExportProgress& progress) {
        return makeSearchExport(services, about, body, search, progress);
    };
    return answerExport(services, request, std::move(order), false);
}

} // namespace

std::vector<ApiRoute> searchExportRoutes(const SharedServices& services)
{
    return {{"POST",
             "/api/v1/incidents/search/export",
             domain::Scope::EvidenceExport,
             with(services, exportSearch)}};
}

} // namespace exhibit::api
