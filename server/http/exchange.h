// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/message.h"

#include <boost/asio/awaitable.hpp>

#include <functional>

namespace exhibit::http {

/// One request and its answer, for handlers that stream. Lives on the io thread; every function
/// must be called there, one write at a time. After an error nothing more can be sent.
/// Framing belongs to the session: Content-Length, Transfer-Encoding and Connection among the
/// headers given are replaced, the request id is added. For HEAD the body is counted, not sent.
class Exchange {
public:
    virtual ~Exchange() = default;

    [[nodiscard]] virtual const Request& request() const = 0;

    /// Sends a whole answer (Content-Length).
    virtual boost::asio::awaitable<Result<void>> respond(Response response) = 0;
    /// Starts an answer of unknown length (chunked; for HTTP/1.0 ended by closing).
    virtual boost::asio::awaitable<Result<void>> begin(int status, Headers headers) = 0;
    /// Starts an answer of exactly so many bytes; more are an error, after fewer end() is one.
    virtual boost::asio::awaitable<Result<void>> beginSized(int status,
                                                            Headers headers,
                                                            std::uint64_t bytes)
        = 0;
    /// Sends bytes of the body now: no buffering, TCP_NODELAY. Returns when the kernel took them,
    /// which is how a slow client slows its upstream. `bytes` must stay until then.
    virtual boost::asio::awaitable<Result<void>> write(BytesView bytes) = 0;
    /// Ends the body. Without it the connection is cut, which clients see as an error.
    virtual boost::asio::awaitable<Result<void>> end() = 0;

    /// Does work that waits (for the database) on one of the server's worker threads. False when
    /// all are busy, or the server stops: it was not done. `work` must not throw; what it refers to
    /// may be the handler's own.
    virtual boost::asio::awaitable<bool> onWorker(std::function<void()> work) = 0;

    /// Calls `gone` once, on the io thread, as soon as the client closes or resets the
    /// connection while no answer has ended; nullptr stops watching. A client that only shuts
    /// down its sending side counts as gone: from here the two look alike.
    virtual void onClientGone(std::function<void()> gone) = 0;
    [[nodiscard]] virtual bool clientGone() const = 0;
    /// True when it was the server that cut the connection: clientGone() then says nothing about
    /// the client.
    [[nodiscard]] virtual bool cutByServer() const = 0;
    /// The server is being stopped: an answer without an end of its own ends now.
    [[nodiscard]] virtual bool draining() const = 0;
};

} // namespace exhibit::http
