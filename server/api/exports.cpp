// SPDX-License-Identifier: Apache-2.0
// What leaves the building about one incident: its pack, its bundle, its report.
#include "models/report/bundle_json.h"
#include "models/report/executive_debrief.h"
#include "models/report/left_out.h"
#include "models/report/redaction.h"
#include "models/report/report_pdf.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/export_record.h"
#include "server/storage/pack_export.h"
#include "server/storage/report_facts.h"

#include <array>

namespace exhibit::api {
namespace {

using report::Include;

constexpr std::chrono::seconds kExportTimeout{60};
constexpr std::size_t kReasonBytesMax = 1000;
constexpr std::size_t kRedactionsMax = 100;

struct RedactionRequest {
    std::string path;
    std::string reason;
};
struct ExportRequest {
    std::string format = "exhibit";
    std::vector<Include> include{
        Include::FullTrace, Include::PolicyLog, Include::ReplayCert, Include::RootCause};
    std::vector<RedactionRequest> redactions;
    bool redact = true;
    std::string caseId;
    std::string reason;
};

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
}

/// What one export works with.
struct Work {
    const ApiServices& services;
    const security::Principal& principal;
    storage::Actor actor;
    IncidentId incident;
    ExportRequest request;
    Deadline deadline = Deadline::after(kExportTimeout);
};

struct Exported {
    Bytes bytes;
    std::string type;
    std::string name;
};

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

Result<report::EvidenceBundle> makeBundle(const Work& work)
{
    EXHIBIT_TRY(const auto facts,
                storage::readReportFacts(
                    work.services.database, work.principal.tenant, work.incident, work.deadline));
    const auto& include = work.request.include;
    EXHIBIT_TRY(auto bundle,
                report::makeEvidenceBundle(facts,
                                           {.bundleId = Uuid::v7().base32(),
                                            .createdAt = utcNow(),
                                            .exportedBy = work.actor.id,
                                            .reason = work.request.reason,
                                            .include = {include.begin(), include.end()},
                                            .redact = work.request.redact}));
    std::vector<std::string> paths;
    for (const auto& redaction : work.request.redactions) {
        paths.push_back(redaction.path);
    }
    EXHIBIT_CHECK(report::leaveOut(bundle, paths));
    return bundle;
}

/// Fields that show personal data or a secret; the names of users are personal data.
std::optional<std::string> reasonToWithhold(const report::ExportRedaction& redaction,
                                            std::string_view path,
                                            const Json& value)
{
    const std::string text = value.is_string() ? std::string(value.get_string()) : "";
    if (path == "/user_id") {
        return text.empty() ? std::nullopt
                            : std::optional<std::string>("personal data: the user's name");
    }
    if (path == "/incident") {
        const auto incident = parseJson(text);
        if (incident && !stringMember(*incident, "user_id").empty()) {
            return "personal data: the user's name";
        }
    }
    return redaction.concerns(value) ? std::optional<std::string>("personal data or a secret")
                                     : std::nullopt;
}

Result<storage::ExportedPack> makePack(const Work& work)
{
    if (work.services.evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    EXHIBIT_TRY(auto redaction, report::ExportRedaction::make(work.request.redact));
    storage::PackRequest pack;
    pack.incident = work.incident;
    for (const auto& one : work.request.redactions) {
        pack.redactions.push_back({one.path, one.reason});
    }
    pack.caseId = work.request.caseId;
    pack.exporter = work.actor;
    pack.reason = work.request.reason;
    if (redaction.on()) {
        pack.withhold = [&redaction](std::string_view path, const Json& value) {
            return reasonToWithhold(redaction, path, value);
        };
    }
    pack.exports.emplace(report::kBundlePath, printJson(toJson(bundle)));
    pack.exports.emplace(report::kDebriefPath,
                         printJson(toJson(report::makeExecutiveDebrief(bundle))));
    return storage::exportPack(work.services.database,
                               *work.services.evidence,
                               work.principal.tenant,
                               pack,
                               work.deadline);
}

Result<void> record(const Work& work, const std::string& id, const Exported& exported)
{
    return storage::recordExport(work.services.database,
                                 work.services.ledger,
                                 work.principal.tenant,
                                 work.actor,
                                 {.id = id,
                                  .format = work.request.format,
                                  .reason = work.request.reason,
                                  .sha256 = sha256(exported.bytes),
                                  .bytes = exported.bytes.size(),
                                  .incident = work.incident},
                                 work.deadline);
}

Result<Exported> exportAsPack(const Work& work)
{
    EXHIBIT_TRY(auto pack, makePack(work));
    return Exported{std::move(pack.bytes), "application/vnd.exhibit+zip", pack.id + ".exhibit"};
}

Result<Exported> exportAsJson(const Work& work)
{
    EXHIBIT_TRY(const auto bundle, makeBundle(work));
    Exported exported{
        printJson(toJson(bundle)), "application/json", work.incident.text() + ".json"};
    EXHIBIT_CHECK(record(work, bundle.bundleId, exported));
    return exported;
}

Result<Exported> exportAsReport(const Work& work, report::ReportKind kind)
{
    EXHIBIT_TRY(const auto pack, makePack(work));
    EXHIBIT_TRY(const auto keys, work.services.evidence->packKeys());
    EXHIBIT_TRY(auto pdf,
                report::makeReport(pack.bytes, kind, [&keys, &pack](const Digest& document) {
                    return keys.signPdf(pack.id, document);
                }));
    Exported exported{std::move(pdf),
                      "application/pdf",
                      work.incident.text() + "-" + std::string(wireName(kind)) + ".pdf"};
    EXHIBIT_CHECK(record(work, pack.id, exported));
    return exported;
}

Result<Exported> exportAsPdf(const Work& work)
{
    return exportAsReport(work, report::ReportKind::Incident);
}

Result<Exported> exportAsDebrief(const Work& work)
{
    return exportAsReport(work, report::ReportKind::ExecutiveDebrief);
}

http::Response exportIncident(const SharedServices& services,
                              const http::Request& request,
                              const security::Principal& principal)
{
    using Make = Result<Exported> (*)(const Work&);
    static constexpr std::pair<std::string_view, Make> kFormats[]
        = {{"exhibit", exportAsPack},
           {"json", exportAsJson},
           {"pdf", exportAsPdf},
           {"executive_debrief", exportAsDebrief}};
    EXHIBIT_ANSWER(request, const auto incident, readId<IncidentId>(request));
    EXHIBIT_ANSWER(request, auto body, readRequest(request, principal));
    const Work work{*services, principal, actorOf(request, principal), incident, std::move(body)};
    for (const auto& [format, make] : kFormats) {
        if (format == work.request.format) {
            EXHIBIT_ANSWER(request, auto exported, make(work));
            return fileResponse(std::move(exported));
        }
    }
    return refusal(request,
                   400,
                   "invalid_format",
                   "expected one of the formats exhibit, json, pdf, executive_debrief",
                   "/format");
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
