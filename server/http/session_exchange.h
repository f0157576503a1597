// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/connection.h"
#include "server/http/exchange.h"
#include "server/http/request_head.h"
#include "server/http/server_state.h"

namespace exhibit::http {

/// The answer to one request over a session's connection.
class SessionExchange : public Exchange {
public:
    /// All of them outlive it.
    SessionExchange(ServerState& state,
                    Connection& connection,
                    const Request& request,
                    const Framing& framing,
                    Surface surface);
    ~SessionExchange() override;

    [[nodiscard]] const Request& request() const override { return m_request; }
    boost::asio::awaitable<Result<void>> respond(Response response) override;
    boost::asio::awaitable<Result<void>> begin(int status, Headers headers) override;
    boost::asio::awaitable<Result<void>> beginSized(int status,
                                                    Headers headers,
                                                    std::uint64_t bytes) override;
    boost::asio::awaitable<Result<void>> write(BytesView bytes) override;
    boost::asio::awaitable<Result<void>> end() override;
    boost::asio::awaitable<bool> onWorker(std::function<void()> work) override;
    void onClientGone(std::function<void()> gone) override;
    [[nodiscard]] bool clientGone() const override { return m_connection.clientGone(); }
    [[nodiscard]] bool draining() const override { return m_state.draining; }

    [[nodiscard]] bool cutByServer() const override { return m_connection.wasCut(); }

    /// The connection is closed behind this answer.
    void closeAfterwards() { m_keepAlive = false; }

    enum class Progress : std::uint8_t { Nothing, Begun, Ended, Failed };
    [[nodiscard]] Progress progress() const { return m_progress; }
    /// True when the next request may follow on this connection.
    [[nodiscard]] bool reusable() const { return m_progress == Progress::Ended && m_keepAlive; }
    /// An answer that was begun and not ended must not look complete.
    void cutUnfinished();

private:
    [[nodiscard]] Bytes headFor(int status,
                                const Headers& headers,
                                std::optional<std::size_t> contentLength);
    void appendHead(Bytes& head,
                    int status,
                    const Headers& headers,
                    std::optional<std::size_t> contentLength) const;
    boost::asio::awaitable<Result<void>> send(BytesView first, BytesView second, BytesView third);

    ServerState& m_state;
    Connection& m_connection;
    const Request& m_request;
    Surface m_surface;
    bool m_http10;
    bool m_keepAlive;
    bool m_headOnly;
    bool m_bodiless = false; ///< Of the answer begun: its status allows no body.
    std::optional<std::uint64_t> m_left; ///< Of an answer whose length was said.
    Progress m_progress = Progress::Nothing;
};

} // namespace exhibit::http
