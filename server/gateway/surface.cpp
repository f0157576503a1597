// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/surface.h"

namespace exhibit::gateway {

http::Response Surface::error(const http::ErrorReply& reply, const RequestId& request) const
{
    return http::errorResponse(reply, request);
}

std::optional<Bytes> Surface::digested(BytesView) const
{
    return std::nullopt;
}

} // namespace exhibit::gateway
