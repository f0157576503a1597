// SPDX-License-Identifier: Apache-2.0
#include "server/http/message.h"

#include <algorithm>

namespace exhibit::http {

namespace {

char lowered(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

void addOptional(JsonObject& object, std::string_view name, const std::optional<std::string>& value)
{
    if (value) {
        object.emplace(name, *value);
    }
}

void addOptional(JsonObject& object,
                 std::string_view name,
                 const std::optional<std::int64_t>& value)
{
    if (value) {
        object.emplace(name, *value);
    }
}

struct OutsideForm {
    int status;
    std::string_view type;
    std::string_view code;
};

OutsideForm outsideForm(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidInput:
        return {400, "invalid_request_error", "invalid_input"};
    case ErrorCode::Unauthenticated:
        return {401, "authentication_error", "unauthenticated"};
    case ErrorCode::Forbidden:
        return {403, "permission_error", "forbidden"};
    case ErrorCode::NotFound:
        return {404, "invalid_request_error", "not_found"};
    case ErrorCode::Conflict:
        return {409, "invalid_request_error", "conflict"};
    case ErrorCode::TooLarge:
        return {413, "invalid_request_error", "too_large"};
    case ErrorCode::DeadlineExceeded:
        return {504, "server_error", "deadline_exceeded"};
    case ErrorCode::Unavailable:
        return {503, "server_error", "unavailable"};
    case ErrorCode::Cancelled:
        return {503, "server_error", "cancelled"};
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
        return {500, "server_error", "internal"};
    }
    return {500, "server_error", "internal"};
}

} // namespace

bool equalsIgnoringCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(), [](char left, char right) {
               return lowered(left) == lowered(right);
           });
}

void Headers::add(std::string name, std::string value)
{
    m_fields.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value)
{
    remove(name);
    add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name)
{
    std::erase_if(m_fields,
                  [name](const Field& field) { return equalsIgnoringCase(field.first, name); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const
{
    for (const auto& [fieldName, value] : m_fields) {
        if (equalsIgnoringCase(fieldName, name)) {
            return value;
        }
    }
    return std::nullopt;
}

Response jsonResponse(int status, const Json& body)
{
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    response.body = printJson(body);
    return response;
}

JsonObject errorObject(const ErrorReply& reply, const RequestId& id)
{
    JsonObject error;
    error.reserve(13);
    error.emplace("message", reply.message);
    error.emplace("type", reply.type);
    error.emplace("param", reply.param ? Json(*reply.param) : Json(nullptr));
    error.emplace("code", reply.code);
    error.emplace("error_code", reply.code);
    error.emplace("request_id", id.text());
    addOptional(error, "limit", reply.limit);
    addOptional(error, "used", reply.used);
    addOptional(error, "reset_at", reply.resetAt);
    addOptional(error, "incident_id", reply.incidentId);
    addOptional(error, "policy_id", reply.policyId);
    addOptional(error, "run_id", reply.runId);
    addOptional(error, "call_id", reply.callId);
    return error;
}

Response errorResponse(const ErrorReply& reply, const RequestId& id)
{
    JsonObject body;
    body.emplace("error", errorObject(reply, id));
    Response response = jsonResponse(reply.status, Json(std::move(body)));
    // SDKs repeat 408, 409, 429 and 5xx by themselves unless told otherwise (wire.md).
    const bool retry = reply.retryAfterSeconds && reply.retryHelps;
    response.headers.add("x-should-retry", retry ? "true" : "false");
    if (reply.retryAfterSeconds) {
        response.headers.add("Retry-After", std::to_string(*reply.retryAfterSeconds));
    }
    return response;
}

ErrorReply replyFor(const Error& error)
{
    const OutsideForm form = outsideForm(error.code);
    ErrorReply reply;
    reply.status = form.status;
    reply.type = form.type;
    reply.code = form.code;
    if (form.status == 500) {
        reply.message = "the server failed to answer this request; its log names the request id";
        return reply;
    }
    reply.message = error.message;
    if (!error.subject.empty()) {
        reply.param = error.subject;
    }
    if (error.code == ErrorCode::Unavailable) {
        reply.retryAfterSeconds = 1;
    }
    return reply;
}

} // namespace exhibit::http
