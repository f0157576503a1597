// SPDX-License-Identifier: Apache-2.0
#include "backend-client/export_call.h"

#include "backend-client/decode.h"
#include "backend-client/network_words.h"
#include "models/base/sha256.h"

#include <QTimer>

namespace exhibit::client {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kPieceBytes = std::int64_t{8} << 20;
constexpr std::int64_t kFileBytesMax = std::int64_t{1} << 30; ///< What a server keeps at most.
constexpr auto kLookEvery = 500ms;
constexpr auto kAgainAfter = 1s;
constexpr int kFailuresMax = 10;
const std::string kJobs = "/api/v1/exports/";

Failure failureBecause(ErrorCode code, const QString& why)
{
    return {{code, why.toStdString(), {}}, 0, {}};
}

Failure failureOfJob(const ExportJob& job)
{
    Failure failure = failureBecause(ErrorCode::Cancelled,
                                     Network::tr("The export was cancelled on the server."));
    if (!job.failure) {
        return failure;
    }
    static constexpr std::pair<std::string_view, ErrorCode> kCodes[]
        = {{"invalid_input", ErrorCode::InvalidInput},
           {"not_found", ErrorCode::NotFound},
           {"too_large", ErrorCode::TooLarge},
           {"conflict", ErrorCode::Conflict},
           {"unavailable", ErrorCode::Unavailable},
           {"export_interrupted", ErrorCode::Unavailable},
           {"export_withdrawn", ErrorCode::Conflict}};
    failure.error = {ErrorCode::Internal, job.failure->message, {}};
    for (const auto& [name, code] : kCodes) {
        if (name == job.failure->code) {
            failure.error.code = code;
        }
    }
    return failure;
}

/// Whether the same question may be answered in a moment.
bool mayPass(const Reply<HttpReply>& reply)
{
    return !reply || reply->status >= 500 || reply->status == 429;
}

Failure failureOfReply(const Reply<HttpReply>& reply)
{
    return reply ? failureOf(*reply) : reply.error();
}

} // namespace

QFuture<Reply<Bytes>> ExportCall::start(Transport& transport,
                                        std::string path,
                                        const Bytes& body,
                                        ExportTold told)
{
    auto* call = new ExportCall(transport, std::move(told)); // Deletes itself at its end.
    auto future = call->m_promise.future();
    call->ask("POST", path, body, {}, &ExportCall::ordered);
    return future;
}

ExportCall::ExportCall(Transport& transport, ExportTold told)
    : QObject(transport.owner())
    , m_transport(transport)
    , m_told(std::move(told))
{
    m_promise.start();
}

void ExportCall::ask(std::string_view method,
                     const std::string& path,
                     const Bytes& body,
                     const Transport::Fields& fields,
                     Next next)
{
    m_transport.send(method, path, body, fields)
        .then(this, [this, next](const Reply<HttpReply>& reply) { (this->*next)(reply); });
}

void ExportCall::ordered(const Reply<HttpReply>& reply)
{
    if (!reply || reply->status >= 300) {
        finish(tl::make_unexpected(failureOfReply(reply)));
        return;
    }
    if (reply->status != 202) {
        finish(reply->body);
        return;
    }
    looked(reply);
}

void ExportCall::look()
{
    if (m_promise.isCanceled()) {
        drop();
        return;
    }
    ask("GET", kJobs + encodeSegment(m_job.exportId), {}, {}, &ExportCall::looked);
}

void ExportCall::looked(const Reply<HttpReply>& reply)
{
    if (mayPass(reply)) {
        again(&ExportCall::look, failureOfReply(reply));
        return;
    }
    auto job = decodeReply<ExportJob>(*reply);
    if (!job) {
        finish(tl::make_unexpected(job.error()));
        return;
    }
    m_failures = 0;
    m_job = *std::move(job);
    follow();
}

void ExportCall::follow()
{
    if (m_told) {
        m_told(m_job);
    }
    if (m_job.state == "waiting" || m_job.state == "running") {
        QTimer::singleShot(kLookEvery, this, &ExportCall::look);
    } else if (m_job.state == "done" && m_job.file) {
        m_job.phase = "fetching";
        m_job.total = m_job.file->bytes;
        fetch();
    } else {
        finish(tl::make_unexpected(failureOfJob(m_job)));
    }
}

void ExportCall::fetch()
{
    const auto& file = *m_job.file;
    m_job.done = static_cast<std::int64_t>(m_bytes.size());
    if (m_told) {
        m_told(m_job);
    }
    if (m_promise.isCanceled() || file.bytes > kFileBytesMax) {
        drop();
        return;
    }
    if (m_job.done == file.bytes) {
        complete();
        return;
    }
    const auto last = std::min(file.bytes, m_job.done + kPieceBytes) - 1;
    ask("GET",
        kJobs + encodeSegment(m_job.exportId) + "/content",
        {},
        {{"Range", "bytes=" + std::to_string(m_job.done) + "-" + std::to_string(last)},
         {"If-Range", "\"" + file.sha256 + "\""}},
        &ExportCall::fetched);
}

void ExportCall::fetched(const Reply<HttpReply>& reply)
{
    if (mayPass(reply)) {
        again(&ExportCall::fetch, failureOfReply(reply));
        return;
    }
    if (reply->status >= 300) {
        finish(tl::make_unexpected(failureOf(*reply)));
        return;
    }
    if (!takePiece(*reply)) {
        finish(tl::make_unexpected(unreadable(
            *reply, {ErrorCode::Corrupt, "it is not the piece that was asked for", {}})));
        return;
    }
    m_failures = 0;
    fetch();
}

bool ExportCall::takePiece(const HttpReply& reply)
{
    const auto wanted = std::min(m_job.file->bytes - m_job.done, kPieceBytes);
    if (reply.status != 206 || static_cast<std::int64_t>(reply.body.size()) != wanted) {
        return false;
    }
    m_bytes += reply.body;
    return true;
}

void ExportCall::complete()
{
    if (toHex(asView(sha256(m_bytes))) != m_job.file->sha256) {
        finish(tl::make_unexpected(
            failureBecause(ErrorCode::Corrupt,
                           Network::tr("What arrived is not the file that the server made."))));
        return;
    }
    m_result = Reply<Bytes>(std::move(m_bytes));
    drop();
}

void ExportCall::drop()
{
    ask("DELETE", kJobs + encodeSegment(m_job.exportId), {}, {}, &ExportCall::dropped);
}

/// A job that could not be dropped expires.
void ExportCall::dropped(const Reply<HttpReply>&)
{
    if (m_result) {
        finish(*std::move(m_result));
        return;
    }
    const bool cancelled = m_promise.isCanceled();
    finish(tl::make_unexpected(
        cancelled
            ? failureBecause(ErrorCode::Cancelled, Network::tr("The export was cancelled."))
            : failureBecause(ErrorCode::TooLarge, Network::tr("The file is larger than 1 GiB."))));
}

void ExportCall::again(void (ExportCall::*step)(), const Failure& failure)
{
    if (++m_failures > kFailuresMax || m_job.exportId.empty()) {
        finish(tl::make_unexpected(failure));
        return;
    }
    QTimer::singleShot(kAgainAfter, this, step);
}

void ExportCall::finish(Reply<Bytes> result)
{
    m_promise.addResult(std::move(result));
    m_promise.finish();
    deleteLater();
}

} // namespace exhibit::client
