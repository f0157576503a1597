// SPDX-License-Identifier: Apache-2.0
#include "server/api/access.h"

#include "server/api/reply.h"
#include "server/http/bearer.h"
#include "server/security/authenticator.h"

namespace exhibit::api {
namespace {

constexpr std::size_t kUserAgentBytesMax = 512;

} // namespace

AccessControl::AccessControl(SharedServices services)
    : m_services(std::move(services))
    , m_authenticationFailures(m_services->metrics.counter(
          "cai_authn_failures", "Requests whose credential was missing or not known"))
    , m_denials(m_services->metrics.counter("cai_authz_denials",
                                            "Requests whose principal lacked the scope"))
{
}

tl::expected<security::Principal, http::Response> AccessControl::authorize(
    const http::Request& request, domain::Scope scope) const
{
    const auto credential = http::bearerOf(request.headers);
    auto principal = credential.empty()
        ? fail(ErrorCode::Unauthenticated, "an API key is needed: Authorization: Bearer KEY")
        : security::authenticate(*m_services->catalogue.get(), credential);
    if (!principal) {
        m_authenticationFailures.add();
        auto response = refusal(request, principal.error());
        response.headers.set("WWW-Authenticate", "Bearer");
        return tl::make_unexpected(std::move(response));
    }
    if (!principal->may(scope)) {
        m_denials.add();
        return tl::make_unexpected(
            refusal(request,
                    {ErrorCode::Forbidden,
                     "this key lacks the scope " + std::string(wireName(scope)),
                     {}}));
    }
    return *std::move(principal);
}

OpenHandler AccessControl::guard(domain::Scope scope, AuthorizedHandler handler) const
{
    return [self = *this, scope, handler = std::move(handler)](const http::Request& request) {
        auto principal = self.authorize(request, scope);
        return principal ? handler(request, *principal) : std::move(principal).error();
    };
}

storage::Actor actorOf(const http::Request& request, const security::Principal& principal)
{
    const auto agent = request.headers.find("User-Agent").value_or("");
    std::string shown(agent.substr(0, kUserAgentBytesMax));
    // A header may hold any bytes; the audit log holds text.
    return {principal.key.text(),
            request.peerAddress,
            isValidUtf8(shown) ? std::move(shown) : std::string("(not UTF-8)")};
}

} // namespace exhibit::api
