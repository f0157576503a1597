// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/client.h"
#include "backend-client/decode.h"

/// How the calls of Client are made; for its own sources.
namespace exhibit::client {

inline constexpr const char* kIncidentsPath = "/api/v1/incidents/";

template <class Decode>
auto Client::call(std::string_view method,
                  const std::string& path,
                  const Bytes& body,
                  Decode decode)
{
    using Result = decltype(decode(std::declval<const HttpReply&>()));
    return m_transport->send(method, path, body)
        .then(QtFuture::Launch::Async, [decode](const Reply<HttpReply>& reply) -> Result {
            if (!reply) {
                return tl::make_unexpected(reply.error());
            }
            return decode(*reply);
        });
}

} // namespace exhibit::client
