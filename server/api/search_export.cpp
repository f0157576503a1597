// SPDX-License-Identifier: Apache-2.0
// What a search finds, as a file for spreadsheets and programs.
#include "models/report/csv.h"
#include "models/report/redaction.h"
#include "server/api/call_search_request.h"
#include "server/api/export_answer.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/search_cursor.h"
#include "server/api/search_request.h"

namespace exhibit::api {

template <class Search>
struct SearchExportRequest {
    std::string format = "csv";
    Search search;
    bool redact = true;
    storage::HandOver handOver;
};

template <class V, class Search>
void visitFields(V& visit, SearchExportRequest<Search>& request)
{
    visit.defaulted("format", request.format);
    visit.defaulted("search", request.search);
    visit.defaulted("redact", request.redact);
    storage::visitHandOver(visit, request.handOver);
}

namespace {

constexpr std::size_t kRowsMax = 50'000;
constexpr std::size_t kRowsAtOnceMax = 5'000;
/// Stands for a name in the log.
constexpr const char* kNamed = "[NAMED]";

void hideNames(std::optional<std::string>& userId, std::optional<std::string>& sessionId)
{
    userId.reset();
    sessionId.reset();
}

template <class Texts>
std::string joined(const Texts& texts)
{
    std::string all;
    for (const auto& text : texts) {
        all += (all.empty() ? "" : " ") + text;
    }
    return all;
}

/// What is exported of incidents that a search finds.
struct Incidents {
    using Request = SearchRequest;
    using Search = storage::IncidentSearch;
    using Hit = storage::IncidentHit;
    using Store = storage::IncidentStore;
    static constexpr const char* kName = "incidents";
    static constexpr const char* kFormat = "search/";

    static std::optional<query::QueryError> foreign(const query::Query&) { return std::nullopt; }
    static Json json(const Hit& hit) { return toJson(hit.incident); }
    static void redact(Hit& hit, const report::ExportRedaction& redaction);
    static std::string csvHead();
    static std::string csvOf(const Hit& hit);
};

/// The same of calls.
struct Calls {
    using Request = CallSearchRequest;
    using Search = storage::CallSearch;
    using Hit = storage::CallHit;
    using Store = storage::CallStore;
    static constexpr const char* kName = "calls";
    static constexpr const char* kFormat = "calls/";

    static std::optional<query::QueryError> foreign(const query::Query& query)
    {
        return foreignFilter(query);
    }
    static Json json(Hit hit)
    {
        hit.highlights.clear(); // They are for a page.
        return toJson(hit);
    }
    static void redact(Hit& hit, const report::ExportRedaction& redaction);
    static std::string csvHead();
    static std::string csvOf(const Hit& hit);
};

template <class Search>
Result<SearchExportRequest<Search>> readRequest(const http::Request& request,
                                                const security::Principal& principal)
{
    EXHIBIT_TRY(auto body, readBody<SearchExportRequest<Search>>(request));
    EXHIBIT_CHECK(checkWords(body.handOver));
    if (body.search.cursor || body.search.offset || body.search.limit) {
        return fail(ErrorCode::InvalidInput,
                    "an export holds everything that is found: no limit, cursor or offset",
                    "/search");
    }
    EXHIBIT_CHECK(checkRedaction(body.redact, principal));
    return body;
}

/// Everything that is found, newest first.
template <class Kind>
Result<std::vector<typename Kind::Hit>> findAll(const SharedServices& services,
                                                TenantId tenant,
                                                typename Kind::Search search,
                                                const ExportProgress& progress)
{
    const auto deadline = deadlineOf(progress);
    search.limit = limits::kPageRowsMax;
    std::vector<typename Kind::Hit> hits;
    for (;;) {
        EXHIBIT_TRY(auto page,
                    typename Kind::Store(services->database).search(tenant, search, deadline));
        std::move(page.hits.begin(), page.hits.end(), std::back_inserter(hits));
        if (hits.size() > kRowsMax) {
            return fail(ErrorCode::TooLarge,
                        std::string("the search finds more than 50,000 ") + Kind::kName);
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

std::string Incidents::csvOf(const Hit& hit)
{
    const auto& incident = hit.incident;
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
         joined(incident.tags)});
}

std::string Incidents::csvHead()
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

void Incidents::redact(Hit& hit, const report::ExportRedaction& redaction)
{
    auto& incident = hit.incident;
    hideNames(incident.userId, incident.sessionId);
    redaction.apply(incident.title);
    redaction.apply(incident.excerpt);
    if (incident.assignee) {
        redaction.apply(*incident.assignee);
    }
    for (auto& tag : incident.tags) {
        redaction.apply(tag);
    }
    if (incident.rootCause) {
        redaction.apply(incident.rootCause->analysis);
        redaction.apply(incident.rootCause->shouldHave);
        redaction.apply(incident.rootCause->actuallyDid);
    }
}

std::string Calls::csvHead()
{
    return report::csvLine(
        {"call_id",         "opened_at", "closed_at",    "status",        "outcome",
         "error_code",      "decisions", "incident_ids", "model",         "answered_model",
         "upstream",        "endpoint",  "run_id",       "project_id",    "user_id",
         "session_id",      "asked",     "answered",     "prompt_tokens", "completion_tokens",
         "cost_microcents", "currency",  "latency_us"});
}

std::string Calls::csvOf(const Hit& hit)
{
    std::vector<std::string> decisions;
    for (const auto& decision : hit.decisions) {
        decisions.push_back(decision.policyId + ":" + std::string(wireName(decision.result)));
    }
    std::vector<std::string> incidents;
    for (const auto& incident : hit.incidentIds) {
        incidents.push_back(incident.text());
    }
    return report::csvLine({hit.callId.text(),
                            formatTime(hit.openedAt),
                            formatTime(hit.closedAt),
                            std::to_string(hit.status),
                            hit.outcome,
                            hit.errorCode.value_or(""),
                            joined(decisions),
                            joined(incidents),
                            hit.model,
                            hit.answeredModel.value_or(""),
                            hit.upstream.value_or(""),
                            hit.endpoint,
                            hit.runId.text(),
                            hit.projectId.text(),
                            hit.userId.value_or(""),
                            hit.sessionId.value_or(""),
                            hit.asked,
                            hit.answered,
                            std::to_string(hit.promptTokens),
                            std::to_string(hit.completionTokens),
                            std::to_string(hit.costMicrocents),
                            hit.currency.value_or(""),
                            std::to_string(hit.latencyUs)});
}

void Calls::redact(Hit& hit, const report::ExportRedaction& redaction)
{
    hideNames(hit.userId, hit.sessionId);
    redaction.apply(hit.asked);
    redaction.apply(hit.answered);
}

template <class Kind>
Result<Bytes> fileOf(std::vector<typename Kind::Hit> hits, bool csv, bool redact)
{
    EXHIBIT_TRY(const auto redaction, report::ExportRedaction::make(redact));
    Bytes file = csv ? Kind::csvHead() : Bytes();
    for (auto& hit : hits) {
        if (redaction.on()) {
            Kind::redact(hit, redaction);
        }
        file += csv ? Kind::csvOf(hit) : printJson(Kind::json(hit)) + "\n";
    }
    return file;
}

/// What was searched for. Not whom: an entry of the log cannot forget a name.
template <class Search>
Result<Json> askedOf(Search search)
{
    EXHIBIT_TRY(const auto redaction, report::ExportRedaction::make(true));
    if (auto query = query::parse(search.query.value_or(""))) {
        for (auto& group : query->groups) {
            for (auto& clause : group) {
                const bool names = clause.field == query::Field::User
                    || clause.field == query::Field::Session
                    || clause.field == query::Field::Assignee;
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

template <class Kind>
Result<Exported> makeSearchExport(const SharedServices& services,
                                  const ExportOrder& order,
                                  const SearchExportRequest<typename Kind::Request>& body,
                                  const typename Kind::Search& search,
                                  const ExportProgress& progress)
{
    EXHIBIT_TRY(auto hits, findAll<Kind>(services, order.tenant, search, progress));
    const std::size_t rows = hits.size();
    const bool csv = body.format == "csv";
    EXHIBIT_TRY(auto file, fileOf<Kind>(std::move(hits), csv, body.redact));
    EXHIBIT_TRY(auto asked, askedOf(body.search));
    const std::string id = Uuid::v7().base32();
    storage::ExportRecord record{.id = id,
                                 .format = order.format,
                                 .handOver = body.handOver,
                                 .sha256 = sha256(file),
                                 .bytes = file.size(),
                                 .incident = {},
                                 .redacted = body.redact,
                                 .more = {{"rows", rows}, {"search", std::move(asked)}}};
    return Exported{std::move(file),
                    csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
                    Kind::kName + ("-" + id) + "." + body.format,
                    std::move(record)};
}

template <class Kind>
http::Response exportSearch(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal)
{
    EXHIBIT_ANSWER(
        request, const auto body, readRequest<typename Kind::Request>(request, principal));
    if (body.format != "csv" && body.format != "ndjson") {
        return refusal(
            request, 400, "invalid_format", "expected the format csv or ndjson", "/format");
    }
    const auto query = query::parse(body.search.query.value_or(""));
    if (!query) {
        return invalidQuery(request, query.error());
    }
    if (const auto foreign = Kind::foreign(*query)) {
        return invalidQuery(request, *foreign);
    }
    EXHIBIT_ANSWER(request, const auto search, toSearch(body.search, *query, principal.tenant));
    auto order = orderOf(request, principal, Kind::kFormat + body.format);
    const ExportOrder about = order;
    order.make = [services, about, body, search](const ExportProgress& progress) {
        return makeSearchExport<Kind>(services, about, body, search, progress);
    };
    return answerExport(services, request, std::move(order), false);
}

} // namespace

std::vector<ApiRoute> searchExportRoutes(const SharedServices& services)
{
    return {{"POST",
             "/api/v1/incidents/search/export",
             domain::Scope::EvidenceExport,
             with(services, exportSearch<Incidents>)},
            {"POST",
             "/api/v1/calls/search/export",
             domain::Scope::EvidenceExport,
             with(services, exportSearch<Calls>)}};
}

} // namespace exhibit::api
