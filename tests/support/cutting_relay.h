// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace exhibit::test {

/// A network that fails: passes connections to a port of this machine, but answers to requests that
/// name a word break off behind so many bytes, so many times.
class CuttingRelay {
public:
    struct Cut {
        std::string word;
        std::size_t afterBytes = 0;
        int times = 0;
    };
    CuttingRelay(std::uint16_t target, Cut cut)
        : m_target(target)
        , m_cut(std::move(cut))
        , m_left(m_cut.times)
        , m_listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        auto address = loopback(0);
        socklen_t length = sizeof address;
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::bind(m_listener, plain, length) == 0 && ::listen(m_listener, 64) == 0
            && ::getsockname(m_listener, plain, &length) == 0) {
            m_port = ntohs(address.sin_port);
        }
        m_accepting = std::thread([this] { accept(); });
    }
    ~CuttingRelay()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_accepting.join();
        ::close(m_listener);
        for (auto& thread : m_relaying) {
            thread.join();
        }
    }
    CuttingRelay(const CuttingRelay&) = delete;
    CuttingRelay& operator=(const CuttingRelay&) = delete;

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    /// How many answers were broken off.
    [[nodiscard]] int cuts() const { return m_cut.times - m_left; }

private:
    static sockaddr_in loopback(std::uint16_t port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return address;
    }

    void accept()
    {
        for (;;) {
            const int client = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
            if (client < 0) {
                return;
            }
            m_relaying.emplace_back([this, client] { relay(client); });
        }
    }

    void relay(int client)
    {
        const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const auto address = loopback(m_target);
        if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            pass(client, server);
        }
        ::close(server);
        ::close(client);
    }

    void pass(int client, int server)
    {
        std::array<char, 16'384> buffer{};
        std::size_t answered = 0;
        bool cut = false;
        std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
        while (::poll(ends.data(), ends.size(), 60'000) > 0) {
            const bool asked = ends[0].revents != 0;
            const int from = asked ? client : server;
            const auto count = ::recv(from, buffer.data(), buffer.size(), 0);
            if (count <= 0) {
                return;
            }
            const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
            if (asked) {
                answered = 0;
                cut = bytes.find(m_cut.word) != bytes.npos;
            } else if (answered += bytes.size(); cut && answered > m_cut.afterBytes && take()) {
                return;
            }
            if (::send(asked ? server : client, bytes.data(), bytes.size(), MSG_NOSIGNAL)
                != count) {
                return;
            }
        }
    }

    bool take()
    {
        int left = m_left;
        while (left > 0 && !m_left.compare_exchange_weak(left, left - 1)) { }
        return left > 0;
    }

    std::uint16_t m_target;
    std::uint16_t m_port = 0;
    Cut m_cut;
    std::atomic<int> m_left;
    int m_listener;
    std::thread m_accepting;
    std::vector<std::thread> m_relaying; ///< Of the accepting thread until that has ended.
};

} // namespace exhibit::test
