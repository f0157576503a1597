// SPDX-License-Identifier: Apache-2.0
// Providers behind TLS: only who can prove the name is spoken to.
#include "tests/server/gateway/gateway_on_test.h"
#include "tests/support/sample_upstream_process.h"
#include "tests/support/test_certificate.h"

#include <gtest/gtest.h>

#include <openssl/ssl.h>

#include <cstdlib>
#include <thread>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exhibit::gateway {
namespace {

const std::string kAsk = R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]})";

struct TlsReply {
    int first = 0;
    int second = 0;
};

/// Two calls to a provider with that certificate; `trusted` says whether the gateway knows it.
TlsReply callTwice(const std::string& names, bool trusted)
{
    const test::TempDir folder;
    EXPECT_TRUE(test::makeCertificate(folder, names, GatewayOnTest::soon()));
    auto provider
        = test::SampleUpstream::start({"--tls", folder.file("cert.pem"), folder.file("key.pem")});
    EXPECT_TRUE(provider.has_value());
    ::setenv("SSL_CERT_FILE", trusted ? folder.file("cert.pem").c_str() : "/dev/null", 1);
    GatewaySetup setup;
    setup.baseUrl = "https://127.0.0.1:" + std::to_string(provider->port());
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; }, setup);
    ::unsetenv("SSL_CERT_FILE");
    return {gateway.chat(kAsk)->status, gateway.chat(kAsk)->status};
}

/// A provider that closes each connection behind its answer and says whether it knew the session.
class ClosingProvider {
public:
    ClosingProvider(const test::TempDir& folder, int calls)
        : m_context(SSL_CTX_new(TLS_server_method()))
    {
        EXPECT_EQ(SSL_CTX_use_certificate_file(
                      m_context, folder.file("cert.pem").c_str(), SSL_FILETYPE_PEM),
                  1);
        EXPECT_EQ(SSL_CTX_use_PrivateKey_file(
                      m_context, folder.file("key.pem").c_str(), SSL_FILETYPE_PEM),
                  1);
        m_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(m_listener, plain, length), 0);
        EXPECT_EQ(::listen(m_listener, 8), 0);
        EXPECT_EQ(::getsockname(m_listener, plain, &length), 0);
        m_port = ntohs(address.sin_port);
        m_thread = std::thread([this, calls] {
            for (int i = 0; i < calls; ++i) {
                serve();
            }
        });
    }
    ~ClosingProvider()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        join();
        ::close(m_listener);
        SSL_CTX_free(m_context);
    }
    ClosingProvider(const ClosingProvider&) = delete;
    ClosingProvider& operator=(const ClosingProvider&) = delete;

    void join()
    {
        if (m_thread.joinable()) {
            m_thread.join();
        }
    }
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// Of each call, once they were joined.
    [[nodiscard]] const std::vector<bool>& resumed() const { return m_resumed; }

private:
    void serve()
    {
        const int socket = ::accept4(m_listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) {
            return;
        }
        SSL* tls = SSL_new(m_context);
        SSL_set_fd(tls, socket);
        if (SSL_accept(tls) == 1) {
            m_resumed.push_back(SSL_session_reused(tls) == 1);
            std::string request;
            char buffer[4096];
            while (request.find(kAsk) == std::string::npos) {
                const int got = SSL_read(tls, buffer, sizeof buffer);
                if (got <= 0) {
                    break;
                }
                request.append(buffer, static_cast<std::size_t>(got));
            }
            const auto reply = jsonReply("{}", "Connection: close\r\n");
            SSL_write(tls, reply.data(), static_cast<int>(reply.size()));
            SSL_shutdown(tls);
        }
        SSL_free(tls);
        ::close(socket);
    }

    SSL_CTX* m_context;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::vector<bool> m_resumed;
    std::thread m_thread;
};

TEST(Tls, aNewConnectionResumesTheSessionOfTheLast)
{
    const test::TempDir folder;
    EXPECT_TRUE(test::makeCertificate(folder, "IP:127.0.0.1", GatewayOnTest::soon()));
    ClosingProvider provider(folder, 3);
    ::setenv("SSL_CERT_FILE", folder.file("cert.pem").c_str(), 1);
    GatewaySetup setup;
    setup.baseUrl = "https://127.0.0.1:" + std::to_string(provider.port());
    GatewayOnTest gateway([](const std::string&, ScriptedUpstream::Peer&) { return false; }, setup);
    ::unsetenv("SSL_CERT_FILE");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(gateway.chat(kAsk)->status, 200);
    }
    provider.join();
    EXPECT_EQ(provider.resumed(), (std::vector<bool>{false, true, true}));
}

TEST(Tls, speaksToAProviderThatProvesItsName)
{
    const auto reply = callTwice("IP:127.0.0.1", true);
    EXPECT_EQ(reply.first, 200);
    EXPECT_EQ(reply.second, 200);
}

TEST(Tls, refusesACertificateThatNobodyKnows)
{
    EXPECT_EQ(callTwice("IP:127.0.0.1", false).first, 502);
}

TEST(Tls, refusesACertificateForAnotherName)
{
    EXPECT_EQ(callTwice("DNS:provider.example,IP:127.0.0.2", true).first, 502);
}

} // namespace
} // namespace exhibit::gateway
