// SPDX-License-Identifier: Apache-2.0
#include "tests/server/redis/redis_on_test.h"

#include "tests/support/test_certificate.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace exhibit::redis {
namespace {

/// One that nobody listens on now.
std::uint16_t freePort()
{
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket, any, size), 0);
    EXPECT_EQ(::getsockname(socket, any, &size), 0);
    ::close(socket);
    return ntohs(address.sin_port);
}

} // namespace

RedisOnTest::RedisOnTest()
    : RedisOnTest(Setup{})
{
}

RedisOnTest::RedisOnTest(Setup setup)
    : m_setup(std::move(setup))
    , m_port(freePort())
{
    if (m_setup.tls) {
        makeCertificate();
    }
    start();
}

RedisOnTest::~RedisOnTest() = default;

void RedisOnTest::makeCertificate()
{
    ASSERT_TRUE(test::makeCertificate(m_folder, m_setup.names, soon()));
}

void RedisOnTest::start()
{
    const auto port = std::to_string(m_port);
    std::vector<std::string> arguments{"--bind", "127.0.0.1", "--save", "", "--appendonly", "no"};
    const auto add = [&arguments](std::initializer_list<std::string> more) {
        arguments.insert(arguments.end(), more);
    };
    add({"--dir", m_folder.path().string()});
    if (m_setup.tls) {
        add({"--port", "0", "--tls-port", port, "--tls-auth-clients", "no"});
        add({"--tls-cert-file", m_folder.file("cert.pem")});
        add({"--tls-key-file", m_folder.file("key.pem")});
        add({"--tls-ca-cert-file", m_folder.file("cert.pem")});
    } else {
        add({"--port", port});
    }
    if (!m_setup.password.empty()) {
        add({"--requirepass", m_setup.password});
    }
    auto process = test::Process::start("redis-server", {.arguments = arguments});
    ASSERT_TRUE(process) << process.error().message;
    m_process.emplace(*std::move(process));
    while (true) {
        const auto line = m_process->readLine(soon());
        ASSERT_TRUE(line) << "redis-server ended: " << line.error().message;
        if (line->find("Ready to accept connections") != std::string::npos) {
            return;
        }
    }
}

void RedisOnTest::kill()
{
    m_process->kill();
    static_cast<void>(m_process->wait(soon()));
}

void RedisOnTest::pause(bool paused)
{
    m_process->signal(paused ? SIGSTOP : SIGCONT);
}

Options RedisOnTest::options() const
{
    Options options;
    options.address.host = "127.0.0.1";
    options.address.port = m_port;
    options.address.tls = m_setup.tls;
    options.address.password = Secret(m_setup.password);
    options.caFile = m_setup.tls ? m_folder.file("cert.pem") : "";
    return options;
}

std::string RedisOnTest::ask(std::vector<std::string> command) const
{
    std::vector<std::string> arguments{"-p", std::to_string(m_port)};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const auto done = test::run("redis-cli", {.arguments = arguments}, soon());
    EXPECT_TRUE(done && done->exitCode == 0);
    return done ? done->output.substr(0, done->output.find_last_not_of('\n') + 1) : "";
}

} // namespace exhibit::redis
