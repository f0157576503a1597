// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_work.h"
#include "server/api/reply.h"
#include "server/api/resources.h"

namespace exhibit::report {

template <class V>
void visitFields(V& visit, Of<V, WithheldDocument>& withheld)
{
    visit("step_index", withheld.stepIndex);
    visit("basis", withheld.basis);
    visit("description", withheld.description);
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
    visit.defaulted("case", request.caseId);
    visit.defaulted("reason", request.reason);
    visit.defaulted("production", request.production);
}

namespace {

constexpr std::size_t kReasonBytesMax = 1000;
constexpr std::size_t kRedactionsMax = 100;

http::Response fileResponse(Exported exported)
{
    http::Response response;
    response.headers.add("Content-Type", exported.type);
    response.headers.add("Content-Disposition", "attachment; filename=\"" + exported.name + "\"");
    response.body = std::move(exported.bytes);
    return response;
}

Result<ExportRequest> readRequest(const http::Request& request,
                                  const security::Principal& principal)
{
    EXHIBIT_TRY(auto body, readBody<ExportRequest>(request));
    if (body.reason.size() > kReasonBytesMax) {
        return fail(ErrorCode::InvalidInput, "a reason has at most 1000 bytes", "/reason");
    }
    if (body.redactions.size() > kRedactionsMax) {
        return fail(ErrorCode::InvalidInput, "at most 100 redactions", "/redactions");
    }
    if (!body.redact && !principal.may(domain::Scope::AuditRead)) {
        return fail(ErrorCode::Forbidden,
                    "an export without redaction needs the scope audit:read as well",
                    "/redact");
    }
    return body;
}

http::Response exportIncident(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, auto body, readRequest(request, principal));
    if (!isExportFormat(body.format)) {
        return refusal(request,
                       400,
                       "invalid_format",
                       "expected one of the formats exhibit, json, pdf, executive_debrief, "
                       "legal_discovery",
                       "/format");
    }
    const ExportWork work{
        services, principal, actorOf(request, principal), incident, std::move(body)};
    EXHIBIT_ANSWER(request, auto exported, makeExport(work));
    return fileResponse(std::move(exported));
}

} // namespace

std::vector<ApiRoute> exportRoutes(const SharedServices& services)
{
    return {{"POST",
             "/api/v1/incidents/{id}/export",
             domain::Scope::EvidenceExport,
             with(services, exportIncident)}};
}

} // namespace exhibit::api
