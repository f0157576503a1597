// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_answer.h"
#include "server/api/export_work.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/soc2_export.h"
#include "server/storage/report_facts.h"

namespace exhibit::report {

template <class V>
void visitFields(V& visit, Of<V, WithheldDocument>& withheld)
{
    visit("step_index", withheld.stepIndex);
    visit("basis", withheld.basis);
    visit("description", withheld.description);
}
template <class V>
void visitFields(V& visit, Of<V, RedactedPassage>& passage)
{
    visit("text", passage.text);
    visit("basis", passage.basis);
    visit("description", passage.description);
}
template <class V>
void visitFields(V& visit, Of<V, ProductionRequest>& request)
{
    visit.defaulted("prefix", request.prefix);
    visit.defaulted("volume", request.volume);
    visit.defaulted("custodian", request.custodian);
    visit.defaulted("confidentiality", request.confidentiality);
    visit.defaulted("encoding", request.encoding);
    visit.defaulted("withheld", request.withheld);
    visit.defaulted("passages", request.passages);
}
template <class V>
void visitFields(V& visit, Of<V, Art73Entered>& entered)
{
    visit.defaulted("report_type", entered.stage);
    visit("awareness_at", entered.awarenessAt);
    visit("circumstance", entered.circumstance);
    visit.defaulted("fields", entered.fields);
}

} // namespace exhibit::report

namespace exhibit::api {

template <class V>
void visitFields(V& visit, Of<V, RedactionRequest>& request)
{
    visit("path", request.path);
    visit("reason", request.reason);
}
template <class V>
void visitFields(V& visit, Of<V, ExportRequest>& request)
{
    visit.defaulted("format", request.format);
    visit.defaulted("include", request.include);
    visit.defaulted("redactions", request.redactions);
    visit.defaulted("redact", request.redact);
    storage::visitHandOver(visit, request.handOver);
    visit.defaulted("production", request.production);
    visit.defaulted("art73", request.art73);
    visit.defaulted("period_start", request.periodStart);
    visit.defaulted("period_end", request.periodEnd);
}

namespace {

/// Of the run: a report of so many takes a second or two, and so does a production.
constexpr std::int64_t kStepsAtOnceMax = 1000;
constexpr std::int64_t kProducedStepsAtOnceMax = 100;
constexpr std::size_t kRedactionsMax = 100;

Result<ExportRequest> readRequest(const http::Request& request,
                                  const security::Principal& principal)
{
    ExportRequest body;
    if (!request.body.empty()) {
        EXHIBIT_TRY(body, readBody<ExportRequest>(request));
    }
    EXHIBIT_CHECK(checkWords(body.handOver));
    if (body.redactions.size() > kRedactionsMax) {
        return fail(ErrorCode::InvalidInput, "at most 100 redactions", "/redactions");
    }
    EXHIBIT_CHECK(checkRedaction(body.redact, principal));
    return body;
}

/// Of the period that the incident is in: what an include covers is of one incident.
http::Response exportSoc2Of(const SharedServices& services,
                            const http::Request& request,
                            const security::Principal& principal,
                            IncidentId incident,
                            const std::string& format,
                            ExportRequest body)
{
    if (!body.redactions.empty()) {
        return refusal(request,
                       {ErrorCode::InvalidInput,
                        "evidence of a period has no fields of one incident to leave out",
                        "/redactions"});
    }
    return answerSoc2(services,
                      request,
                      principal,
                      incident,
                      {.format = format,
                       .periodStart = std::move(body.periodStart),
                       .periodEnd = std::move(body.periodEnd),
                       .handOver = std::move(body.handOver),
                       .redact = body.redact});
}

/// `format` in place of the body's, where the path names one.
http::Response exportIncident(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal,
                              const std::string& format)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, auto body, readRequest(request, principal));
    if (!format.empty()) {
        body.format = format;
    }
    if (const auto soc2 = soc2Format(body.format)) {
        return exportSoc2Of(services, request, principal, incident, *soc2, std::move(body));
    }
    if (!isExportFormat(body.format)) {
        return refusal(request,
                       400,
                       "invalid_format",
                       "expected one of the formats exhibit, json, pdf, executive_debrief, "
                       "executive_debrief_json, legal_discovery, ai_act_art73, ai_act_art73_json, "
                       "fre_902, case_uco, soc2, soc2_json, soc2_csv, soc2_zip",
                       "/format");
    }
    EXHIBIT_ANSWER(request,
                   const bool large,
                   storage::hasMoreSteps(services->database,
                                         principal.tenant,
                                         incident,
                                         body.format == "legal_discovery" ? kProducedStepsAtOnceMax
                                                                          : kStepsAtOnceMax,
                                         Deadline::after(kHandlerTimeout)));
    auto order = orderOf(request, principal, body.format, incident);
    order.make
        = [work = ExportWork{services, principal, order.actor, incident, std::move(body), {}}](
              const ExportProgress& progress) {
              ExportWork mine = work;
              mine.progress = progress;
              mine.deadline = deadlineOf(progress);
              return makeExport(mine);
          };
    return answerExport(services, request, std::move(order), large);
}

AuthorizedHandler exportAs(const SharedServices& services, std::string format)
{
    return [services, format = std::move(format)](const http::Request& request,
                                                  const security::Principal& principal) {
        return exportIncident(services, request, principal, format);
    };
}

/// ?format=json|pdf; json without it.
AuthorizedHandler exportEvidence(const SharedServices& services)
{
    return [services](const http::Request& request, const security::Principal& principal) {
        const auto format = request.query.find("format");
        const std::string named = format == request.query.end() ? "json" : format->second;
        if (named != "json" && named != "pdf") {
            return refusal(request, 400, "invalid_format", "expected format=json or pdf", "format");
        }
        return exportIncident(services, request, principal, named);
    };
}

} // namespace

std::vector<ApiRoute> exportRoutes(const SharedServices& services)
{
    const auto scope = domain::Scope::EvidenceExport;
    const std::string base = "/api/v1/incidents/{id}/export";
    return {{"POST", base, scope, exportAs(services, "")},
            {"POST", base + "/evidence", scope, exportEvidence(services)},
            {"POST", base + "/executive-debrief", scope, exportAs(services, "executive_debrief")},
            {"POST", base + "/legal-discovery", scope, exportAs(services, "legal_discovery")}};
}

} // namespace exhibit::api
