// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"
#include "server/http/router.h"

#include <vector>

/// The routes of each resource; api.cpp puts them behind the access control.
namespace exhibit::api {

/// A handler of (services, request, principal) as routes take it.
template <class Function>
[[nodiscard]] AuthorizedHandler with(SharedServices services, Function function)
{
    return [services = std::move(services), function](const http::Request& request,
                                                      const security::Principal& principal) {
        return function(services, request, principal);
    };
}

/// After a change made here. It stands whatever comes of this: the notification that every replica
/// gets tries again.
void refreshCatalogue(const ApiServices& services);

[[nodiscard]] std::vector<ApiRoute> searchRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> callSearchRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> callRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> countRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> incidentRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> runRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> explainRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> backtestRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> estimateRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> quotaRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> policyRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> ledgerRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> ledgerCheckRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> complianceRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> enteredRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> exportRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> exportJobRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> searchExportRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> holdRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> certificateRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> remediationRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> keyringRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> keyRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> projectRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> routingRoutes(const SharedServices& services);
[[nodiscard]] std::vector<ApiRoute> upstreamRoutes(const SharedServices& services);
[[nodiscard]] std::vector<OpenRoute> operationRoutes(const SharedServices& services,
                                                     const AccessControl& access);

/// Answered without a key.
[[nodiscard]] std::vector<OpenRoute> publicRoutes(const SharedServices& services);

/// GET /api/v1/events: the live view of a tenant.
void addEventRoute(http::Router& router,
                   const SharedServices& services,
                   const AccessControl& access);

/// GET /api/v1/exports/{id}/content: the file of an export.
void addExportContentRoute(http::Router& router,
                           const SharedServices& services,
                           const AccessControl& access);

/// The moment up to which the answer is complete: the database's, less this replica's backlog.
[[nodiscard]] UtcTime asOf(const ApiServices& services, UtcTime databaseTime);

} // namespace exhibit::api
