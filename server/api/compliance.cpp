// SPDX-License-Identifier: Apache-2.0
// Evidence of a period for auditors.
#include "models/report/report_pdf.h"
#include "models/report/soc2.h"
#include "server/api/export_answer.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/incident_store.h"
#include "server/storage/pack_export.h"
#include "server/storage/soc2_facts.h"

namespace exhibit::api {
namespace {

constexpr std::int64_t kEntriesAtOnceMax = 10'000; ///< Of the log, in the period.
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

/// The file, without its name.
Result<Exported> make(const SharedServices& services,
                      const std::string& format,
                      const storage::Soc2Evidence& evidence)
{
    const Bytes json = printJson(toJson(evidence.bundle));
    if (format == "json") {
        return Exported{json, "application/json", "", {}};
    }
    if (format == "csv") {
        return Exported{
            report::soc2Csv(evidence.bundle), "text/csv; charset=utf-8; header=present", "", {}};
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
    return Exported{std::move(pdf), "application/pdf", "", {}};
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
                           TenantId tenant,
                           std::optional<IncidentId> incident,
                           const report::Soc2Bundle& bundle)
{
    if (!incident) {
        return {};
    }
    EXHIBIT_TRY(const auto stored,
                storage::IncidentStore(services->database)
                    .get(tenant, *incident, Deadline::after(kHandlerTimeout)));
    const std::string day = formatTime(stored.incident.createdAt).substr(0, 10);
    if (day < bundle.compliancePeriodStart || day > bundle.compliancePeriodEnd) {
        return fail(ErrorCode::InvalidInput, "the incident is not of that period", "/period_start");
    }
    return {};
}

storage::Soc2Request questionOf(const Soc2Request& body, const storage::Actor& actor)
{
    return {.periodStart = body.periodStart,
            .periodEnd = body.periodEnd,
            .bundleId = Uuid::v7().base32(),
            .exportedBy = actor.id,
            .reason = body.reason,
            .createdAt = utcNow()};
}

Result<Exported> makeSoc2(const SharedServices& services,
                          const ExportOrder& order,
                          const Soc2Request& body,
                          const ExportProgress& progress)
{
    EXHIBIT_TRY(
        const auto evidence,
        storage::readSoc2(
            services->database, order.tenant, questionOf(body, order.actor), deadlineOf(progress)));
    const auto& bundle = evidence.bundle;
    EXHIBIT_CHECK(checkIncident(services, order.tenant, order.incident, bundle));
    if (progress) {
        EXHIBIT_CHECK(progress("pages", 0, 0));
    }
    EXHIBIT_TRY(auto exported, make(services, body.format, evidence));
    exported.name = "soc2-" + bundle.compliancePeriodStart + "." + body.format;
    exported.record = storage::ExportRecord{.id = bundle.bundleId,
                                            .format = order.format,
                                            .reason = body.reason,
                                            .sha256 = sha256(exported.bytes),
                                            .bytes = exported.bytes.size(),
                                            .incident = {},
                                            .more = {{"period_start", bundle.compliancePeriodStart},
                                                     {"period_end", bundle.compliancePeriodEnd}}};
    return exported;
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
    auto order = orderOf(request, principal, "soc2/" + body.format);
    if (request.pathParameters.contains("id")) {
        EXHIBIT_ANSWER(request, order.incident, readId<IncidentId>(request));
    }
    EXHIBIT_ANSWER(request,
                   const bool large,
                   storage::hasMoreEntries(services->database,
                                           principal.tenant,
                                           questionOf(body, order.actor),
                                           kEntriesAtOnceMax,
                                           Deadline::after(kHandlerTimeout)));
    const ExportOrder about = order;
    order.make = [services, about, body](const ExportProgress& progress) {
        return makeSoc2(services, about, body, progress);
    };
    return answerExport(services, request, std::move(order), large);
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
