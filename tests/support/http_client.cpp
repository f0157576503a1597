// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::test {

namespace {

bool sameName(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](unsigned char left, unsigned char right) {
        return std::tolower(left) == std::tolower(right);
    });
}

Result<void> waitFor(int socket, short events, Deadline deadline)
{
    pollfd waiting{socket, events, 0};
    if (::poll(&waiting, 1, static_cast<int>(deadline.left().count())) <= 0) {
        return fail(ErrorCode::DeadlineExceeded, "the peer did nothing in time");
    }
    return {};
}

Result<std::size_t> parseNumber(std::string_view text, int base)
{
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc{} || end == text.data()) {
        return fail(ErrorCode::Corrupt, "not a number in the reply", std::string(text));
    }
    return value;
}

} // namespace

std::optional<std::string> Reply::header(std::string_view name) const
{
    for (const auto& [fieldName, value] : headers) {
        if (sameName(fieldName, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::string requestText(std::string_view method,
                        std::string_view target,
                        const HeaderList& headers,
                        BytesView body)
{
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    for (const auto& [name, value] : headers) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (!body.empty()) {
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    return text.append("\r\n").append(body);
}

Result<HttpConnection> HttpConnection::connect(const std::string& address,
                                               std::uint16_t port,
                                               Deadline deadline)
{
    HttpConnection connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(port);
    ::inet_pton(AF_INET, address.c_str(), &peer.sin_addr);
    if (::connect(connection.m_socket, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0
        && errno != EINPROGRESS) {
        return fail(ErrorCode::Unavailable, std::strerror(errno), "connect");
    }
    EXHIBIT_CHECK(waitFor(connection.m_socket, POLLOUT, deadline));
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(connection.m_socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        return fail(ErrorCode::Unavailable, std::strerror(error), "connect");
    }
    const int on = 1;
    ::setsockopt(connection.m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connection;
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : m_socket(std::exchange(other.m_socket, -1))
    , m_unread(std::move(other.m_unread))
    , m_unreadBody(std::move(other.m_unreadBody))
    , m_framing(other.m_framing)
    , m_left(other.m_left)
{
}

HttpConnection& HttpConnection::operator=(HttpConnection&& other) noexcept
{
    if (this != &other) {
        close();
        m_socket = std::exchange(other.m_socket, -1);
        m_unread = std::move(other.m_unread);
        m_unreadBody = std::move(other.m_unreadBody);
        m_framing = other.m_framing;
        m_left = other.m_left;
    }
    return *this;
}

HttpConnection::~HttpConnection()
{
    close();
}

Result<void> HttpConnection::send(BytesView bytes, Deadline deadline)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            EXHIBIT_CHECK(waitFor(m_socket, POLLOUT, deadline));
        } else {
            return fail(ErrorCode::Unavailable, std::strerror(errno), "send");
        }
    }
    return {};
}

Result<bool> HttpConnection::receive(Deadline deadline)
{
    std::array<char, 16384> buffer{};
    for (;;) {
        const ssize_t size = ::recv(m_socket, buffer.data(), buffer.size(), 0);
        if (size > 0) {
            m_unread.append(buffer.data(), static_cast<std::size_t>(size));
            return true;
        }
        if (size == 0) {
            return false;
        }
        if (errno != EAGAIN) {
            return fail(ErrorCode::Unavailable, std::strerror(errno), "receive");
        }
        EXHIBIT_CHECK(waitFor(m_socket, POLLIN, deadline));
    }
}

Result<std::string> HttpConnection::readLine(Deadline deadline)
{
    for (;;) {
        const std::size_t end = m_unread.find("\r\n");
        if (end != Bytes::npos) {
            std::string line = m_unread.substr(0, end);
            m_unread.erase(0, end + 2);
            return line;
        }
        EXHIBIT_TRY(const bool more, receive(deadline));
        if (!more) {
            return fail(ErrorCode::Unavailable, "the peer closed the connection");
        }
    }
}

void HttpConnection::chooseFraming(const Reply& reply)
{
    m_framing = Framing::UntilClose;
    m_unreadBody.clear();
    if (reply.status < 200 || reply.status == 204 || reply.status == 304) {
        m_framing = Framing::None;
    } else if (reply.header("Transfer-Encoding")) {
        m_framing = Framing::Chunked;
    } else if (const auto length = reply.header("Content-Length")) {
        m_framing = Framing::Length;
        m_left = parseNumber(*length, 10).value_or(0);
    }
}

Result<Reply> HttpConnection::readHead(Deadline deadline)
{
    Reply reply;
    EXHIBIT_TRY(const std::string first, readLine(deadline));
    if (!first.starts_with("HTTP/1.1 ")) {
        return fail(ErrorCode::Corrupt, "not an HTTP/1.1 status line", first);
    }
    EXHIBIT_TRY(const std::size_t status, parseNumber(std::string_view(first).substr(9), 10));
    reply.status = static_cast<int>(status);
    for (;;) {
        EXHIBIT_TRY(const std::string line, readLine(deadline));
        if (line.empty()) {
            chooseFraming(reply);
            return reply;
        }
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) {
            return fail(ErrorCode::Corrupt, "not a header line", line);
        }
        reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
}

Result<std::optional<Bytes>> HttpConnection::readChunk(Deadline deadline)
{
    EXHIBIT_TRY(const std::string line, readLine(deadline));
    EXHIBIT_TRY(const std::size_t size, parseNumber(line, 16));
    while (m_unread.size() < size + 2) {
        EXHIBIT_TRY(const bool more, receive(deadline));
        if (!more) {
            return fail(ErrorCode::Corrupt, "the connection ended within a chunk");
        }
    }
    Bytes chunk = m_unread.substr(0, size);
    m_unread.erase(0, size + 2);
    if (size == 0) {
        m_framing = Framing::None;
        return std::nullopt;
    }
    return chunk;
}

Result<std::optional<Bytes>> HttpConnection::readPiece(Deadline deadline)
{
    if (m_framing == Framing::None || (m_framing == Framing::Length && m_left == 0)) {
        return std::nullopt;
    }
    if (m_framing == Framing::Chunked) {
        auto chunk = readChunk(deadline);
        if (!chunk && chunk.error().code == ErrorCode::Unavailable) {
            return fail(ErrorCode::Corrupt, "the connection ended between two chunks");
        }
        return chunk;
    }
    if (m_unread.empty()) {
        auto more = receive(deadline);
        if (!more && more.error().code == ErrorCode::DeadlineExceeded) {
            return tl::make_unexpected(more.error());
        }
        if (!more || (!*more && m_framing == Framing::Length)) {
            return fail(ErrorCode::Corrupt, "the connection ended within the body");
        }
        if (!*more) {
            return std::nullopt;
        }
    }
    const std::size_t size
        = m_framing == Framing::Length ? std::min(m_left, m_unread.size()) : m_unread.size();
    Bytes piece = m_unread.substr(0, size);
    m_unread.erase(0, size);
    m_left -= m_framing == Framing::Length ? size : 0;
    return piece;
}

Result<Bytes> HttpConnection::readBody(Deadline deadline)
{
    Bytes body = std::exchange(m_unreadBody, {});
    for (;;) {
        EXHIBIT_TRY(auto piece, readPiece(deadline));
        if (!piece) {
            return body;
        }
        body += *piece;
    }
}

Result<std::optional<std::string>> HttpConnection::readEvent(Deadline deadline)
{
    for (;;) {
        const std::size_t end = m_unreadBody.find("\n\n");
        const std::size_t endCrLf = m_unreadBody.find("\r\n\r\n");
        const std::size_t first = std::min(end, endCrLf);
        if (first != Bytes::npos) {
            std::string event = m_unreadBody.substr(0, first);
            m_unreadBody.erase(0, first + (first == end ? 2 : 4));
            return event;
        }
        EXHIBIT_TRY(auto piece, readPiece(deadline));
        if (!piece) {
            return std::nullopt;
        }
        m_unreadBody += *piece;
    }
}

Result<Reply> HttpConnection::readReply(Deadline deadline, bool headOnly)
{
    EXHIBIT_TRY(Reply reply, readHead(deadline));
    if (headOnly) {
        m_framing = Framing::None;
    }
    EXHIBIT_TRY(reply.body, readBody(deadline));
    return reply;
}

Result<bool> HttpConnection::readClose(Deadline deadline)
{
    auto more = receive(deadline);
    if (!more && more.error().code == ErrorCode::DeadlineExceeded) {
        return tl::make_unexpected(more.error());
    }
    return (!more || !*more) && m_unread.empty();
}

void HttpConnection::shutdownSend() const
{
    ::shutdown(m_socket, SHUT_WR);
}

void HttpConnection::reset()
{
    const linger hard{1, 0};
    ::setsockopt(m_socket, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void HttpConnection::close()
{
    if (m_socket >= 0) {
        ::close(m_socket);
    }
    m_socket = -1;
}

Result<Reply> exchange(std::uint16_t port, const std::string& request, Deadline deadline)
{
    EXHIBIT_TRY(auto connection, HttpConnection::connect("127.0.0.1", port, deadline));
    EXHIBIT_CHECK(connection.send(request, deadline));
    return connection.readReply(deadline, request.starts_with("HEAD "));
}

} // namespace exhibit::test
