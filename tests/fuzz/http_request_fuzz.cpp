// SPDX-License-Identifier: Apache-2.0
// The bytes of a request as the server reads them: head, target, chunked body. However they are
// split, the result is the same.
#include "models/base/assert.h"
#include "server/http/chunk_decoder.h"
#include "server/http/router.h"
#include "server/http/target.h"

namespace {

using namespace exhibit;
using namespace exhibit::http;

struct Decoded {
    Bytes body;
    std::size_t consumed = 0;
    bool done = false;
    bool refused = false;
    bool operator==(const Decoded&) const = default;
};

Decoded decodeChunks(BytesView bytes, std::size_t piece)
{
    ChunkDecoder decoder(4096);
    Decoded decoded;
    while (decoded.consumed < bytes.size() && !decoder.done() && !decoded.refused) {
        const auto step = decoder.feed(bytes.substr(decoded.consumed, piece), decoded.body);
        decoded.consumed += step.consumed;
        decoded.refused = step.refusal.has_value();
    }
    decoded.done = decoder.done();
    return decoded;
}

HeadSearch searchInPieces(BytesView bytes, std::size_t piece)
{
    std::size_t scanned = 0;
    for (std::size_t size = piece; size < bytes.size(); size += piece) {
        const HeadSearch search = findHead(bytes.substr(0, size), scanned);
        if (search.length || search.refusal) {
            return search;
        }
    }
    return findHead(bytes, scanned);
}

void checkTarget(Request& request)
{
    static const Router router = [] {
        Router routes;
        for (const char* pattern : {"/a/{id}", "/a/b", "/{x}/{y}/z", "/health"}) {
            Route route;
            route.method = "GET";
            route.pattern = pattern;
            route.handler = [](const Request&) { return Response{}; };
            routes.add(std::move(route));
        }
        return routes;
    }();
    const auto path = pathOfTarget(request.target);
    if (decodeTarget(request)) {
        EXHIBIT_ASSERT(isValidUtf8(request.path));
        EXHIBIT_ASSERT(request.path.find('\0') == std::string::npos);
        EXHIBIT_ASSERT(path.has_value());
        const auto match = router.match(request.method, *path);
        EXHIBIT_ASSERT(match.route == nullptr || match.allowed.empty());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const BytesView bytes(reinterpret_cast<const char*>(data), size);
    const HeadSearch whole = searchInPieces(bytes, bytes.size() + 1);
    const HeadSearch split = searchInPieces(bytes, 1);
    EXHIBIT_ASSERT(whole.length == split.length);
    EXHIBIT_ASSERT(whole.refusal.has_value() == split.refusal.has_value());
    BytesView rest = bytes;
    if (whole.length) {
        Request request;
        Framing framing;
        const auto refusal = parseHead(bytes.substr(0, *whole.length), request, framing);
        if (!refusal) {
            EXHIBIT_ASSERT(!framing.chunked || framing.contentLength == 0);
            EXHIBIT_ASSERT(request.headers.fields().size() <= limits::kHttpHeaderCountMax);
            checkTarget(request);
        }
        rest.remove_prefix(*whole.length);
    }
    const Decoded atOnce = decodeChunks(rest, rest.size() + 1);
    const Decoded bytewise = decodeChunks(rest, 1);
    EXHIBIT_ASSERT(atOnce.body == bytewise.body && atOnce.done == bytewise.done
                   && atOnce.refused == bytewise.refused);
    EXHIBIT_ASSERT(!atOnce.done || atOnce.consumed == bytewise.consumed);
    return 0;
}
