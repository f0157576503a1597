// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/strong_id.h"
#include "models/base/time.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::http {

/// Header fields in the order they arrived. Names compare without case (RFC 9110, 5.1).
class Headers {
public:
    using Field = std::pair<std::string, std::string>;

    Headers() = default;
    Headers(std::initializer_list<Field> fields)
        : m_fields(fields)
    {
    }

    void add(std::string name, std::string value);
    /// Replaces every field of that name by one.
    void set(std::string name, std::string value);
    void remove(std::string_view name);
    /// The first field of that name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] bool contains(std::string_view name) const { return find(name).has_value(); }
    [[nodiscard]] const std::vector<Field>& fields() const { return m_fields; }
    [[nodiscard]] auto begin() const { return m_fields.begin(); }
    [[nodiscard]] auto end() const { return m_fields.end(); }

private:
    std::vector<Field> m_fields;
};

[[nodiscard]] bool equalsIgnoringCase(std::string_view a, std::string_view b);

struct Request {
    RequestId id;
    std::string method;
    std::string target; ///< As sent, with the query.
    std::string path; ///< Percent-decoded, without the query.
    std::multimap<std::string, std::string, std::less<>> query; ///< Percent-decoded.
    std::map<std::string, std::string, std::less<>> pathParameters; ///< By the route's {name}s.
    Headers headers;
    Bytes body; ///< As sent (content codings not undone).
    std::string peerAddress; ///< Of the client, behind trusted proxies (api.md).
    UtcTime receivedAt{};
    SteadyTime startedAt{};
    Headers replyFields; ///< What every reply to this request carries beside its own.
};

struct Response {
    int status = 200;
    Headers headers;
    Bytes body;
};

[[nodiscard]] Response jsonResponse(int status, const Json& body);

/// The one error shape of api.md. `code` and error_code are equal; members that are empty are
/// null ("param") or left out (the stop and quota members).
struct ErrorReply {
    int status = 500;
    std::string type = "invalid_request_error"; ///< OpenAI's word for the class of error.
    std::string code;
    std::string message;
    std::optional<std::string> param; ///< The field or JSON pointer concerned.
    std::optional<std::string> incidentId;
    std::optional<std::string> policyId;
    std::optional<std::string> runId;
    std::optional<std::string> callId;
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> used;
    std::optional<std::string> resetAt;
    std::optional<int> retryAfterSeconds; ///< Adds Retry-After; x-should-retry is then true,
    bool retryHelps = true; ///< unless nobody waits for so long.
};

/// The `error` object alone, as it also stands in a stream.
[[nodiscard]] JsonObject errorObject(const ErrorReply& reply, const RequestId& id);
[[nodiscard]] Response errorResponse(const ErrorReply& reply, const RequestId& id);
/// How an internal Error looks outside: status and type by its code; the message of Internal and
/// Corrupt errors stays inside (it is logged with the request id).
[[nodiscard]] ErrorReply replyFor(const Error& error);

} // namespace exhibit::http
