// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/upstream_target.h"
#include "server/http/message.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace boost::asio {
class io_context;
}

namespace exhibit::gateway {

struct UpstreamRequest {
    std::string method;
    std::string target;
    http::Headers headers; ///< Host and framing are added here.
    BytesView body; ///< Must live until the head of the answer has come.
    /// Asked each time before a byte is sent; false ends the exchange with Cancelled. May be empty.
    std::function<bool()> mayStillSend;
};

struct UpstreamHead {
    int status = 0;
    http::Headers headers; ///< As sent, hop-by-hop fields included.
};

struct UpstreamTimeouts {
    std::chrono::milliseconds connect = limits::kUpstreamConnectTimeout;
    std::chrono::milliseconds firstByte = limits::kUpstreamFirstByteTimeout;
    std::chrono::milliseconds idle = limits::kUpstreamIdleTimeout;
};

/// One request to a provider and its answer. Io thread only. Errors: Unavailable (no connection, or
/// it broke), DeadlineExceeded (a time-out), Cancelled (after cancel()).
class UpstreamExchange {
public:
    virtual ~UpstreamExchange() = default;

    /// Sends the request and reads the head of the answer. A warm connection that turns out to be
    /// dead is replaced once, unless a POST was written and acknowledged: the provider may have
    /// acted on it.
    virtual boost::asio::awaitable<Result<UpstreamHead>> start(UpstreamRequest request) = 0;
    /// The next bytes of the body, framing undone, as they arrive; nothing at its end. Unavailable
    /// when the connection ends before the body does.
    virtual boost::asio::awaitable<Result<std::optional<Bytes>>> readSome() = 0;
    /// True once the provider may have seen something of the request.
    [[nodiscard]] virtual bool wasSent() const = 0;
    /// Closes the connection now; pending operations end with Cancelled. May be called at any time.
    virtual void cancel() = 0;
};

/// Connections to providers over TCP and TLS (certificates and host names verified against the
/// system's authorities, or SSL_CERT_FILE), kept warm per origin. Io thread only.
class UpstreamClient {
public:
    explicit UpstreamClient(boost::asio::io_context& io, UpstreamTimeouts timeouts = {});
    ~UpstreamClient();

    [[nodiscard]] std::unique_ptr<UpstreamExchange> exchange(const UpstreamTarget& target);

    struct Impl;

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::gateway
