// SPDX-License-Identifier: Apache-2.0
#include "server/api/places.h"

namespace exhibit::api {

AuthorizedHandler inPlace(std::shared_ptr<Places> places,
                          std::string code,
                          AuthorizedHandler handler)
{
    return [places = std::move(places), code = std::move(code), handler = std::move(handler)](
               const http::Request& request, const security::Principal& principal) {
        const Place place(*places);
        if (place.taken()) {
            return handler(request, principal);
        }
        http::ErrorReply reply;
        reply.status = 503;
        reply.type = "server_error";
        reply.code = code;
        reply.message = "as many of these as may run at once are running";
        reply.retryAfterSeconds = 1;
        return http::errorResponse(reply, request.id);
    };
}

} // namespace exhibit::api
