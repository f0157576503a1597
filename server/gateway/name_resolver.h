// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exhibit::gateway {

/// One look-up, as somebody waits for it. Io thread only.
class NameWait {
public:
    using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

    explicit NameWait(boost::asio::io_context& io)
        : m_timer(io)
    {
    }
    /// The addresses; DeadlineExceeded when they did not come in time, Cancelled after cancel().
    [[nodiscard]] boost::asio::awaitable<Result<Addresses>> wait(std::chrono::milliseconds timeout);
    void cancel();

private:
    friend class NameResolver;
    void finish(Result<Addresses> found);

    boost::asio::steady_timer m_timer;
    std::optional<Result<Addresses>> m_found;
};

/// Looks the names of providers up on threads of its own, each name once at a time: name servers
/// that do not answer hold up the calls to their names and no others (Asio has one thread for all
/// look-ups, which nothing interrupts). Io thread only.
class NameResolver {
public:
    explicit NameResolver(boost::asio::io_context& io);
    /// Waits for the look-ups that are under way; forgets the others.
    ~NameResolver();
    NameResolver(const NameResolver&) = delete;
    NameResolver& operator=(const NameResolver&) = delete;

    /// Numeric addresses are answered at once.
    [[nodiscard]] std::shared_ptr<NameWait> look(const std::string& host, const std::string& port);

private:
    class Impl;
    std::shared_ptr<Impl> m_impl;
};

} // namespace exhibit::gateway
