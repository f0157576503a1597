// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <future>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::client {

/// A peer that takes one connection, reads one request and answers with given bytes, whatever was
/// asked: for what a good server never sends. Without bytes it never answers.
class CannedServer {
public:
    explicit CannedServer(std::string answer, bool answers = true)
        : m_answer(std::move(answer))
    {
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(m_listener, plain, length), 0);
        EXPECT_EQ(::listen(m_listener, 4), 0);
        EXPECT_EQ(::getsockname(m_listener, plain, &length), 0);
        m_port = ntohs(address.sin_port);
        if (answers) {
            m_thread = std::thread([this] { serve(); });
        }
    }
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;
    ~CannedServer()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        ::close(m_listener);
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    /// What the client sent, once the server is through.
    [[nodiscard]] std::string request()
    {
        m_thread.join();
        return m_request;
    }

private:
    void serve()
    {
        const int peer = ::accept(m_listener, nullptr, nullptr);
        if (peer < 0) {
            return;
        }
        char buffer[4096];
        while (!isWhole()) {
            const ssize_t count = ::recv(peer, buffer, sizeof buffer, 0);
            if (count <= 0) {
                break;
            }
            m_request.append(buffer, static_cast<std::size_t>(count));
        }
        std::size_t sent = 0;
        while (sent < m_answer.size()) {
            const ssize_t count
                = ::send(peer, m_answer.data() + sent, m_answer.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) {
                break;
            }
            sent += static_cast<std::size_t>(count);
        }
        ::shutdown(peer, SHUT_WR);
        while (::recv(peer, buffer, sizeof buffer, 0) > 0) { }
        ::close(peer);
    }
    [[nodiscard]] bool isWhole() const
    {
        if (m_request.starts_with('\x16')) {
            return true; // A TLS handshake, which no HTTP server understands.
        }
        const auto headersEnd = m_request.find("\r\n\r\n");
        if (headersEnd == std::string::npos) {
            return false;
        }
        const auto at = m_request.find("Content-Length: ");
        const std::size_t body = at < headersEnd
            ? std::stoul(m_request.substr(at + std::strlen("Content-Length: ")))
            : 0;
        return m_request.size() >= headersEnd + 4 + body;
    }

    std::string m_answer;
    std::string m_request;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::thread m_thread;
};

} // namespace exhibit::client
