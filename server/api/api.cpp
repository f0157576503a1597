// SPDX-License-Identifier: Apache-2.0
#include "server/api/api.h"

#include "server/api/prices.h"
#include "server/api/resources.h"
#include "server/ops/log.h"

namespace exhibit::api {

void refreshCatalogue(const ApiServices& services)
{
    if (const auto reloaded = services.reloadCatalogue(); !reloaded) {
        ops::logWarning("the catalogue could not be read again after a change: {}",
                        reloaded.error().message);
    }
}

void addRoutes(http::Router& router, const ApiServices& services)
{
    const auto shared = std::make_shared<const ApiServices>(services);
    const AccessControl access(shared);
    for (const auto& routes :
         {searchRoutes(shared),      callSearchRoutes(shared),  countRoutes(shared),
          incidentRoutes(shared),    runRoutes(shared),         explainRoutes(shared),
          policyRoutes(shared),      backtestRoutes(shared),    quotaRoutes(shared),
          estimateRoutes(shared),    keyRoutes(shared),         keyringRoutes(shared),
          ledgerRoutes(shared),      ledgerCheckRoutes(shared), complianceRoutes(shared),
          enteredRoutes(shared),     exportRoutes(shared),      searchExportRoutes(shared),
          exportJobRoutes(shared),   holdRoutes(shared),        certificateRoutes(shared),
          remediationRoutes(shared), projectRoutes(shared),     routingRoutes(shared),
          upstreamRoutes(shared),    callRoutes(shared),        priceRoutes(shared)}) {
        for (const auto& route : routes) {
            router.add({.method = route.method,
                        .pattern = route.pattern,
                        .handler = http::Handler(access.guard(route.scope, route.handler))});
        }
    }
    addEventRoute(router, shared, access);
    addExportContentRoute(router, shared, access);
    auto open = operationRoutes(shared, access);
    for (auto& route : publicRoutes(shared)) {
        open.push_back(std::move(route));
    }
    for (auto& route : open) {
        router.add({.method = route.method,
                    .pattern = route.pattern,
                    .handler = http::Handler(std::move(route.handler)),
                    .runOn = route.inlineOnly ? http::RunOn::Inline : http::RunOn::Worker});
    }
}

} // namespace exhibit::api
