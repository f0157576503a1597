// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/forwarding.h"

#include "models/base/trim.h"
#include "server/http/bearer.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace exhibit::gateway {
namespace {

// RFC 9110, 7.6.1, and what proxies of old invented.
constexpr std::string_view kHopByHop[] = {"connection",
                                          "keep-alive",
                                          "proxy-authenticate",
                                          "proxy-authorization",
                                          "proxy-connection",
                                          "te",
                                          "trailer",
                                          "transfer-encoding",
                                          "upgrade"};
// Set anew for the connection to the provider. The provider is asked not to compress, so that its
// events arrive when they are made and can be read.
constexpr std::string_view kOwnConnection[]
    = {"host", "content-length", "accept-encoding", "expect"};
constexpr std::string_view kCredentials[] = {"authorization", "x-api-key", "api-key", "cookie"};

constexpr std::string_view kRequestEvidence[] = {"accept",
                                                 "content-type",
                                                 "content-encoding",
                                                 "user-agent",
                                                 "openai-organization",
                                                 "openai-project",
                                                 "openai-beta",
                                                 "idempotency-key",
                                                 "traceparent",
                                                 "anthropic-version",
                                                 "anthropic-beta"};
constexpr std::string_view kResponseEvidence[]
    = {"content-type", "content-encoding", "date", "request-id", "retry-after", "retry-after-ms"};
constexpr std::size_t kEvidenceValueBytesMax = 1024;

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return result;
}

template <std::size_t N>
bool isOneOf(std::string_view name, const std::string_view (&list)[N])
{
    return std::any_of(std::begin(list), std::end(list), [name](std::string_view entry) {
        return http::equalsIgnoringCase(name, entry);
    });
}

/// Names that the sender's Connection fields declare hop-by-hop.
std::vector<std::string> connectionNames(const http::Headers& headers)
{
    std::vector<std::string> names;
    for (const auto& [name, value] : headers) {
        if (!http::equalsIgnoringCase(name, "connection")) {
            continue;
        }
        std::string_view rest = value;
        while (!rest.empty()) {
            const auto comma = std::min(rest.find(','), rest.size());
            names.push_back(lower(trimmed(rest.substr(0, comma))));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
    }
    return names;
}

bool isHopByHop(std::string_view name, const std::vector<std::string>& named)
{
    return isOneOf(name, kHopByHop)
        || std::any_of(named.begin(), named.end(), [name](const std::string& entry) {
               return http::equalsIgnoringCase(name, entry);
           });
}

bool isOurs(std::string_view name)
{
    return lower(name.substr(0, 10)) == "x-exhibit-";
}

Result<void> addUpstreamKey(http::Headers& headers,
                            const domain::Upstream& upstream,
                            const UpstreamKeys& keys)
{
    if (!upstream.apiKeyEnv) {
        return {};
    }
    if (!keys.mayGo(*upstream.apiKeyEnv, upstream.baseUrl)) {
        return fail(ErrorCode::Unavailable,
                    "the server's operator does not let the key of the upstream go there",
                    "upstream_key_missing");
    }
    const char* key = std::getenv(upstream.apiKeyEnv->c_str());
    if (key == nullptr || *key == '\0') {
        return fail(ErrorCode::Unavailable,
                    "the key of the upstream is not set in the server's environment",
                    "upstream_key_missing");
    }
    if (upstream.wire == domain::Wire::Anthropic) {
        headers.add("x-api-key", key);
    } else {
        headers.add("Authorization", std::string("Bearer ") + key);
    }
    return {};
}

template <std::size_t N, std::size_t M>
Json recorded(const http::Headers& headers,
              const std::string_view (&names)[N],
              const std::array<std::string_view, M>& prefixes)
{
    JsonObject object;
    for (const auto& [name, value] : headers) {
        std::string key = lower(name);
        const bool kept = isOneOf(key, names)
            || std::any_of(prefixes.begin(), prefixes.end(), [&key](std::string_view prefix) {
                              return key.starts_with(prefix);
                          });
        if (kept && isValidUtf8(value)) {
            object.insert_or_assign(key,
                                    value.substr(0, characterStart(value, kEvidenceValueBytesMax)));
        }
    }
    return object;
}

} // namespace

std::optional<PresentedKey> findPresentedKey(const http::Headers& headers)
{
    if (const auto key = headers.find("x-exhibit-key"); key && !trimmed(*key).empty()) {
        return PresentedKey{Secret(std::string(trimmed(*key))), "x-exhibit-key"};
    }
    if (const auto key = http::bearerOf(headers); !key.empty()) {
        return PresentedKey{Secret(std::string(key)), "authorization"};
    }
    if (const auto key = headers.find("x-api-key"); key && !trimmed(*key).empty()) {
        return PresentedKey{Secret(std::string(trimmed(*key))), "x-api-key"};
    }
    return std::nullopt;
}

Result<http::Headers> upstreamHeaders(const http::Headers& client,
                                      const RequestForwarding& forwarding)
{
    const auto named = connectionNames(client);
    const std::string& ownKey = forwarding.presented.key.expose();
    http::Headers headers;
    for (const auto& [name, value] : client) {
        const bool credential = isOneOf(name, kCredentials);
        const bool dropped = isHopByHop(name, named) || isOneOf(name, kOwnConnection)
            || isOurs(name) || (credential && !forwarding.upstream.passThrough)
            || (credential && value.find(ownKey) != std::string::npos)
            || (forwarding.bodyRewritten && http::equalsIgnoringCase(name, "content-encoding"));
        if (!dropped) {
            headers.add(name, value);
        }
    }
    headers.add("Accept-Encoding", "identity");
    if (!forwarding.upstream.passThrough) {
        EXHIBIT_CHECK(addUpstreamKey(headers, forwarding.upstream, forwarding.keys));
    }
    return headers;
}

http::Headers clientHeaders(const http::Headers& upstream)
{
    const auto named = connectionNames(upstream);
    http::Headers headers;
    for (const auto& [name, value] : upstream) {
        if (!isHopByHop(name, named) && !isOurs(name)
            && !http::equalsIgnoringCase(name, "content-length")) {
            headers.add(name, value);
        }
    }
    return headers;
}

Json recordedRequestHeaders(const http::Headers& headers)
{
    return recorded(headers, kRequestEvidence, std::array<std::string_view, 1>{"x-stainless-"});
}

Json recordedResponseHeaders(const http::Headers& headers)
{
    return recorded(headers,
                    kResponseEvidence,
                    std::array<std::string_view, 4>{
                        "openai-", "x-request-id", "x-ratelimit-", "anthropic-ratelimit-"});
}

} // namespace exhibit::gateway
