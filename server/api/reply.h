// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "server/http/message.h"

#include <chrono>

namespace exhibit::api {

/// How long a handler waits for the database.
inline constexpr std::chrono::seconds kHandlerTimeout{10};

/// The error as the client sees it; a fault of the server is logged under the request's id.
[[nodiscard]] http::Response refusal(const http::Request& request, const Error& error);
/// The same with a code of its own.
[[nodiscard]] http::Response refusal(const http::Request& request,
                                     int status,
                                     std::string code,
                                     std::string message,
                                     std::optional<std::string> param = {});

/// The body as one JSON object. InvalidInput for anything else.
[[nodiscard]] Result<Json> readObject(const http::Request& request);

/// The body as T; members that T does not know are refused with their JSON pointer.
template <class T>
[[nodiscard]] Result<T> readBody(const http::Request& request)
{
    EXHIBIT_TRY(const Json body, readObject(request));
    return fromJson<T>(body, UnknownMembers::Reject);
}

/// The {id} of the path. InvalidInput with subject "id".
template <class Id>
[[nodiscard]] Result<Id> readId(const http::Request& request)
{
    const auto found = request.pathParameters.find("id");
    auto id = Id::parse(found == request.pathParameters.end() ? std::string_view{}
                                                              : std::string_view(found->second));
    if (!id) {
        id.error().subject = "id";
    }
    return id;
}

} // namespace exhibit::api

/// Inside a handler: binds the value, or answers with the error of the Result.
#define EXHIBIT_ANSWER(request, decl, ...)                                                         \
    EXHIBIT_ANSWER_IMPL(request, EXHIBIT_CONCAT(exhibitAnswer, __LINE__), decl, __VA_ARGS__)
#define EXHIBIT_ANSWER_IMPL(request, tmp, decl, ...)                                               \
    auto tmp = (__VA_ARGS__);                                                                      \
    if (!tmp) [[unlikely]] {                                                                       \
        return ::exhibit::api::refusal(request, tmp.error());                                      \
    }                                                                                              \
    decl = *std::move(tmp)
