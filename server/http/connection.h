// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/time.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <functional>
#include <memory>
#include <vector>

namespace exhibit::http {

/// A client's socket with what was read ahead from it, one deadline, and the watch for a client
/// that leaves. Io thread only. The deadline costs nothing per request: the server sweeps over all
/// connections a few times per smallest timeout and cancels what is late.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    enum class Read : std::uint8_t { Bytes, End, Expired };

    explicit Connection(boost::asio::ip::tcp::socket socket);

    /// Bytes read and not yet consumed; the view ends with the next call that reads.
    [[nodiscard]] BytesView received() const;
    void consume(std::size_t size);
    /// Reads more behind received(), or straight into `space`; End also stands for errors.
    boost::asio::awaitable<Read> receive();
    boost::asio::awaitable<Read> receiveInto(char* space, std::size_t size, std::size_t& got);

    /// Sends all pieces with one call where the kernel takes them; waits no longer than
    /// `stallMax` between two bytes that it takes.
    boost::asio::awaitable<Result<void>> send(std::array<BytesView, 3> pieces,
                                              std::chrono::milliseconds stallMax);

    void setDeadline(SteadyTime deadline);
    void clearDeadline() { setDeadline(SteadyTime::max()); }
    void sweep(SteadyTime now);

    /// See Exchange::onClientGone(). Reads ahead, so that requests sent early are not lost and the
    /// end behind them is seen.
    void watchClient(std::function<void()> gone);
    void stopWatching();
    [[nodiscard]] bool clientGone() const { return m_clientGone; }

    /// Ends sending, reads what the client still sends so that it can see our last reply (an
    /// unread byte would turn the close into a reset), then closes.
    boost::asio::awaitable<void> linger(std::chrono::milliseconds timeout);
    void close();
    /// Closes with a reset: the client must not take what it has for complete.
    void cut();
    [[nodiscard]] bool wasCut() const { return m_cut; }

private:
    void armWatch();
    void onWatched(const boost::system::error_code& error);
    void noteGone();
    [[nodiscard]] bool makeRoom();

    boost::asio::ip::tcp::socket m_socket;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    SteadyTime m_deadline = SteadyTime::max();
    unsigned m_sendsAtOnce = 0;
    bool m_expired = false;
    bool m_clientGone = false;
    bool m_cut = false;

    std::function<void()> m_gone;
    boost::asio::cancellation_signal m_watchCancel;
    std::uint64_t m_watchNumber = 0; ///< Completions of older watches are ignored.
    bool m_watching = false;
};

} // namespace exhibit::http
