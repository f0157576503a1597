// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/session_exchange.h"

#include <memory>
#include <string>

namespace exhibit::http {

/// One client connection: reads requests one after the other, finds their route, lets the handler
/// answer, and refuses by itself what no handler should see. Io thread.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(std::shared_ptr<ServerState> state,
            boost::asio::ip::tcp::socket socket,
            std::string peerAddress);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Serves until the connection ends. The spawned coroutine owns the session.
    static boost::asio::awaitable<void> serve(std::shared_ptr<Session> session);
    /// For one connection too many: 503 and close.
    static boost::asio::awaitable<void> turnAway(std::shared_ptr<Session> session);

    void sweep(SteadyTime now) { m_connection->sweep(now); }
    /// Closes now if no request is under way, else behind the running answer.
    void drain();
    void cut() { m_connection->cut(); }

private:
    /// How a phase ended: go on, the client is not there any more, or a refusal to send.
    struct Outcome {
        bool clientLeft = false;
        std::optional<Refusal> refusal{};
        [[nodiscard]] bool proceed() const { return !clientLeft && !refusal; }
    };

    boost::asio::awaitable<bool> serveOne();
    boost::asio::awaitable<Outcome> readHead(Request& request, Framing& framing);
    boost::asio::awaitable<Outcome> readBody(Request& request,
                                             const Framing& framing,
                                             std::size_t bytesMax);
    boost::asio::awaitable<Outcome> readSized(Bytes& body, std::size_t size);
    boost::asio::awaitable<Outcome> readChunked(Bytes& body, std::size_t bytesMax);
    [[nodiscard]] bool chargeBody(std::size_t bytes);

    boost::asio::awaitable<bool> handle(const Router::Match& match,
                                        Request& request,
                                        const Framing& framing);
    boost::asio::awaitable<void> answer(const Router::Match& match, SessionExchange& exchange);
    [[nodiscard]] static std::optional<ErrorReply> precheck(const Route& route,
                                                            const Request& request,
                                                            const Framing& framing);
    boost::asio::awaitable<bool> refuse(Refusal refusal,
                                        const Request& request,
                                        const Framing& framing,
                                        const Router::Match& match);
    boost::asio::awaitable<bool> refuseWith(Response response,
                                            const Request& request,
                                            const Framing& framing,
                                            Surface surface);

    std::shared_ptr<ServerState> m_state;
    std::shared_ptr<Connection> m_connection;
    std::string m_peerAddress;
    std::size_t m_bodyCharged = 0;
    bool m_between = true; ///< No byte of a request has come: may be closed without harm.
    bool m_first = true;
};

} // namespace exhibit::http
