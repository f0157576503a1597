// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <optional>
#include <string>
#include <string_view>

namespace exhibit::client {

/// The bytes of a text that an invalid query's error is about.
struct TextPosition {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// The server's `error` object (resources/openapi.json, Error), as far as it was filled.
struct ServerError {
    std::string message;
    std::optional<std::string> type;
    std::optional<std::string> param; ///< The field or JSON pointer concerned.
    std::optional<std::string> errorCode;
    std::optional<std::string> requestId; ///< To find it in the server's log.
    std::optional<std::string> incidentId;
    std::optional<std::string> policyId;
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> used;
    std::optional<std::string> resetAt;
    std::optional<TextPosition> position;
    std::optional<std::string> suggestion;
};

template <class V>
void visitFields(V& visit, Of<V, TextPosition>& position)
{
    visit("begin", position.begin);
    visit("end", position.end);
}

template <class V>
void visitFields(V& visit, Of<V, ServerError>& error)
{
    visit("message", error.message);
    visit("type", error.type);
    visit("param", error.param);
    visit("error_code", error.errorCode);
    visit("request_id", error.requestId);
    visit("incident_id", error.incidentId);
    visit("policy_id", error.policyId);
    visit("limit", error.limit);
    visit("used", error.used);
    visit("reset_at", error.resetAt);
    visit("position", error.position);
    visit("suggestion", error.suggestion);
}

/// Why a call has no answer.
struct Failure {
    Error error; ///< Message and code for people and programs; subject: `param`, if any.
    int httpStatus = 0; ///< 0 when no reply came.
    std::optional<ServerError> server; ///< Absent when the reply was not in the server's shape.
};

template <class T>
using Reply = tl::expected<T, Failure>;

/// What came over the wire.
struct HttpReply {
    int status = 0;
    std::string contentType;
    Bytes body;
};

/// The failure that a reply with a status of 300 or more stands for. Never quotes the body of what
/// is not the server's own error: that may be anybody's page.
[[nodiscard]] Failure failureOf(const HttpReply& reply);
[[nodiscard]] ErrorCode errorCodeOfStatus(int status);

} // namespace exhibit::client
