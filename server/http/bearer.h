// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"

namespace exhibit::http {

/// The credential of "Authorization: Bearer ..." (RFC 6750), without white space around it; empty
/// when there is none. Of `headers`.
[[nodiscard]] std::string_view bearerOf(const Headers& headers);

} // namespace exhibit::http
