// SPDX-License-Identifier: Apache-2.0
#include "server/http/connection.h"

#include "models/base/limits.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstring>

namespace exhibit::http {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::tcp::socket;

namespace {

constexpr std::size_t kBufferBytesFirst = std::size_t{8} * 1024;
// A whole header and the start of its body fit.
constexpr std::size_t kBufferBytesMax = limits::kHttpHeaderBytesMax + std::size_t{8} * 1024;
/// Writes without a pause before other connections get their turn.
constexpr unsigned kSendsAtOnceMax = 64;

/// For calls whose failure changes nothing: the socket is closed or about to be.
void ignore(const error_code& /*outcome*/) { }

bool isRetry(const error_code& error)
{
    return error == asio::error::would_block || error == asio::error::try_again
        || error == asio::error::interrupted;
}

void dropFront(std::array<BytesView, 3>& pieces, std::size_t size)
{
    for (BytesView& piece : pieces) {
        const std::size_t part = std::min(size, piece.size());
        piece.remove_prefix(part);
        size -= part;
    }
}

} // namespace

Connection::Connection(Socket socket)
    : m_socket(std::move(socket))
{
    error_code ignored;
    ignore(m_socket.set_option(asio::ip::tcp::no_delay(true), ignored));
    ignore(m_socket.non_blocking(true, ignored));
}

BytesView Connection::received() const
{
    return {m_buffer.data() + m_begin, m_end - m_begin};
}

void Connection::consume(std::size_t size)
{
    m_begin += size;
    if (m_begin == m_end) {
        m_begin = 0;
        m_end = 0;
    }
}

bool Connection::makeRoom()
{
    if (m_begin > 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_end == m_buffer.size() && m_buffer.size() < kBufferBytesMax) {
        m_buffer.resize(
            std::min(kBufferBytesMax, std::max(kBufferBytesFirst, 2 * m_buffer.size())));
    }
    return m_end < m_buffer.size();
}

asio::awaitable<Connection::Read> Connection::receive()
{
    if (!makeRoom()) {
        co_return Read::End;
    }
    std::size_t got = 0;
    const Read read = co_await receiveInto(m_buffer.data() + m_end, m_buffer.size() - m_end, got);
    m_end += got;
    co_return read;
}

asio::awaitable<Connection::Read> Connection::receiveInto(char* space,
                                                          std::size_t size,
                                                          std::size_t& got)
{
    if (m_expired) {
        co_return Read::Expired;
    }
    error_code error;
    got = co_await m_socket.async_read_some(asio::buffer(space, size),
                                            asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        got = 0;
        co_return m_expired ? Read::Expired : Read::End;
    }
    co_return Read::Bytes;
}

asio::awaitable<Result<void>> Connection::send(std::array<BytesView, 3> pieces,
                                               std::chrono::milliseconds stallMax)
{
    if (++m_sendsAtOnce > kSendsAtOnceMax) {
        // A handler whose every write fits would keep the io thread from everybody else.
        m_sendsAtOnce = 0;
        co_await asio::post(m_socket.get_executor(), asio::use_awaitable);
    }
    for (;;) {
        const std::array<asio::const_buffer, 3> buffers{
            asio::buffer(pieces[0]), asio::buffer(pieces[1]), asio::buffer(pieces[2])};
        if (asio::buffer_size(buffers) == 0) {
            co_return Result<void>{};
        }
        // Tried at once: an answer nearly always fits the socket's buffer, and a round through the
        // reactor costs more than the call.
        error_code error;
        const std::size_t sent = m_socket.write_some(buffers, error);
        dropFront(pieces, sent);
        if (isRetry(error)) {
            m_sendsAtOnce = 0;
            setDeadline(std::chrono::steady_clock::now() + stallMax);
            error = {};
            co_await m_socket.async_wait(Socket::wait_write,
                                         asio::redirect_error(asio::use_awaitable, error));
            const bool late = m_expired;
            clearDeadline();
            if (late) {
                noteGone();
                co_return fail(ErrorCode::DeadlineExceeded, "the client took no byte in time");
            }
        }
        if (error) {
            noteGone();
            co_return fail(ErrorCode::Cancelled, "the client closed the connection");
        }
    }
}

void Connection::setDeadline(SteadyTime deadline)
{
    m_deadline = deadline;
    m_expired = false;
}

void Connection::sweep(SteadyTime now)
{
    if (now >= m_deadline) {
        m_deadline = SteadyTime::max();
        m_expired = true;
        error_code ignored;
        ignore(m_socket.cancel(ignored));
    }
}

void Connection::watchClient(std::function<void()> gone)
{
    m_gone = std::move(gone);
    if (!m_gone) {
        stopWatching();
    } else if (m_clientGone) {
        m_clientGone = false; // Told again to whoever asks next, but not from inside this call.
        noteGone();
    } else if (!m_watching) {
        armWatch();
    }
}

void Connection::stopWatching()
{
    m_gone = nullptr;
    ++m_watchNumber;
    if (m_watching) {
        m_watching = false;
        m_watchCancel.emit(asio::cancellation_type::all);
    }
}

void Connection::armWatch()
{
    m_watching = true;
    // With a full buffer nothing more can be read ahead: only a reset is noticed then.
    const auto kind = makeRoom() ? Socket::wait_read : Socket::wait_error;
    auto onReady = [self = shared_from_this(), number = m_watchNumber](const error_code& error) {
        if (number == self->m_watchNumber) {
            self->onWatched(error);
        }
    };
    m_socket.async_wait(kind,
                        asio::bind_cancellation_slot(m_watchCancel.slot(), std::move(onReady)));
}

void Connection::onWatched(const error_code& error)
{
    m_watching = false;
    if (error || !makeRoom()) {
        noteGone();
        return;
    }
    error_code readError;
    const std::size_t got = m_socket.read_some(
        asio::buffer(m_buffer.data() + m_end, m_buffer.size() - m_end), readError);
    m_end += readError ? 0 : got;
    if (readError && !isRetry(readError)) {
        noteGone();
        return;
    }
    armWatch();
}

void Connection::noteGone()
{
    if (m_clientGone) {
        return;
    }
    m_clientGone = true;
    if (m_gone) {
        // Posted, because this may run inside a handler's own write.
        auto tell = [self = shared_from_this(), number = m_watchNumber] {
            if (number == self->m_watchNumber && self->m_gone) {
                const auto gone = std::exchange(self->m_gone, nullptr);
                gone();
            }
        };
        asio::post(m_socket.get_executor(), std::move(tell));
    }
}

asio::awaitable<void> Connection::linger(std::chrono::milliseconds timeout)
{
    error_code ignored;
    ignore(m_socket.shutdown(Socket::shutdown_send, ignored));
    setDeadline(std::chrono::steady_clock::now() + timeout);
    std::size_t total = 0;
    m_begin = 0;
    m_end = 0;
    while (total < limits::kHttpLingerBytesMax && makeRoom()) {
        std::size_t got = 0;
        const Read read = co_await receiveInto(m_buffer.data(), m_buffer.size(), got);
        if (read != Read::Bytes) {
            break;
        }
        total += got;
    }
    close();
}

void Connection::close()
{
    error_code ignored;
    ignore(m_socket.shutdown(Socket::shutdown_both, ignored));
    ignore(m_socket.close(ignored));
}

void Connection::cut()
{
    m_cut = !m_clientGone;
    error_code ignored;
    ignore(m_socket.set_option(asio::socket_base::linger(true, 0), ignored));
    ignore(m_socket.close(ignored));
    noteGone();
}

} // namespace exhibit::http
