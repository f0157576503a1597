// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"

namespace exhibit::http {

/// Undoes %XX. InvalidInput for a broken escape, for a NUL and for what is not UTF-8 afterwards:
/// none of these can reach a handler.
[[nodiscard]] Result<std::string> percentDecode(std::string_view text);

/// The path of a request target as sent: without query, and without scheme and authority when the
/// target has absolute form (RFC 9112, 3.2.2). InvalidInput for other forms and for a fragment.
[[nodiscard]] Result<std::string_view> pathOfTarget(std::string_view target);

/// Fills path and query from `request.target`. In the query `+` is a space; a name without `=` has
/// an empty value.
[[nodiscard]] Result<void> decodeTarget(Request& request);

} // namespace exhibit::http
