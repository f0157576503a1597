// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"

namespace exhibit::http {

/// Of a body, from `begin` to before `end`.
struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

enum class RangeChoice : std::uint8_t { Whole, Part, Unsatisfiable };

/// Which bytes of a body of `size` bytes a GET asks for (RFC 9110, 14.2 and 13.1.5). One range of
/// bytes is understood; several, other units and what cannot be read get the whole, and so does an
/// If-Range that names another body than the strong `etag`. `range` holds what is to be sent.
[[nodiscard]] RangeChoice chooseRange(const Headers& headers,
                                      std::uint64_t size,
                                      std::string_view etag,
                                      ByteRange& range);

} // namespace exhibit::http
