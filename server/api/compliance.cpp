// SPDX-License-Identifier: Apache-2.0
// Evidence of a period for auditors.
#include "models/report/report_pdf.h"
#include "models/report/soc2_files.h"
#include "server/api/export_answer.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/api/soc2_export.h"
#include "server/storage/entered_store.h"
#include "server/storage/incident_store.h"
#include "server/storage/pack_export.h"
#include "server/storage/soc2_proofs.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::api {

template <class V>
void visitFields(V& visit, Of<V, Soc2Request>& request)
{
    visit.defaulted("format", request.format);
    visit.defaulted("period_start", request.periodStart);
    visit.defaulted("period_end", request.periodEnd);
    visit.defaulted("redact", request.redact);
    storage::visitHandOver(visit, request.handOver);
}

namespace {

constexpr std::int64_t kEntriesAtOnceMax = 10'000; ///< Of the log, in the period.
constexpr std::string_view kFormats[] = {"pdf", "json", "csv", "zip"};

bool isFormat(std::string_view format)
{
    return std::find(std::begin(kFormats), std::end(kFormats), format) != std::end(kFormats);
}

/// The file, without its name.
Result<Exported> make(const SharedServices& services,
                      const std::string& format,
                      const storage::Soc2Evidence& evidence)
{
    const auto& [bundle, listings] = evidence; // Proofs of the log among them.
    if (format == "json") {
        return Exported{printJson(report::soc2Json(bundle, listings)), "application/json", "", {}};
    }
    if (format == "csv") {
        return Exported{report::soc2Csv(bundle), "text/csv; charset=utf-8; header=present", "", {}};
    }
    if (format == "zip") {
        EXHIBIT_TRY(auto archive, report::soc2Archive(bundle, listings));
        return Exported{std::move(archive), "application/zip", "", {}};
    }
    if (services->evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "the ledger is not open");
    }
    EXHIBIT_TRY(const auto keys, services->evidence->packKeys());
    const auto sign = [&keys, id = bundle.bundleId](const Digest& document) {
        return keys.signPdf(id, document);
    };
    EXHIBIT_TRY(auto pdf,
                report::makeBundleReport(
                    printJson(toJson(bundle)), report::ReportKind::Soc2, listings, sign));
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

Result<void> check(const Soc2Request& body, const security::Principal& principal)
{
    EXHIBIT_CHECK(checkWords(body.handOver));
    return checkRedaction(body.redact, principal);
}

struct Days {
    std::string first; ///< YYYY-MM-DD
    std::string last; ///< Inclusive.

    [[nodiscard]] bool hold(const std::string& day) const { return day >= first && day <= last; }
};

Days quarterOf(const std::string& day)
{
    constexpr const char* kEnds[] = {"03-31", "06-30", "09-30", "12-31"};
    const int quarter = (std::stoi(day.substr(5, 2)) - 1) / 3;
    const std::string year = day.substr(0, 5);
    return {fmt::format("{}{:02}-01", year, quarter * 3 + 1), year + kEnds[quarter]};
}

/// Beside an incident: of a period that it is in, whatever period nobody named.
Result<void> settlePeriod(const SharedServices& services,
                          TenantId tenant,
                          IncidentId incident,
                          Soc2Request& body)
{
    const auto deadline = Deadline::after(kHandlerTimeout);
    EXHIBIT_TRY(const auto stored,
                storage::IncidentStore(services->database).get(tenant, incident, deadline));
    const std::string day = formatTime(stored.incident.createdAt).substr(0, 10);
    Days period{body.periodStart, body.periodEnd};
    if (period.first.empty() && period.last.empty()) {
        EXHIBIT_TRY(const auto stated,
                    storage::EnteredStore(services->database, tenant).compliance({}, deadline));
        period = stated ? Days{stated->value.periodStart, stated->value.periodEnd} : Days{};
        period = period.hold(day) ? period : quarterOf(day);
    } else if (!period.hold(day)) {
        return fail(ErrorCode::InvalidInput, "the incident is not of that period", "/period_start");
    }
    body.periodStart = period.first;
    body.periodEnd = period.last;
    return {};
}

storage::Soc2Request questionOf(const Soc2Request& body, const storage::Actor& actor)
{
    return {.periodStart = body.periodStart,
            .periodEnd = body.periodEnd,
            .bundleId = Uuid::v7().base32(),
            .exportedBy = actor.id,
            .reason = body.handOver.reason,
            .createdAt = utcNow()};
}

Result<Exported> makeSoc2(const SharedServices& services,
                          const ExportOrder& order,
                          const Soc2Request& body,
                          const ExportProgress& progress)
{
    EXHIBIT_TRY(
        auto evidence,
        storage::readSoc2(
            services->database, order.tenant, questionOf(body, order.actor), deadlineOf(progress)));
    EXHIBIT_TRY(const auto redaction, report::ExportRedaction::make(body.redact));
    EXHIBIT_CHECK(report::redactSoc2(evidence.bundle, evidence.listings, redaction));
    const auto& bundle = evidence.bundle;
    if (services->evidence != nullptr && (body.format == "pdf" || body.format == "zip")) {
        EXHIBIT_TRY(const auto proofs,
                    storage::proveSoc2(services->database,
                                       *services->evidence,
                                       order.tenant,
                                       evidence.bundle,
                                       deadlineOf(progress)));
        evidence.listings[std::string(report::kAttachedProofs)] = report::writeLogProofs(proofs);
    }
    if (progress) {
        EXHIBIT_CHECK(progress("pages", 0, 0));
    }
    EXHIBIT_TRY(auto exported, make(services, body.format, evidence));
    exported.name = "soc2-" + bundle.compliancePeriodStart + "." + body.format;
    exported.record = storage::ExportRecord{.id = bundle.bundleId,
                                            .format = order.format,
                                            .handOver = body.handOver,
                                            .sha256 = sha256(exported.bytes),
                                            .bytes = exported.bytes.size(),
                                            .incident = {},
                                            .redacted = body.redact,
                                            .more = {{"period_start", bundle.compliancePeriodStart},
                                                     {"period_end", bundle.compliancePeriodEnd}}};
    return exported;
}

http::Response exportSoc2(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    std::optional<IncidentId> incident;
    if (request.pathParameters.contains("id")) {
        EXHIBIT_ANSWER(request, incident, readId<IncidentId>(request));
    }
    EXHIBIT_ANSWER(request, auto body, readRequest(request));
    return answerSoc2(services, request, principal, incident, std::move(body));
}

} // namespace

std::optional<std::string> soc2Format(std::string_view format)
{
    constexpr std::string_view kSoc2 = "soc2";
    if (format == kSoc2) {
        return "pdf";
    }
    const bool named = format.starts_with(kSoc2) && format.substr(kSoc2.size()).starts_with('_');
    const auto rest = named ? format.substr(kSoc2.size() + 1) : std::string_view();
    return rest != "pdf" && isFormat(rest) ? std::optional<std::string>(rest) : std::nullopt;
}

http::Response answerSoc2(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal,
                          std::optional<IncidentId> incident,
                          Soc2Request body)
{
    if (!isFormat(body.format)) {
        return refusal(
            request, 400, "invalid_format", "expected the format pdf, json, csv or zip", "/format");
    }
    if (const auto fit = check(body, principal); !fit) {
        return refusal(request, fit.error());
    }
    if (incident) {
        if (const auto settled = settlePeriod(services, principal.tenant, *incident, body);
            !settled) {
            return refusal(request, settled.error());
        }
    }
    auto order = orderOf(request, principal, "soc2/" + body.format, incident);
    EXHIBIT_ANSWER(request,
                   const bool large,
                   storage::hasMoreEntries(services->database,
                                           principal.tenant,
                                           questionOf(body, order.actor),
                                           kEntriesAtOnceMax,
                                           Deadline::after(kHandlerTimeout)));
    const ExportOrder about = order;
    order.make = [services, about, body = std::move(body)](const ExportProgress& progress) {
        return makeSoc2(services, about, body, progress);
    };
    return answerExport(services, request, std::move(order), large);
}

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
