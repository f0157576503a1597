// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/surface.h"

namespace exhibit::gateway {

http::Response Surface::error(const http::ErrorReply& reply, const RequestId& request) const
{
    return http::errorResponse(reply, request);
}

std::vector<std::size_t> Surface::vectors(const JsonWalk&) const
{
    return {};
}

http::ErrorReply Surface::named(http::ErrorReply reply) const
{
    return reply;
}

std::optional<Bytes> Surface::digested(BytesView) const
{
    return std::nullopt;
}

const std::vector<const Surface*>& surfaces()
{
    static const std::vector<const Surface*> all{&chatSurface(),
                                                 &responsesSurface(),
                                                 &messagesSurface(),
                                                 &embeddingsSurface(),
                                                 &completionsSurface()};
    return all;
}

} // namespace exhibit::gateway
