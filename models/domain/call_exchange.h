// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/run.h"

#include <optional>
#include <string>
#include <vector>

/// A closed call as it stood on the wire; its bytes are asked for apart, part by part.
namespace exhibit::domain {

/// The recorded bytes of a call.
enum class CallPart : std::uint8_t {
    Request, ///< As the client sent it.
    Sent, ///< What went to the provider, when that differs.
    Released, ///< Of the answer: what the client got.
    Withheld, ///< Of the answer: what it never got.
};

/// Bytes of the answer as the provider's events brought them.
struct CallPiece {
    CallPart part = CallPart::Released;
    std::int64_t firstEvent = 0;
    std::int64_t eventCount = 0; ///< 0: no event of the provider's.
    std::int64_t atUs = 0; ///< Since the call opened.
    std::int64_t bytes = 0;
};

struct CallExchange {
    CallId callId;
    RunId runId;
    std::string endpoint;
    std::string model;
    std::optional<std::string> answeredModel;
    std::optional<std::string> upstream; ///< Absent: refused before it was routed.
    bool streaming = false;
    UtcTime openedAt{};
    std::int64_t upstreamStatus = 0; ///< HTTP; 0: the provider did not answer.
    std::string outcome; ///< CallOutcome of the API.
    std::optional<std::string> errorCode;
    bool recovered = false; ///< Its end was found after a crash.
    Json requestHeaders = JsonObject{}; ///< Those that are kept; never a key or a cookie.
    Json responseHeaders = JsonObject{}; ///< Of the provider; those that are kept.
    std::int64_t requestBytes = 0;
    std::optional<std::int64_t> sentBytes; ///< Absent: what was sent is the request.
    std::int64_t releasedBytes = 0;
    std::int64_t withheldBytes = 0;
    std::vector<CallPiece> pieces; ///< In the order of their bytes, released before withheld.
    bool piecesTruncated = false; ///< There are more pieces than these.
};

template <class V>
void visitFields(V& visit, Of<V, CallPiece>& piece)
{
    visit("part", piece.part);
    visit("first_event", piece.firstEvent);
    visit("event_count", piece.eventCount);
    visit("at_us", piece.atUs);
    visit("bytes", piece.bytes);
}

template <class V>
void visitFields(V& visit, Of<V, CallExchange>& call)
{
    visit("call_id", call.callId);
    visit("run_id", call.runId);
    visit("endpoint", call.endpoint);
    visit("model", call.model);
    visit("answered_model", call.answeredModel);
    visit("upstream", call.upstream);
    visit("streaming", call.streaming);
    visit("opened_at", call.openedAt);
    visit("upstream_status", call.upstreamStatus);
    visit("outcome", call.outcome);
    visit("error_code", call.errorCode);
    visit("recovered", call.recovered);
    visit("request_headers", call.requestHeaders);
    visit("response_headers", call.responseHeaders);
    visit("request_bytes", call.requestBytes);
    visit("sent_bytes", call.sentBytes);
    visit("released_bytes", call.releasedBytes);
    visit("withheld_bytes", call.withheldBytes);
    visit("pieces", call.pieces);
    visit("pieces_truncated", call.piecesTruncated);
}

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::CallPart> {
    using E = domain::CallPart;
    static constexpr std::string_view kType = "part of a call";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::Request, "request"},
                                                                {E::Sent, "sent"},
                                                                {E::Released, "released"},
                                                                {E::Withheld, "withheld"}};
};

} // namespace exhibit
