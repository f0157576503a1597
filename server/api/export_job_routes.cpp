// SPDX-License-Identifier: Apache-2.0
// Exports that are made as jobs: how far they are, their end, their files.
#include "models/base/base64.h"
#include "server/api/export_answer.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/http/byte_range.h"

namespace exhibit::api {
namespace {

using storage::ExportJob;
using storage::ExportJobId;
using storage::ExportJobState;

/// A maker for readers on a server that makes none.
storage::ExportMaker readerOf(const SharedServices& services)
{
    return services->exports == nullptr ? storage::ExportMaker{} : services->exports->maker();
}

Result<ExportJob> readJob(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_TRY(const auto id, readId<ExportJobId>(request));
    return services->database.read(
        principal.tenant, Deadline::after(kHandlerTimeout), [&](storage::Transaction& transaction) {
            return storage::readExportJob(
                transaction, readerOf(services), id, principal.key.text());
        });
}

http::Response listJobs(const SharedServices& services,
                        const http::Request& request,
                        const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto jobs,
                   services->database.read(principal.tenant,
                                           Deadline::after(kHandlerTimeout),
                                           [&](storage::Transaction& transaction) {
                                               return storage::listExportJobs(transaction,
                                                                              readerOf(services),
                                                                              principal.key.text());
                                           }));
    JsonArray list;
    for (const auto& job : jobs) {
        list.push_back(exportJobJson(job));
    }
    return http::jsonResponse(200, JsonObject{{"exports", std::move(list)}});
}

http::Response getJob(const SharedServices& services,
                      const http::Request& request,
                      const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto job, readJob(services, request, principal));
    auto response = http::jsonResponse(200, exportJobJson(job));
    if (job.state == ExportJobState::Waiting || job.state == ExportJobState::Running) {
        response.headers.add("Retry-After", "1");
    }
    return response;
}

http::Response dropJob(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto id, readId<ExportJobId>(request));
    const auto dropped = services->database.write(
        principal.tenant, Deadline::after(kHandlerTimeout), [&](storage::Transaction& transaction) {
            return storage::dropExportJob(transaction, id, principal.key.text());
        });
    return dropped ? http::Response{.status = 204, .headers = {}, .body = {}}
                   : refusal(request, dropped.error());
}

http::Response notReady(const http::Request& request, const ExportJob& job)
{
    http::ErrorReply reply;
    reply.status = 409;
    const bool open = job.state == ExportJobState::Waiting || job.state == ExportJobState::Running;
    reply.code = open ? "export_not_ready" : "export_has_no_file";
    reply.message = open ? "it is being made" : "it ended without a file";
    if (open) {
        reply.retryAfterSeconds = 1;
    }
    return http::errorResponse(reply, request.id);
}

/// The file, or a range of it: read part by part on worker threads, sent as the client takes it.
class ContentHandler {
public:
    ContentHandler(SharedServices services, AccessControl access)
        : m_services(std::move(services))
        , m_access(std::move(access))
    {
    }

    boost::asio::awaitable<void> operator()(http::Exchange& exchange) const
    {
        const auto& request = exchange.request();
        const auto principal = m_access.authorize(request, domain::Scope::EvidenceExport);
        if (!principal) {
            co_await exchange.respond(principal.error());
            co_return;
        }
        auto job = busy<ExportJob>();
        std::function<void()> read = [&] { job = readJob(m_services, request, *principal); };
        co_await exchange.onWorker(std::move(read));
        if (!job) {
            co_await exchange.respond(refusal(request, job.error()));
            co_return;
        }
        if (job->state != ExportJobState::Done) {
            co_await exchange.respond(notReady(request, *job));
            co_return;
        }
        co_await sendFile(exchange, principal->tenant, *job);
    }

private:
    template <class T>
    static Result<T> busy()
    {
        return fail(ErrorCode::Unavailable, "the server is busy");
    }

    static http::Headers headersOf(const ExportJob& job, const std::string& etag)
    {
        return {{"Content-Type", job.contentType},
                {"Content-Disposition", "attachment; filename=\"" + job.fileName + "\""},
                {"Accept-Ranges", "bytes"},
                {"ETag", etag},
                {"Repr-Digest", "sha-256=:" + toBase64(asView(job.sha256)) + ":"},
                {"Cache-Control", "private, no-store"}};
    }

    boost::asio::awaitable<void> sendFile(http::Exchange& exchange,
                                          TenantId tenant,
                                          const ExportJob& job) const
    {
        const std::string etag = "\"" + toHex(asView(job.sha256)) + "\"";
        const auto size = static_cast<std::uint64_t>(job.bytes);
        http::ByteRange range;
        const auto choice = http::chooseRange(exchange.request().headers, size, etag, range);
        auto headers = headersOf(job, etag);
        if (choice == http::RangeChoice::Unsatisfiable) {
            auto response = refusal(
                exchange.request(), 416, "range_not_satisfiable", "the file has no such bytes");
            response.headers.add("Content-Range", "bytes */" + std::to_string(size));
            co_await exchange.respond(std::move(response));
            co_return;
        }
        const bool part = choice == http::RangeChoice::Part;
        if (part) {
            headers.add("Content-Range",
                        "bytes " + std::to_string(range.begin) + "-" + std::to_string(range.end - 1)
                            + "/" + std::to_string(size));
        }
        const auto begun = co_await exchange.beginSized(
            part ? 206 : 200, std::move(headers), range.end - range.begin);
        if (begun && exchange.request().method == "GET") {
            co_await sendParts(exchange, tenant, job.id, range);
        } else if (begun) {
            co_await exchange.end();
        }
    }

    /// A part that is not there any more leaves the answer unfinished: the client sees it cut.
    boost::asio::awaitable<void> sendParts(http::Exchange& exchange,
                                           TenantId tenant,
                                           ExportJobId id,
                                           http::ByteRange range) const
    {
        constexpr auto kPart = static_cast<std::uint64_t>(storage::kExportPartBytes);
        while (range.begin < range.end) {
            const auto number = static_cast<std::int64_t>(range.begin / kPart);
            auto part = busy<Bytes>();
            std::function<void()> read = [&] { part = readPart(tenant, id, number); };
            co_await exchange.onWorker(std::move(read));
            const auto offset = static_cast<std::size_t>(range.begin % kPart);
            if (!part || part->size() <= offset) {
                co_return;
            }
            const auto left = static_cast<std::size_t>(range.end - range.begin);
            const auto piece = BytesView(*part).substr(offset, left);
            const auto sent = co_await exchange.write(piece);
            if (!sent) {
                co_return;
            }
            range.begin += piece.size();
        }
        co_await exchange.end();
    }

    Result<Bytes> readPart(TenantId tenant, ExportJobId id, std::int64_t number) const
    {
        return m_services->database.read(
            tenant, Deadline::after(kHandlerTimeout), [&](storage::Transaction& transaction) {
                return storage::readExportPart(transaction, id, number);
            });
    }

    SharedServices m_services;
    AccessControl m_access;
};

} // namespace

std::vector<ApiRoute> exportJobRoutes(const SharedServices& services)
{
    constexpr auto kScope = domain::Scope::EvidenceExport;
    const std::string base = "/api/v1/exports";
    return {{"GET", base, kScope, with(services, listJobs)},
            {"GET", base + "/{id}", kScope, with(services, getJob)},
            {"DELETE", base + "/{id}", kScope, with(services, dropJob)}};
}

void addExportContentRoute(http::Router& router,
                           const SharedServices& services,
                           const AccessControl& access)
{
    router.add({.method = "GET",
                .pattern = "/api/v1/exports/{id}/content",
                .handler = http::StreamHandler(ContentHandler(services, access))});
}

} // namespace exhibit::api
