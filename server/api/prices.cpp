// SPDX-License-Identifier: Apache-2.0
// Price tables: what came with the server, and what a tenant published for itself.
#include "server/api/prices.h"

#include "models/domain/price_document.h"
#include "server/api/reply.h"
#include "server/api/resources.h"
#include "server/storage/price_store.h"

namespace exhibit::api {
namespace {

http::Response listPrices(const SharedServices& services,
                          const http::Request& request,
                          const security::Principal& principal)
{
    EXHIBIT_ANSWER(request,
                   const auto list,
                   storage::PriceStore(services->database)
                       .list(principal.tenant, Deadline::after(kHandlerTimeout)));
    return http::jsonResponse(200, toJson(list));
}

http::Response publishPrices(const SharedServices& services,
                             const http::Request& request,
                             const security::Principal& principal)
{
    EXHIBIT_ANSWER(request, const auto document, readObject(request));
    EXHIBIT_ANSWER(request, const auto table, domain::priceTableFromDocument(document));
    if (const auto published = storage::PriceStore(services->database)
                                   .publish(principal.tenant,
                                            table,
                                            actorOf(request, principal),
                                            services->ledger,
                                            Deadline::after(kHandlerTimeout));
        !published) {
        return refusal(request, published.error());
    }
    refreshCatalogue(*services);
    return http::jsonResponse(201, JsonObject{{"prices", toJson(table)}});
}

} // namespace

std::vector<ApiRoute> priceRoutes(const SharedServices& services)
{
    using domain::Scope;
    return {{"GET", "/admin/prices", Scope::OpsRead, with(services, listPrices)},
            {"POST", "/admin/prices", Scope::OpsWrite, with(services, publishPrices)}};
}

} // namespace exhibit::api
