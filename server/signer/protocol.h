// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

/// How the signer is spoken to over its Unix socket: each message is a length (32 bits, big endian)
/// and one JSON object. A request names its "call"; a reply has "error" {"code","message"} or not.
namespace exhibit::signer {

/// The message with its length before it. TooLarge beyond limits::kSignerMessageBytesMax.
[[nodiscard]] Result<Bytes> frame(const Json& message);
/// Bytes of the message that the four bytes announce; TooLarge beyond the limit.
[[nodiscard]] Result<std::size_t> announcedSize(BytesView prefix);

inline constexpr std::size_t kPrefixBytes = 4;

[[nodiscard]] JsonObject errorReply(const Error& error);
/// The error of a reply, if it is one.
[[nodiscard]] Result<Json> takeReply(Json reply);

} // namespace exhibit::signer
