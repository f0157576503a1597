// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"
#include "server/gateway/upstream_client.h"

namespace exhibit::gateway {

/// A request to a service other than a provider, e.g. a time stamp authority, for threads that may
/// wait: never the io thread. Any number at once. `io` runs and outlives the object.
class WebPost {
public:
    explicit WebPost(boost::asio::io_context& io);

    struct Message {
        std::string url; ///< http(s)://host[:port][/path]
        std::string contentType;
        Bytes body;
        Secret bearer{}; ///< Sent as Authorization; empty: none.
    };
    struct Reply {
        int status = 0;
        Bytes body;
    };
    /// Unavailable and DeadlineExceeded as UpstreamExchange; TooLarge over `bytesMax`.
    [[nodiscard]] Result<Reply> post(Message message, Deadline deadline, std::size_t bytesMax);

private:
    boost::asio::io_context& m_io;
    UpstreamClient m_client;
};

} // namespace exhibit::gateway
