// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit {

/// What a program may branch on. Names are also the log's words, see errorCodeName().
enum class ErrorCode : std::uint8_t {
    InvalidInput, ///< The caller's bytes or values are wrong; repeating them cannot help.
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    Corrupt, ///< Stored bytes are not what was written.
    DeadlineExceeded,
    Unavailable, ///< A dependency is away; the same call may succeed later.
    Cancelled,
    Internal,
};

[[nodiscard]] std::string_view errorCodeName(ErrorCode code) noexcept;

/// An expected failure. `message` is one sentence a person can act on and never holds secrets or
/// personal data; `subject` names the file, row, rule or JSON pointer concerned.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string subject;
};

} // namespace exhibit
