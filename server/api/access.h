// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/services.h"
#include "server/http/message.h"
#include "server/security/principal.h"
#include "server/storage/audit_store.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Who may do what, before any handler runs.
namespace exhibit::api {

using SharedServices = std::shared_ptr<const ApiServices>;

/// Answers for a principal that has the route's scope.
using AuthorizedHandler
    = std::function<http::Response(const http::Request&, const security::Principal&)>;
using OpenHandler = std::function<http::Response(const http::Request&)>;

/// One route of the API as its resource declares it.
struct ApiRoute {
    std::string method;
    std::string pattern;
    domain::Scope scope = domain::Scope::ProjectRead;
    AuthorizedHandler handler;
};

struct OpenRoute {
    std::string method;
    std::string pattern;
    OpenHandler handler;
    bool inlineOnly = false; ///< Waits for nothing: answered on the io thread.
};

/// Finds the principal, checks the scope, answers 401 or 403 otherwise; counts both.
class AccessControl {
public:
    explicit AccessControl(SharedServices services);

    [[nodiscard]] OpenHandler guard(domain::Scope scope, AuthorizedHandler handler) const;
    /// The principal of a request, or the refusal that answers it.
    [[nodiscard]] tl::expected<security::Principal, http::Response> authorize(
        const http::Request& request, domain::Scope scope) const;

private:
    SharedServices m_services;
    ops::Counter& m_authenticationFailures;
    ops::Counter& m_denials;
};

/// For the audit log.
[[nodiscard]] storage::Actor actorOf(const http::Request& request,
                                     const security::Principal& principal);

} // namespace exhibit::api
