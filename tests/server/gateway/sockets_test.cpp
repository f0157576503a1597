// SPDX-License-Identifier: Apache-2.0
// The sockets of a call under way: neither side waits for the other's acknowledgement.
#include "tests/server/gateway/gateway_on_test.h"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace exhibit::gateway {
namespace {

constexpr int kSocketsMax = 1024;

struct TcpSocket {
    std::uint16_t local = 0;
    std::uint16_t peer = 0; ///< 0: it listens.
    bool noDelay = false;
};

std::uint16_t portOf(const sockaddr_in& address)
{
    return ntohs(address.sin_port);
}

/// Those of this process: the gateway's and the provider's ends among them.
std::vector<TcpSocket> openSockets()
{
    std::vector<TcpSocket> found;
    for (int file = 0; file < kSocketsMax; ++file) {
        sockaddr_in local{};
        sockaddr_in peer{};
        socklen_t length = sizeof local;
        if (::getsockname(file, reinterpret_cast<sockaddr*>(&local), &length) != 0
            || local.sin_family != AF_INET) {
            continue;
        }
        length = sizeof peer;
        const bool connected
            = ::getpeername(file, reinterpret_cast<sockaddr*>(&peer), &length) == 0;
        int noDelay = 0;
        length = sizeof noDelay;
        EXPECT_EQ(::getsockopt(file, IPPROTO_TCP, TCP_NODELAY, &noDelay, &length), 0);
        found.push_back({portOf(local), connected ? portOf(peer) : std::uint16_t{0}, noDelay != 0});
    }
    return found;
}

TEST(Sockets, sendWithoutDelayBothWays)
{
    std::vector<TcpSocket> sockets;
    GatewayOnTest gateway([&sockets](const std::string&, ScriptedUpstream::Peer& peer) {
        sockets = openSockets();
        return peer.send(jsonReply("{}"));
    });
    ASSERT_EQ(gateway.chat(R"({"model":"gpt-4o","messages":[]})")->status, 200);
    const auto url = gateway.upstream().baseUrl();
    const auto provider
        = static_cast<std::uint16_t>(std::stoi(url.substr(url.find(':', url.find("//")) + 1)));
    std::size_t towardsProvider = 0;
    std::size_t towardsClient = 0;
    for (const auto& listener : sockets) {
        for (const auto& socket : sockets) {
            if (listener.peer != 0 || socket.peer == 0) {
                continue;
            }
            if (listener.local == provider && socket.peer == provider) {
                ++towardsProvider;
                EXPECT_TRUE(socket.noDelay) << "of the gateway towards the provider";
            }
            if (listener.local != provider && socket.local == listener.local) {
                ++towardsClient;
                EXPECT_TRUE(socket.noDelay) << "of the gateway towards the client";
            }
        }
    }
    EXPECT_EQ(towardsProvider, 1U);
    EXPECT_EQ(towardsClient, 1U);
}

} // namespace
} // namespace exhibit::gateway
