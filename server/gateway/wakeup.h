// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace exhibit::gateway {

/// Lets one coroutine sleep until something raises it; a raise before the wait is not lost.
class Wakeup {
public:
    explicit Wakeup(boost::asio::io_context& io)
        : m_timer(io)
    {
    }
    void raise();
    boost::asio::awaitable<void> wait();

private:
    boost::asio::steady_timer m_timer;
    bool m_raised = false;
};

/// Waits for several things to be on disk. Io thread only.
class Durability {
public:
    using Completion = std::function<void(const Result<void>&)>;

    explicit Durability(boost::asio::io_context& io);
    /// One more thing to wait for; the callback may outlive this object.
    [[nodiscard]] Completion track();
    /// Returns when all of them are, with the first error.
    boost::asio::awaitable<Result<void>> wait();

private:
    struct State {
        explicit State(boost::asio::io_context& io)
            : wakeup(io)
        {
        }
        Wakeup wakeup;
        std::size_t pending = 0;
        std::optional<Error> error;
    };
    std::shared_ptr<State> m_state;
};

} // namespace exhibit::gateway
