// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/upstream_target.h"

#include <algorithm>

namespace exhibit::gateway {

std::string UpstreamTarget::origin() const
{
    return (tls ? "https://" : "http://") + authority();
}

std::string UpstreamTarget::authority() const
{
    const bool usual = port == (tls ? "443" : "80");
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return usual ? name : name + ":" + port;
}

std::string UpstreamTarget::targetFor(std::string_view path) const
{
    if (prefix.ends_with("/v1") && path.starts_with("/v1/")) {
        path.remove_prefix(3);
    }
    return prefix + std::string(path);
}

Result<UpstreamTarget> parseBaseUrl(std::string_view url)
{
    const auto refuse = [] {
        return fail(ErrorCode::InvalidInput, "expected a base URL like https://api.example.com/v1");
    };
    UpstreamTarget target;
    target.tls = url.starts_with("https://");
    if (!target.tls && !url.starts_with("http://")) {
        return refuse();
    }
    url.remove_prefix(target.tls ? 8 : 7);
    const auto slash = std::min(url.find('/'), url.size());
    std::string_view authority = url.substr(0, slash);
    target.prefix = url.substr(slash);
    while (target.prefix.ends_with('/')) {
        target.prefix.pop_back();
    }
    const bool unusual = url.find_first_of("?#@ \t\r\n\\") != std::string_view::npos;
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (unusual || authority.empty() || bracket == std::string_view::npos) {
        return refuse();
    }
    const auto colon = authority.find(':', bracket);
    target.port = colon == std::string_view::npos ? (target.tls ? "443" : "80")
                                                  : std::string(authority.substr(colon + 1));
    target.host = authority.substr(bracket == 0 ? 0 : 1, bracket == 0 ? colon : bracket - 1);
    const bool number = !target.port.empty() && target.port.size() <= 5
        && std::all_of(
            target.port.begin(), target.port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (target.host.empty() || !number) {
        return refuse();
    }
    return target;
}

} // namespace exhibit::gateway
