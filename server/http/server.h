// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/router.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace exhibit::http {

/// Asked on the io thread, for every request whose head could be read, before anything else is done
/// with it: may set the client's address and what all replies carry. What it gives is the answer.
using EntryGate = std::function<std::optional<ErrorReply>(Request&, Surface)>;

struct ServerOptions {
    std::string address = "127.0.0.1"; ///< An IPv4 or IPv6 address, no name.
    std::uint16_t port = 0; ///< 0: any free one, see Server::port().
    std::size_t connectionsMax = limits::kConnectionsMax;
    unsigned workers = 8; ///< Threads for handlers that wait.
    std::size_t workerQueueMax = 256; ///< Beyond it a request is refused with 503 overloaded.
    std::size_t bodyBytesInFlightMax = limits::kHttpBodyBytesInFlightMax;
    // One per phase of a request: from connecting or its first byte to the end of its header, all
    // of its body, between two requests, and for a client that takes no byte of an answer.
    std::chrono::milliseconds headerTimeout = limits::kHeaderTimeout;
    std::chrono::milliseconds bodyTimeout = limits::kBodyTimeout;
    std::chrono::milliseconds idleTimeout = limits::kIdleTimeout;
    std::chrono::milliseconds writeTimeout = limits::kWriteTimeout;
    EntryGate gate{};
};

struct ServerCounters {
    std::uint64_t accepted = 0;
    std::uint64_t requests = 0;
    std::uint64_t refused = 0; ///< Answered by the server itself: limits, bad requests, overload.
    std::uint64_t open = 0;
};

/// Listener and sessions over HTTP/1.1 (keep-alive, pipelining one at a time, limits and deadlines
/// of limits.h). Created, used and destroyed on the io thread, while the io_context lives;
/// the destructor waits for handlers on worker threads.
class Server {
public:
    Server(boost::asio::io_context& io,
           ServerOptions options,
           std::shared_ptr<const Router> router);
    ~Server();

    /// Binds and listens; the error names address and port.
    [[nodiscard]] Result<void> start();
    [[nodiscard]] std::uint16_t port() const;
    /// Stops accepting, lets running exchanges end until the deadline, cuts the rest, then calls
    /// `done` on the io thread.
    void drain(Deadline deadline, std::function<void()> done);
    [[nodiscard]] ServerCounters counters() const; ///< Any thread.

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::http
