// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_answer.h"

#include "server/api/export_work.h"
#include "server/api/reply.h"

#include <algorithm>

namespace exhibit::api {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::size_t kWordsBytesMax = 1000;
constexpr int kAskAgainSeconds = 1;
constexpr int kRoomAgainSeconds = 10;

/// One word of a header's list, without its parameters.
std::string_view wordOf(std::string_view item)
{
    item = item.substr(0, item.find_first_of(";="));
    const auto begin = std::min(item.find_first_not_of(kBlank), item.size());
    return item.substr(begin, item.find_last_not_of(kBlank) + 1 - begin);
}

bool prefersJob(const http::Headers& headers)
{
    for (const auto& [name, value] : headers) {
        if (!http::equalsIgnoringCase(name, "Prefer")) {
            continue;
        }
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            if (http::equalsIgnoringCase(wordOf(rest.substr(0, comma)), "respond-async")) {
                return true;
            }
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return false;
}

http::Response jobRefusal(const http::Request& request, const Error& error)
{
    if (error.code != ErrorCode::TooLarge || error.subject != "exports") {
        return refusal(request, error);
    }
    http::ErrorReply reply;
    reply.status = 429;
    reply.type = "rate_limit_error";
    reply.code = "exports_limit";
    reply.message = error.message;
    reply.retryAfterSeconds = kRoomAgainSeconds;
    return http::errorResponse(reply, request.id);
}

http::Response asJob(const SharedServices& services,
                     const http::Request& request,
                     ExportOrder order)
{
    if (services->exports == nullptr) {
        return refusal(request, {ErrorCode::Unavailable, "no exports are made here", {}});
    }
    const auto job = services->exports->start(std::move(order));
    if (!job) {
        return jobRefusal(request, job.error());
    }
    auto response = http::jsonResponse(202, exportJobJson(*job));
    response.headers.add("Location", exportJobPath(job->id));
    response.headers.add("Retry-After", std::to_string(kAskAgainSeconds));
    if (prefersJob(request.headers)) {
        response.headers.add("Preference-Applied", "respond-async");
    }
    return response;
}

} // namespace

ExportOrder orderOf(const http::Request& request,
                    const security::Principal& principal,
                    std::string format,
                    std::optional<IncidentId> incident)
{
    return {principal.tenant, actorOf(request, principal), std::move(format), incident, {}};
}

Result<void> checkWords(const storage::HandOver& handOver)
{
    for (const auto& [words, pointer] : {std::pair(&handOver.reason, "/reason"),
                                         std::pair(&handOver.authority, "/authority"),
                                         std::pair(&handOver.recipient, "/recipient"),
                                         std::pair(&handOver.caseId, "/case")}) {
        if (words->size() > kWordsBytesMax) {
            return fail(ErrorCode::InvalidInput, "at most 1000 bytes", pointer);
        }
    }
    return {};
}

Result<void> checkRedaction(bool redact, const security::Principal& principal)
{
    return redact || principal.may(domain::Scope::AuditRead)
        ? Result<void>()
        : fail(ErrorCode::Forbidden,
               "an export without redaction needs the scope audit:read as well",
               "/redact");
}

http::Response answerExport(const SharedServices& services,
                            const http::Request& request,
                            ExportOrder order,
                            bool large)
{
    if (large || prefersJob(request.headers)) {
        return asJob(services, request, std::move(order));
    }
    auto made = services->exports == nullptr ? std::optional(order.make({}))
                                             : services->exports->makeNow(order);
    const bool job = !made || (!*made && made->error().subject == kNeedsJob);
    if (job) {
        return asJob(services, request, std::move(order));
    }
    auto& exported = *made;
    if (!exported) {
        return refusal(request, exported.error());
    }
    const auto recorded = storage::recordExport(services->database,
                                                services->ledger,
                                                order.tenant,
                                                order.actor,
                                                exported->record,
                                                Deadline::after(kExportTimeout));
    if (!recorded) {
        return refusal(request, recorded.error());
    }
    http::Response response;
    response.headers.add("Content-Type", exported->type);
    response.headers.add("Content-Disposition", "attachment; filename=\"" + exported->name + "\"");
    response.body = std::move(exported->bytes);
    return response;
}

Json exportJobJson(const storage::ExportJob& job)
{
    JsonObject json{{"export_id", job.id.text()},
                    {"format", job.format},
                    {"state", wireName(job.state)},
                    {"phase", job.phase},
                    {"done", job.done},
                    {"total", job.total},
                    {"created_at", formatTime(job.createdAt)},
                    {"expires_at", formatTime(job.expiresAt)}};
    if (job.incident) {
        json.emplace("incident_id", job.incident->text());
    }
    if (job.endedAt) {
        json.emplace("ended_at", formatTime(*job.endedAt));
    }
    if (job.state == storage::ExportJobState::Failed) {
        json.emplace("failure", JsonObject{{"code", job.errorCode}, {"message", job.errorMessage}});
    }
    if (job.state == storage::ExportJobState::Done) {
        json.emplace("file",
                     JsonObject{{"href", exportJobPath(job.id) + "/content"},
                                {"name", job.fileName},
                                {"content_type", job.contentType},
                                {"bytes", job.bytes},
                                {"sha256", toHex(asView(job.sha256))}});
    }
    return json;
}

std::string exportJobPath(storage::ExportJobId id)
{
    return "/api/v1/exports/" + id.text();
}

} // namespace exhibit::api
