// SPDX-License-Identifier: Apache-2.0
#include "server/api/reply.h"

#include "server/ops/log.h"
#include "server/storage/entry_names.h"

namespace exhibit::api {
namespace {

bool saysJson(std::string_view contentType)
{
    const auto type = contentType.substr(0, contentType.find_first_of("; "));
    return http::equalsIgnoringCase(type, "application/json");
}

} // namespace

http::Response refusal(const http::Request& request, const Error& error)
{
    auto reply = http::replyFor(error);
    if (error.subject == storage::kEvidenceDamaged) {
        ops::logError("request {}: {}", request.id.text(), error.message);
        reply.code = error.subject;
        reply.param.reset();
    }
    if (reply.status >= 500) {
        ops::logError(
            "request {}: {}: {}", request.id.text(), errorCodeName(error.code), error.message);
    }
    if (error.code == ErrorCode::Unavailable || error.code == ErrorCode::DeadlineExceeded) {
        // What the database said names hosts and paths of ours.
        reply.status = 503;
        reply.code = "unavailable";
        reply.message = "the evidence store does not answer now; try again";
        reply.param.reset();
        reply.retryAfterSeconds = 1;
    }
    return http::errorResponse(reply, request.id);
}

http::Response refusal(const http::Request& request,
                       int status,
                       std::string code,
                       std::string message,
                       std::optional<std::string> param)
{
    http::ErrorReply reply;
    reply.status = status;
    reply.code = std::move(code);
    reply.message = std::move(message);
    reply.param = std::move(param);
    return http::errorResponse(reply, request.id);
}

Result<Json> readObject(const http::Request& request)
{
    const auto contentType = request.headers.find("Content-Type");
    if (contentType && !saysJson(*contentType)) {
        return fail(ErrorCode::InvalidInput, "the body must be application/json", "Content-Type");
    }
    EXHIBIT_TRY(Json body, parseWrittenJson(request.body));
    if (!body.is_object()) {
        return fail(ErrorCode::InvalidInput, "the body must be a JSON object");
    }
    return body;
}

} // namespace exhibit::api
