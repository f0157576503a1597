// SPDX-License-Identifier: Apache-2.0
// Evidence of a period for auditors.
#include "models/report/report_pdf.h"
#include "models/report/soc2.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/export_record.h"
#include "server/storage/incident_store.h"
#include "server/storage/pack_export.h"
#include "server/storage/soc2_facts.h"

namespace exhibit::api {
namespace {

constexpr std::chrono::seconds kExportTimeout{60};
constexpr std::size_t kReasonBytesMax = 1000;

struct Soc2Request {
    std::string format = "pdf";
    std::string periodStart;
    std::string periodEnd;
    std::string reason;
};

template <class V>
void visitFields(V& visit, Of<V, Soc2Request>& request)
{
    visit.defaulted("format", request.format);
    visit.defaulted("period_start", request.periodStart);
    visit.defaulted("period_end", request.periodEnd);
    visit.defaulted("reason", request.reason);
}

struct Made {
    Bytes bytes;
    std::string type;
};

Result<Made> make(const SharedServices& services,
                  const std::string& format,
                  const storage::Soc2Evidence& evidence)
{
    const Bytes json = printJson(toJson(evidence.bundle));
    if (format == "json") {
        return Made{json, "application/json"};
    }
    if (format == "csv") {
        return Made{report::soc2Csv(evidence.bundle), "text/csv; charset=utf-8; header=present"};
    }
    if (services->evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_TRY(const auto keys, services->evidence->packKeys());
    const auto& id = evidence.bundle.bundleId;
    EXHIBIT_TRY(auto pdf,
                report::makeBundleReport(
                    json, report::ReportKind::Soc2, evidence.listings, [&](const Digest& document) {
                        return keys.signPdf(id, document);
                    }));
    return Made{std::move(pdf), "application/pdf"};
}

/// An empty body asks for the stated period as PDF.
Result<Soc2Request> readRequest(const http::Request& request)
{
    if (request.body.empty()) {
        return Soc2Request();
    }
    return readBody<Soc2Request>(request);
}

/// Beside an incident: of a period that it is in.
Result<void> checkIncident(const SharedServices& services,
                           const http::Request& request,
                           TenantId tenant,
                           const report::Soc2Bundle& bundle)
{
    if (!request.pathParameters.contains("id")) {
        return {};
    }
    EXHIBIT_TRY(const auto id, readId<IncidentId>(request));
    EXHIBIT_TRY(const auto stored,
                storage::IncidentStore(services->database)
                    .get(tenant, id, Deadline::after(kHandlerTimeout)));
    const std::string day = formatTime(stored.incident.createdAt).substr(0, 10);
    if (day < bundle.compliancePeriodStart || day > bundle.compliancePeriodEnd) {
        return fail(ErrorCode::InvalidInput, "the incident is not of that period", "/period_start");
    }
    return {};
}

http::Response exportSoc2(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto body, readRequest(request));
    if (body.format != "pdf" && body.format != "json" && body.format != "csv") {
        return refusal(
            request, 400, "invalid_format", "expected the format pdf, json or csv", "/format");
    }
    if (body.reason.size() > kReasonBytesMax) {
        return refusal(request,
                       {ErrorCode::InvalidInput, "a reason has at most 1000 bytes", "/reason"});
    }
    const auto actor = actorOf(request, principal);
    const auto deadline = Deadline::after(kExportTimeout);
    EXHIBIT_ANSWER(request,
                   const auto evidence,
                   storage::readSoc2(services->database,
                                     principal.tenant,
                                     {.periodStart = body.periodStart,
                                      .periodEnd = body.periodEnd,
                                      .bundleId = Uuid::v7().base32(),
                                      .exportedBy = actor.id,
                                      .reason = body.reason,
                                      .createdAt = utcNow()},
                                     deadline));
    const auto& bundle = evidence.bundle;
    if (const auto checked = checkIncident(services, request, principal.tenant, bundle); !checked) {
        return refusal(request, checked.error());
    }
    EXHIBIT_ANSWER(request, auto made, make(services, body.format, evidence));
    const auto recorded
        = storage::recordExport(services->database,
                                services->ledger,
                                principal.tenant,
                                actor,
                                {.id = bundle.bundleId,
                                 .format = "soc2/" + body.format,
                                 .reason = body.reason,
                                 .sha256 = sha256(made.bytes),
                                 .bytes = made.bytes.size(),
                                 .more = {{"period_start", bundle.compliancePeriodStart},
                                          {"period_end", bundle.compliancePeriodEnd}}},
                                deadline);
    if (!recorded) {
        return refusal(request, recorded.error());
    }
    http::Response response;
    response.headers.add("Content-Type", made.type);
    response.headers.add("Content-Disposition",
                         "attachment; filename=\"soc2-" + bundle.compliancePeriodStart + "."
                             + body.format + "\"");
    response.body = std::move(made.bytes);
    return response;
}

} // namespace

std::vector<ApiRoute> complianceRoutes(const SharedServices& services)
{
    return {{"POST",
             "/api/v1/compliance/soc2/export",
             domain::Scope::EvidenceExport,
             with(services, exportSoc2)},
            {"POST",
             "/api/v1/incidents/{id}/export/soc2",
             domain::Scope::EvidenceExport,
             with(services, exportSoc2)}};
}

} // namespace exhibit::api
