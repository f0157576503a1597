// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace exhibit::test {
namespace {

using Clock = std::chrono::steady_clock;

} // namespace

std::string HttpReply::header(std::string_view name) const
{
    for (const auto& [key, value] : headers) {
        if (key.size() == name.size() && ::strncasecmp(key.data(), name.data(), name.size()) == 0) {
            return value;
        }
    }
    return {};
}

HttpClient::HttpClient(const std::string& address)
    : m_address(address)
{
    const auto colon = address.rfind(':');
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.substr(colon + 1).c_str())));
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &peer.sin_addr);
    m_socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(m_socket, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
        close();
        return;
    }
    const int on = 1;
    ::setsockopt(m_socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpClient::~HttpClient()
{
    close();
}

bool HttpClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpClient::request(const std::string& method,
                         const std::string& target,
                         const HeaderList& headers,
                         const std::string& body)
{
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: " + m_address + "\r\n";
    for (const auto& [name, value] : headers) {
        text += name + ": " + value + "\r\n";
    }
    if (!body.empty() || method == "POST") {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    return send(text + "\r\n" + body);
}

bool HttpClient::fill(Clock::time_point end)
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    pollfd watched{m_socket, POLLIN, 0};
    if (m_socket < 0 || left.count() <= 0
        || ::poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
        return false;
    }
    char bytes[65536];
    const ssize_t got = ::recv(m_socket, bytes, sizeof bytes, 0);
    if (got <= 0) {
        return false;
    }
    m_buffer.append(bytes, static_cast<std::size_t>(got));
    return true;
}

std::optional<std::string> HttpClient::readLine(Clock::time_point end)
{
    for (;;) {
        if (const auto at = m_buffer.find("\r\n"); at != std::string::npos) {
            std::string line = m_buffer.substr(0, at);
            m_buffer.erase(0, at + 2);
            return line;
        }
        if (!fill(end)) {
            return std::nullopt;
        }
    }
}

HttpReply HttpClient::read(std::chrono::milliseconds wait,
                           const std::function<bool(std::string_view)>& onBody)
{
    const auto end = Clock::now() + wait;
    HttpReply reply;
    if (!readHead(reply, end)) {
        reply.status = 0;
        return reply;
    }
    if (reply.status == 100) {
        return read(wait, onBody);
    }
    reply.complete = reply.header("Transfer-Encoding") == "chunked"
        ? readChunks(reply, end, onBody)
        : readLength(reply, end, onBody);
    return reply;
}

bool HttpClient::readHead(HttpReply& reply, Clock::time_point end)
{
    auto line = readLine(end);
    if (!line || line->size() < 12) {
        return false;
    }
    reply.status = std::atoi(line->c_str() + 9);
    for (line = readLine(end); line && !line->empty(); line = readLine(end)) {
        const auto colon = line->find(':');
        const auto value = line->find_first_not_of(" \t", colon + 1);
        reply.headers.emplace_back(line->substr(0, colon),
                                   value == std::string::npos ? "" : line->substr(value));
    }
    return line.has_value();
}

bool HttpClient::readChunks(HttpReply& reply, Clock::time_point end, const Watch& watch)
{
    for (;;) {
        const auto size = readLine(end);
        if (!size || size->empty()) {
            return false;
        }
        const std::size_t count = std::stoul(*size, nullptr, 16);
        if (!readBytes(reply, count, end, watch) || !readLine(end)) {
            return false;
        }
        if (count == 0) {
            return true;
        }
    }
}

bool HttpClient::readLength(HttpReply& reply, Clock::time_point end, const Watch& watch)
{
    const std::string length = reply.header("Content-Length");
    if (!length.empty()) {
        return readBytes(reply, std::stoul(length), end, watch);
    }
    if (reply.status == 204 || reply.status == 304) {
        return true;
    }
    // To the end of the connection.
    return !readBytes(reply, std::string::npos, end, watch);
}

bool HttpClient::readBytes(HttpReply& reply,
                           std::size_t count,
                           Clock::time_point end,
                           const Watch& watch)
{
    while (count > 0) {
        if (m_buffer.empty() && !fill(end)) {
            return false;
        }
        const std::string bytes = m_buffer.substr(0, count);
        m_buffer.erase(0, bytes.size());
        reply.body += bytes;
        count -= bytes.size();
        if (watch && !watch(bytes)) {
            return false;
        }
    }
    return true;
}

bool HttpClient::closedByPeer(std::chrono::milliseconds wait)
{
    const auto end = Clock::now() + wait;
    pollfd watched{m_socket, POLLIN, 0};
    while (Clock::now() < end) {
        if (::poll(&watched, 1, 10) > 0) {
            char byte = 0;
            return ::recv(m_socket, &byte, 1, MSG_PEEK) <= 0;
        }
    }
    return false;
}

void HttpClient::close(bool reset)
{
    if (m_socket < 0) {
        return;
    }
    if (reset) {
        const linger now{1, 0};
        ::setsockopt(m_socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(m_socket);
    m_socket = -1;
}

HttpReply fetch(const std::string& address,
                const std::string& method,
                const std::string& target,
                const HeaderList& headers,
                const std::string& body,
                std::chrono::milliseconds wait)
{
    HttpClient client(address);
    if (!client.connected() || !client.request(method, target, headers, body)) {
        return {};
    }
    return client.read(wait);
}

} // namespace exhibit::test
