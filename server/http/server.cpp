// SPDX-License-Identifier: Apache-2.0
#include "server/http/server.h"

#include "server/http/session.h"
#include "server/ops/log.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace exhibit::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Connections over the limit that are told so at a time; more are closed without a word.
constexpr std::size_t kTurnedAwayMax = 64;
/// After accept fails, usually for want of file descriptors.
constexpr auto kAcceptPause = std::chrono::milliseconds(50);
/// After the drain's deadline cut everything: for handlers to notice.
constexpr auto kCutGrace = std::chrono::seconds(1);

std::chrono::milliseconds sweepPeriod(const ServerOptions& options)
{
    using std::chrono::milliseconds;
    const auto least = std::min(
        {options.headerTimeout, options.bodyTimeout, options.idleTimeout, options.writeTimeout});
    return std::clamp(least / 4, milliseconds(5), milliseconds(250));
}

void logSessionEnd(const std::exception_ptr& failure)
{
    if (failure == nullptr) {
        return;
    }
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        ops::logError("a session ended with an exception: {}", typeid(exception).name());
    } catch (...) {
        ops::logError("a session ended with an unknown exception");
    }
}

/// Kept alive by its own coroutines until stop().
class Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(asio::io_context& io, std::shared_ptr<ServerState> state)
        : m_acceptor(io)
        , m_sweepTimer(io)
        , m_state(std::move(state))
    {
    }

    Result<void> open();
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    static asio::awaitable<void> acceptAll(std::shared_ptr<Listener> listener);
    static asio::awaitable<void> sweepAll(std::shared_ptr<Listener> listener);
    void stopAccepting();
    void stopSweeping();

private:
    void accept(tcp::socket socket, const tcp::endpoint& peer);

    tcp::acceptor m_acceptor;
    asio::steady_timer m_sweepTimer;
    std::shared_ptr<ServerState> m_state;
    std::uint16_t m_port = 0;
    bool m_stopped = false;
};

Result<void> Listener::open()
{
    const ServerOptions& options = m_state->options;
    const std::string where = options.address + ":" + std::to_string(options.port);
    error_code error;
    const auto address = asio::ip::make_address(options.address, error);
    const tcp::endpoint endpoint(address, options.port);
    const auto attempt = [&error](auto step) {
        if (!error) {
            error = step();
        }
    };
    attempt([&] { return m_acceptor.open(endpoint.protocol(), error); });
    attempt([&] { return m_acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
    attempt([&] { return m_acceptor.bind(endpoint, error); });
    attempt([&] { return m_acceptor.listen(limits::kListenBacklog, error); });
    if (!error) {
        m_port = m_acceptor.local_endpoint(error).port();
    }
    if (error) {
        return fail(
            ErrorCode::Unavailable, "cannot listen on " + where + ": " + error.message(), where);
    }
    return {};
}

asio::awaitable<void> Listener::acceptAll(std::shared_ptr<Listener> listener)
{
    while (listener->m_acceptor.is_open()) {
        error_code error;
        tcp::endpoint peer;
        tcp::socket socket = co_await listener->m_acceptor.async_accept(
            peer, asio::redirect_error(asio::use_awaitable, error));
        if (!error) {
            listener->accept(std::move(socket), peer);
        } else if (listener->m_acceptor.is_open()) {
            asio::steady_timer pause(listener->m_acceptor.get_executor(), kAcceptPause);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        }
    }
}

void Listener::accept(tcp::socket socket, const tcp::endpoint& peer)
{
    const auto executor = socket.get_executor();
    m_state->accepted.fetch_add(1, std::memory_order_relaxed);
    const std::size_t open = m_state->sessions.size();
    const std::size_t most = m_state->options.connectionsMax;
    if (open >= most + kTurnedAwayMax) {
        m_state->refused.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    auto session
        = std::make_shared<Session>(m_state, std::move(socket), peer.address().to_string());
    if (open < most) {
        asio::co_spawn(executor, Session::serve(std::move(session)), logSessionEnd);
    } else {
        asio::co_spawn(executor, Session::turnAway(std::move(session)), logSessionEnd);
    }
}

asio::awaitable<void> Listener::sweepAll(std::shared_ptr<Listener> listener)
{
    const auto period = sweepPeriod(listener->m_state->options);
    while (!listener->m_stopped) {
        listener->m_sweepTimer.expires_after(period);
        error_code ignored;
        co_await listener->m_sweepTimer.async_wait(
            asio::redirect_error(asio::use_awaitable, ignored));
        const auto now = std::chrono::steady_clock::now();
        for (Session* session : listener->m_state->sessions) {
            session->sweep(now); // Only cancels: nothing ends before this loop does.
        }
    }
}

void Listener::stopAccepting()
{
    error_code error;
    if (m_acceptor.close(error)) {
        ops::logWarning("closing the listener failed: {}", error.message());
    }
}

void Listener::stopSweeping()
{
    m_stopped = true;
    m_sweepTimer.cancel();
}

void cutAll(const ServerState& state)
{
    for (Session* session : state.sessions) {
        session->cut(); // Only closes sockets: sessions end when their reads return.
    }
}

void awaitCutSessions(const std::shared_ptr<ServerState>& state, asio::steady_timer& timer)
{
    timer.expires_after(kCutGrace);
    timer.async_wait([state](const error_code& cancelled) {
        if (!cancelled && state->onLastSessionEnded) {
            ops::logWarning("{} sessions did not end with the drain", state->sessions.size());
            state->onLastSessionEnded();
        }
    });
}

} // namespace

class Server::Impl {
public:
    Impl(asio::io_context& io, ServerOptions options, std::shared_ptr<const Router> router)
        : m_io(io)
        , m_state(std::make_shared<ServerState>(std::move(options), std::move(router)))
        , m_listener(std::make_shared<Listener>(io, m_state))
        , m_drainTimer(std::make_shared<asio::steady_timer>(io))
    {
    }
    ~Impl();

    Result<void> start();
    [[nodiscard]] std::uint16_t port() const { return m_listener->port(); }
    [[nodiscard]] const ServerState& state() const { return *m_state; }
    void drain(Deadline deadline, std::function<void()> done);

private:
    asio::io_context& m_io;
    std::shared_ptr<ServerState> m_state;
    std::shared_ptr<Listener> m_listener;
    std::shared_ptr<asio::steady_timer> m_drainTimer;
};

Server::Impl::~Impl()
{
    try {
        m_listener->stopAccepting();
        m_listener->stopSweeping();
        m_drainTimer->cancel();
        m_state->onLastSessionEnded = nullptr;
        m_state->draining = true;
        cutAll(*m_state);
        m_state->workers.stop();
    } catch (const std::exception&) {
        ops::logError("the server could not stop in order");
    }
}

Result<void> Server::Impl::start()
{
    EXHIBIT_CHECK(m_listener->open());
    asio::co_spawn(m_io, Listener::acceptAll(m_listener), logSessionEnd);
    asio::co_spawn(m_io, Listener::sweepAll(m_listener), logSessionEnd);
    return {};
}

void Server::Impl::drain(Deadline deadline, std::function<void()> done)
{
    m_listener->stopAccepting();
    m_state->draining = true;
    m_state->onLastSessionEnded
        = [&io = m_io, timer = m_drainTimer, done = std::move(done)]() mutable {
              timer->cancel();
              if (auto tell = std::exchange(done, nullptr)) {
                  asio::post(io, std::move(tell));
              }
          };
    for (Session* session : m_state->sessions) {
        session->drain();
    }
    if (m_state->sessions.empty()) {
        m_state->onLastSessionEnded();
        return;
    }
    m_drainTimer->expires_at(deadline.at);
    m_drainTimer->async_wait([state = m_state, timer = m_drainTimer](const error_code& cancelled) {
        if (!cancelled) {
            cutAll(*state);
            awaitCutSessions(state, *timer);
        }
    });
}

Server::Server(asio::io_context& io, ServerOptions options, std::shared_ptr<const Router> router)
    : m_impl(std::make_unique<Impl>(io, std::move(options), std::move(router)))
{
}

Server::~Server() = default;

Result<void> Server::start()
{
    return m_impl->start();
}

std::uint16_t Server::port() const
{
    return m_impl->port();
}

void Server::drain(Deadline deadline, std::function<void()> done)
{
    m_impl->drain(deadline, std::move(done));
}

ServerCounters Server::counters() const
{
    const ServerState& state = m_impl->state();
    return {.accepted = state.accepted,
            .requests = state.requests,
            .refused = state.refused,
            .open = state.open};
}

} // namespace exhibit::http
