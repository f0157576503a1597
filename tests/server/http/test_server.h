// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/server.h"
#include "tests/support/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

namespace exhibit::http {

/// A server on a free port with its io thread.
class TestServer {
public:
    explicit TestServer(Router router, ServerOptions options = {})
    {
        m_server.emplace(
            m_io, std::move(options), std::make_shared<const Router>(std::move(router)));
        const auto started = m_server->start();
        EXPECT_TRUE(started.has_value());
        m_port = m_server->port();
        m_thread = std::thread([this] { m_io.run(); });
    }
    ~TestServer()
    {
        // The server is destroyed on its io thread, as the contract asks.
        boost::asio::post(m_io, [this] { m_server.reset(); });
        m_thread.join();
    }
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] ServerCounters counters() const { return m_server->counters(); }
    /// Starts a drain; the future is ready when it is done.
    std::future<void> drain(Deadline deadline)
    {
        auto done = std::make_shared<std::promise<void>>();
        auto future = done->get_future();
        boost::asio::post(m_io, [this, deadline, done] {
            m_server->drain(deadline, [done] { done->set_value(); });
        });
        return future;
    }
    [[nodiscard]] test::HttpConnection connect() const
    {
        auto connection = test::HttpConnection::connect("127.0.0.1", m_port, soon());
        EXPECT_TRUE(connection.has_value());
        return *std::move(connection);
    }
    /// Sends bytes on a new connection and reads one reply.
    [[nodiscard]] Result<test::Reply> send(BytesView bytes) const
    {
        auto connection = connect();
        EXHIBIT_CHECK(connection.send(bytes, soon()));
        return connection.readReply(soon());
    }
    /// Long enough for a loaded machine; a test that waits for it fails.
    [[nodiscard]] static Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

private:
    boost::asio::io_context m_io;
    std::optional<Server> m_server;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};

inline Route inlineRoute(std::string method, std::string pattern, Handler handler)
{
    Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.handler = std::move(handler);
    route.runOn = RunOn::Inline;
    return route;
}

inline Route streamRoute(std::string method, std::string pattern, StreamHandler handler)
{
    Route route;
    route.method = std::move(method);
    route.pattern = std::move(pattern);
    route.handler = std::move(handler);
    route.surface = Surface::Gateway;
    return route;
}

inline Response textResponse(std::string text)
{
    Response response;
    response.headers.add("Content-Type", "text/plain");
    response.body = std::move(text);
    return response;
}

} // namespace exhibit::http
