// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"

#include <optional>

/// The head of a request, read strictly (RFC 9112): whatever two parsers could understand in two
/// ways is refused, because a proxy that guesses lets requests be smuggled past it. Pure functions
/// over bytes; Beast's parser is not used since it folds lines, joins duplicate lengths and lets
/// unknown transfer codings pass.
namespace exhibit::http {

/// Why the server itself answers. `code` is the error_code of the reply.
struct Refusal {
    int status = 400;
    std::string_view code;
    std::string_view message;
};

/// What the head says about the bytes behind it and about the connection.
struct Framing {
    bool http10 = false;
    bool keepAlive = true;
    bool chunked = false;
    bool expectContinue = false;
    std::uint64_t contentLength = 0;
};

/// Where the head ends, if its end has arrived. `scanned` remembers between calls how much was
/// looked at, so that a head arriving byte by byte costs linear time.
struct HeadSearch {
    std::optional<std::size_t> length{}; ///< With the empty line; empty while more is needed.
    std::optional<Refusal> refusal{}; ///< Limits and bytes no HTTP/1 request begins with.
};
[[nodiscard]] HeadSearch findHead(BytesView received, std::size_t& scanned);

/// Fills method, target and headers of `request`. `head` is what findHead() measured.
[[nodiscard]] std::optional<Refusal> parseHead(BytesView head, Request& request, Framing& framing);

} // namespace exhibit::http
