// SPDX-License-Identifier: Apache-2.0
#include "server/main/request_gate.h"

#include "server/gateway/forwarding.h"
#include "server/http/bearer.h"
#include "server/security/authenticator.h"

namespace exhibit::server {
namespace {

constexpr const char* kByAddress = "RATE_LIMITED_IP";
constexpr const char* kByUser = "RATE_LIMITED_USER";

/// On the gateway's routes the plain names are the provider's (rulings.md 18).
void addFields(http::Headers& fields, const security::RateVerdict& verdict, http::Surface surface)
{
    const std::string prefix
        = surface == http::Surface::Gateway ? "X-Exhibit-RateLimit-" : "X-RateLimit-";
    fields.set(prefix + "Limit", std::to_string(verdict.limit));
    fields.set(prefix + "Remaining", std::to_string(verdict.remaining()));
    fields.set(prefix + "Reset", std::to_string(verdict.resetSeconds));
}

http::ErrorReply refusal(const security::RateVerdict& verdict, const char* code)
{
    http::ErrorReply reply;
    reply.status = 429;
    reply.type = "quota_exceeded";
    reply.code = code;
    reply.message = "more than " + std::to_string(verdict.limit) + " requests in a minute";
    reply.limit = verdict.limit;
    reply.used = verdict.used;
    reply.resetAt = formatTime(utcNow() + std::chrono::seconds(verdict.resetSeconds));
    reply.retryAfterSeconds = static_cast<int>(verdict.resetSeconds);
    return reply;
}

std::vector<std::string_view> valuesOf(const http::Headers& headers, std::string_view name)
{
    std::vector<std::string_view> values;
    for (const auto& [field, value] : headers) {
        if (http::equalsIgnoringCase(field, name)) {
            values.emplace_back(value);
        }
    }
    return values;
}

/// The one that the route's own check looks at: else whoever asks could choose whose rate it is.
Secret credentialOf(const http::Request& request, http::Surface surface)
{
    if (surface == http::Surface::Api) {
        return Secret(std::string(http::bearerOf(request.headers)));
    }
    auto presented = gateway::findPresentedKey(request.headers);
    return presented ? std::move(presented->key) : Secret();
}

} // namespace

RequestGate::RequestGate(const storage::CatalogueHolder& catalogue,
                         RateLimits limits,
                         security::TrustedProxies trusted)
    : m_catalogue(catalogue)
    , m_limits(limits)
    , m_trusted(std::move(trusted))
{
}

void RequestGate::findAddress(http::Request& request) const
{
    if (m_trusted.empty()) {
        return;
    }
    const security::ForwardedFields fields{valuesOf(request.headers, "x-forwarded-for"),
                                           valuesOf(request.headers, "forwarded")};
    request.peerAddress = security::clientAddress(request.peerAddress, fields, m_trusted);
}

std::vector<RequestGate::Window> RequestGate::windowsOf(const http::Request& request,
                                                        http::Surface surface) const
{
    const auto credential = credentialOf(request, surface);
    const auto principal = credential.empty()
        ? Result<security::Principal>(fail(ErrorCode::Unauthenticated, {}))
        : security::authenticate(*m_catalogue.get(), credential.expose());
    if (principal && principal->role == domain::Role::Service) {
        return {{"key " + principal->key.text(), m_limits.perService, kByUser}};
    }
    std::vector<Window> windows{{"address " + security::addressGroup(request.peerAddress),
                                 m_limits.perAddress,
                                 kByAddress}};
    if (principal) {
        windows.push_back({"person " + principal->key.text(), m_limits.perPerson, kByUser});
    }
    return windows;
}

std::optional<http::ErrorReply> RequestGate::admit(http::Request& request, http::Surface surface)
{
    findAddress(request);
    if (request.path == "/health") {
        return std::nullopt;
    }
    std::optional<security::RateVerdict> tightest;
    std::vector<std::string> taken;
    for (const auto& window : windowsOf(request, surface)) {
        const auto verdict = m_windows.take(window.key, window.limit, request.receivedAt);
        if (verdict.limit == 0) {
            continue;
        }
        if (!verdict.allowed) {
            // Refused requests use nothing up.
            for (const auto& key : taken) {
                m_windows.giveBack(key);
            }
            addFields(request.replyFields, verdict, surface);
            return refusal(verdict, window.code);
        }
        taken.push_back(window.key);
        if (!tightest || verdict.remaining() < tightest->remaining()) {
            tightest = verdict;
        }
    }
    if (tightest) {
        addFields(request.replyFields, *tightest, surface);
    }
    return std::nullopt;
}

} // namespace exhibit::server
