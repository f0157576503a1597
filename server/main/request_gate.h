// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/server.h"
#include "server/main/rate_limits.h"
#include "server/security/client_address.h"
#include "server/security/principal.h"
#include "server/security/rate_windows.h"
#include "server/storage/catalogue.h"

namespace exhibit::server {

/// What every request passes first: the client's address, and the rates of rulings.md 6. Requests
/// of nobody known count against their address, those of people against address and person, those
/// of services against their key. GET /health counts against nothing: whoever restarts what does
/// not answer must get an answer. Io thread only.
class RequestGate {
public:
    RequestGate(const storage::CatalogueHolder& catalogue,
                RateLimits limits,
                security::TrustedProxies trusted);

    [[nodiscard]] std::optional<http::ErrorReply> admit(http::Request& request,
                                                        http::Surface surface);
    [[nodiscard]] security::RateWindows& windows() { return m_windows; }

private:
    /// One window that a request counts against.
    struct Window {
        std::string key;
        std::uint32_t limit = 0;
        const char* code = "";
    };
    [[nodiscard]] std::vector<Window> windowsOf(const http::Request& request,
                                                http::Surface surface) const;
    void findAddress(http::Request& request) const;

    const storage::CatalogueHolder& m_catalogue;
    RateLimits m_limits;
    security::TrustedProxies m_trusted;
    security::RateWindows m_windows;
};

} // namespace exhibit::server
