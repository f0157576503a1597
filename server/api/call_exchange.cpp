// SPDX-License-Identifier: Apache-2.0
// One call as it stood on the wire: what is known of it, and its bytes part by part.
#include "models/domain/call_exchange.h"

#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/pack_export.h"
#include "server/storage/recorded_calls.h"

namespace exhibit::api {
namespace {

using domain::CallExchange;
using domain::CallPart;
using storage::RecordedPiece;

/// A stream of one event a token reaches this after an answer of book length.
constexpr std::size_t kPiecesMax = 20'000;

Result<storage::RecordedCall> readCall(const SharedServices& services,
                                       const http::Request& request,
                                       const security::Principal& principal)
{
    if (services->evidence == nullptr) {
        return fail(ErrorCode::Unavailable, "recorded calls cannot be read");
    }
    EXHIBIT_TRY(const auto id, readId<CallId>(request));
    return storage::RecordedCalls(services->database, services->evidence->keys)
        .find(principal.tenant, id, Deadline::after(kHandlerTimeout));
}

/// Adds the pieces and returns how many bytes they are.
std::int64_t addPieces(CallExchange& call, CallPart part, const std::vector<RecordedPiece>& pieces)
{
    std::int64_t sum = 0;
    for (const auto& piece : pieces) {
        const auto bytes = static_cast<std::int64_t>(piece.bytes.size());
        sum += bytes;
        if (call.pieces.size() < kPiecesMax) {
            call.pieces.push_back({part, piece.firstEvent, piece.eventCount, piece.atUs, bytes});
        } else {
            call.piecesTruncated = true;
        }
    }
    return sum;
}

CallExchange exchangeOf(const storage::RecordedCall& recorded)
{
    CallExchange call;
    call.callId = recorded.callId;
    call.runId = recorded.runId;
    call.endpoint = recorded.endpoint;
    call.model = recorded.model;
    if (!recorded.answeredModel.empty()) {
        call.answeredModel = recorded.answeredModel;
    }
    call.upstream = recorded.upstream;
    call.streaming = recorded.streaming;
    call.openedAt = recorded.openedAt;
    call.upstreamStatus = recorded.upstreamStatus;
    call.outcome = recorded.outcome;
    call.errorCode = recorded.errorCode;
    call.recovered = recorded.recovered;
    call.requestHeaders = recorded.requestHeaders;
    call.responseHeaders = recorded.responseHeaders;
    call.requestBytes = static_cast<std::int64_t>(recorded.request.size());
    if (recorded.sentRequest) {
        call.sentBytes = static_cast<std::int64_t>(recorded.sentRequest->size());
    }
    call.releasedBytes = addPieces(call, CallPart::Released, recorded.released);
    call.withheldBytes = addPieces(call, CallPart::Withheld, recorded.withheld);
    return call;
}

http::Response getCall(const SharedServices& services,
                       const http::Request& request,
                       const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto recorded, readCall(services, request, principal));
    return http::jsonResponse(200, JsonObject{{"call", toJson(exchangeOf(recorded))}});
}

Result<CallPart> readPart(const http::Request& request)
{
    const auto found = request.query.find("part");
    auto part = parseEnum<CallPart>(found == request.query.end() ? "" : found->second);
    if (!part) {
        part.error().subject = "part";
    }
    return part;
}

Bytes joined(const std::vector<RecordedPiece>& pieces)
{
    Bytes bytes;
    for (const auto& piece : pieces) {
        bytes += piece.bytes;
    }
    return bytes;
}

Bytes bytesOf(storage::RecordedCall call, CallPart part)
{
    switch (part) {
    case CallPart::Request:
        return std::move(call.request);
    case CallPart::Sent:
        return call.sentRequest ? *std::move(call.sentRequest) : std::move(call.request);
    case CallPart::Released:
        return joined(call.released);
    case CallPart::Withheld:
        return joined(call.withheld);
    }
    return {};
}

/// As octets: what a model wrote is no document of this server's.
http::Response getContent(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto part, readPart(request));
    EXHIBIT_ANSWER(request, auto recorded, readCall(services, request, principal));
    http::Response response;
    response.headers.add("Content-Type", "application/octet-stream");
    response.headers.add("Content-Disposition", "attachment");
    response.headers.add("X-Content-Type-Options", "nosniff");
    response.headers.add("Cache-Control", "private, no-store");
    response.body = bytesOf(std::move(recorded), part);
    return response;
}

} // namespace

std::vector<ApiRoute> callRoutes(const SharedServices& services)
{
    constexpr auto kScope = domain::Scope::IncidentRead;
    return {{"GET", "/api/v1/calls/{id}", kScope, with(services, getCall)},
            {"GET", "/api/v1/calls/{id}/content", kScope, with(services, getContent)}};
}

} // namespace exhibit::api
