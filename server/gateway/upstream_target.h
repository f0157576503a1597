// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <string>
#include <string_view>

namespace exhibit::gateway {

/// Where a provider is reached: its base URL in parts.
struct UpstreamTarget {
    bool tls = false;
    std::string host; ///< A name or an address, IPv6 without brackets.
    std::string port;
    std::string prefix; ///< Path before the wire's own, without a trailing slash; may be empty.

    /// Connections are shared between calls to the same origin.
    [[nodiscard]] std::string origin() const;
    /// The value of the Host field.
    [[nodiscard]] std::string authority() const;
    /// The request target for a path of the wire. A base URL that already ends in /v1, as SDKs
    /// write it, is not doubled.
    [[nodiscard]] std::string targetFor(std::string_view path) const;
};

/// http(s)://host[:port][/path]; anything else, credentials and fragments are refused.
[[nodiscard]] Result<UpstreamTarget> parseBaseUrl(std::string_view url);

} // namespace exhibit::gateway
