// SPDX-License-Identifier: Apache-2.0
#include "tests/server/gateway/scripted_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace exhibit::gateway {
namespace {

bool readMore(int socket, std::string& buffer)
{
    std::array<char, 16384> bytes{};
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), 0);
    if (got <= 0) {
        return false;
    }
    buffer.append(bytes.data(), static_cast<std::size_t>(got));
    return true;
}

/// Head and body of the next request; the gateway always sends Content-Length for bodies.
bool readRequest(int socket, std::string& buffer, std::string& request)
{
    std::size_t head = 0;
    while ((head = buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!readMore(socket, buffer)) {
            return false;
        }
    }
    const auto length = buffer.substr(0, head).find("Content-Length: ");
    const std::size_t total = head + 4
        + (length == std::string::npos ? 0
                                       : std::strtoul(buffer.c_str() + length + 16, nullptr, 10));
    while (buffer.size() < total) {
        if (!readMore(socket, buffer)) {
            return false;
        }
    }
    request = buffer.substr(0, total);
    buffer.erase(0, total);
    return true;
}

} // namespace

bool ScriptedUpstream::Peer::send(BytesView bytes) const
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

std::size_t ScriptedUpstream::Peer::sendFor(BytesView bytes, std::chrono::milliseconds time) const
{
    const auto end = std::chrono::steady_clock::now() + time;
    std::size_t total = 0;
    while (!bytes.empty() && std::chrono::steady_clock::now() < end) {
        const ssize_t sent
            = ::send(m_socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            total += static_cast<std::size_t>(sent);
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        } else {
            pollfd ready{m_socket, POLLOUT, 0};
            ::poll(&ready, 1, 20);
        }
    }
    return total;
}

bool ScriptedUpstream::Peer::closedWithin(std::chrono::milliseconds time) const
{
    pollfd ready{m_socket, POLLIN, 0};
    char byte = 0;
    return ::poll(&ready, 1, static_cast<int>(time.count())) > 0
        && ::recv(m_socket, &byte, 1, MSG_PEEK) <= 0;
}

ScriptedUpstream::ScriptedUpstream(Script script)
    : m_script(std::move(script))
{
    m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(m_listener, reinterpret_cast<sockaddr*>(&address), size) != 0
        || ::listen(m_listener, 64) != 0
        || ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::abort();
    }
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { accept(); });
}

ScriptedUpstream::~ScriptedUpstream()
{
    ::shutdown(m_listener, SHUT_RDWR);
    m_acceptor.join();
    ::close(m_listener);
    {
        const std::lock_guard lock(m_mutex);
        for (const int socket : m_sockets) {
            ::shutdown(socket, SHUT_RDWR);
        }
    }
    for (auto& thread : m_threads) {
        thread.join();
    }
    for (const int socket : m_sockets) {
        ::close(socket);
    }
}

std::string ScriptedUpstream::baseUrl() const
{
    return "http://127.0.0.1:" + std::to_string(m_port);
}

std::vector<std::string> ScriptedUpstream::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

std::size_t ScriptedUpstream::connections() const
{
    const std::lock_guard lock(m_mutex);
    return m_sockets.size();
}

void ScriptedUpstream::accept()
{
    while (true) {
        const int socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            return;
        }
        const int one = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        const std::lock_guard lock(m_mutex);
        m_sockets.push_back(socket);
        m_threads.emplace_back([this, socket] { serve(socket); });
    }
}

void ScriptedUpstream::serve(int socket)
{
    std::string buffer;
    std::string request;
    while (readRequest(socket, buffer, request)) {
        {
            const std::lock_guard lock(m_mutex);
            m_requests.push_back(request);
        }
        Peer peer(socket);
        if (!m_script(request, peer)) {
            break;
        }
    }
    ::shutdown(socket, SHUT_RDWR);
}

bool Cuts::await(const ScriptedUpstream::Peer& peer)
{
    if (peer.closedWithin(std::chrono::seconds(20))) {
        const std::scoped_lock lock(m_mutex);
        ++m_count;
        m_changed.notify_all();
    }
    return false;
}

int Cuts::reach(int count)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return m_count >= count; });
    return m_count;
}

std::string jsonReply(const std::string& body, const std::string& headers)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + headers
        + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string streamHead(const std::string& headers)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" + headers
        + "Transfer-Encoding: chunked\r\n\r\n";
}

std::string streamChunk(BytesView bytes)
{
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
    return std::string(size.data()).append(bytes).append("\r\n");
}

} // namespace exhibit::gateway
