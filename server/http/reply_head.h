// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/router.h"

#include <optional>

namespace exhibit::http {

/// The header with our request id: the plain name belongs to the provider on gateway routes.
[[nodiscard]] std::string_view requestIdHeader(Surface surface);

/// How the body behind a head is framed.
struct ReplyFraming {
    std::optional<std::size_t> contentLength; ///< Empty: chunked, or until close for HTTP/1.0.
    bool keepAlive = true;
    bool http10 = false;
};

/// What the session adds to every answer.
struct ReplyStamp {
    std::string_view idHeader;
    std::string_view id;
    std::string_view date; ///< Unless the handler gave one.
};

/// Appends status line and header fields with the final empty line. Fields that belong to the
/// session are replaced; control characters in values become spaces, so that no value can end its
/// line.
void appendReplyHead(Bytes& out,
                     int status,
                     const Headers& headers,
                     const ReplyStamp& stamp,
                     const ReplyFraming& framing);

/// True for answers that never have a body (RFC 9112, 6.3).
[[nodiscard]] bool isBodiless(int status);

/// IMF-fixdate (RFC 9110, 5.6.7), made once a second. One thread.
class DateClock {
public:
    [[nodiscard]] std::string_view text();

private:
    std::int64_t m_second = -1;
    std::string m_text;
};

} // namespace exhibit::http
