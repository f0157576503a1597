// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/wakeup.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace exhibit::gateway {

namespace asio = boost::asio;

void Wakeup::raise()
{
    m_raised = true;
    m_timer.cancel();
}

asio::awaitable<void> Wakeup::wait()
{
    if (!m_raised) {
        boost::system::error_code cancelled;
        m_timer.expires_at(std::chrono::steady_clock::time_point::max());
        co_await m_timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
    m_raised = false;
}

Durability::Durability(asio::io_context& io)
    : m_state(std::make_shared<State>(io))
{
}

Durability::Completion Durability::track()
{
    ++m_state->pending;
    return [state = m_state](const Result<void>& result) {
        if (!result && !state->error) {
            state->error = result.error();
        }
        --state->pending;
        state->wakeup.raise();
    };
}

asio::awaitable<Result<void>> Durability::wait()
{
    const auto state = m_state;
    while (state->pending > 0) {
        co_await state->wakeup.wait();
    }
    if (state->error) {
        co_return tl::make_unexpected(*state->error);
    }
    co_return Result<void>{};
}

} // namespace exhibit::gateway
