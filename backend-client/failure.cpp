// SPDX-License-Identifier: Apache-2.0
#include "backend-client/failure.h"

#include "backend-client/network_words.h"

namespace exhibit::client {
namespace {

std::optional<ServerError> decodeError(const HttpReply& reply)
{
    const auto json = parseJson(reply.body);
    const Json* object = json ? findMember(*json, "error") : nullptr;
    if (object == nullptr) {
        return std::nullopt;
    }
    auto error = fromJson<ServerError>(*object);
    if (!error || error->message.empty()) {
        return std::nullopt;
    }
    return *std::move(error);
}

std::string messageWithoutError(const HttpReply& reply)
{
    const QString text = reply.status < 400
        ? Network::tr("The server answered with a redirection (%1), which is not followed; give "
                      "the address it leads to.")
        : Network::tr("The server answered %1 without an error of Exhibit's; is this the address "
                      "of an Exhibit server?");
    return text.arg(reply.status).toStdString();
}

} // namespace

ErrorCode errorCodeOfStatus(int status)
{
    switch (status) {
    case 400:
    case 405:
    case 415:
    case 422:
        return ErrorCode::InvalidInput;
    case 401:
        return ErrorCode::Unauthenticated;
    case 402:
    case 403:
        return ErrorCode::Forbidden;
    case 404:
        return ErrorCode::NotFound;
    case 409:
        return ErrorCode::Conflict;
    case 413:
    case 414:
    case 431:
        return ErrorCode::TooLarge;
    case 408:
    case 504:
        return ErrorCode::DeadlineExceeded;
    case 429:
    case 502:
    case 503:
        return ErrorCode::Unavailable;
    default:
        return ErrorCode::Internal;
    }
}

Failure failureOf(const HttpReply& reply)
{
    Failure failure;
    failure.httpStatus = reply.status;
    failure.server = decodeError(reply);
    failure.error.code = errorCodeOfStatus(reply.status);
    if (failure.server) {
        failure.error.message = failure.server->message;
        failure.error.subject = failure.server->param.value_or("");
    } else {
        failure.error.message = messageWithoutError(reply);
        // A 404 page of another server is not the answer "there is no such incident".
        if (failure.error.code == ErrorCode::NotFound || reply.status < 400) {
            failure.error.code = ErrorCode::Unavailable;
        }
    }
    return failure;
}

} // namespace exhibit::client
