// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/secret.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::redis {

/// Where a Redis is, and as whom it is spoken to.
struct Address {
    std::string host;
    std::uint16_t port = 6379;
    bool tls = false;
    std::string user; ///< Empty: the default one.
    Secret password; ///< Empty: none is asked for.
    std::uint32_t database = 0;
};

/// redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], rediss:// for TLS; user and password may be
/// percent-encoded. InvalidInput otherwise; the message never quotes the URL.
[[nodiscard]] Result<Address> parseAddress(std::string_view url);

} // namespace exhibit::redis
