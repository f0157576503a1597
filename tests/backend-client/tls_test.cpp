// SPDX-License-Identifier: Apache-2.0
// Servers behind TLS: only who can prove the name is spoken to, and what is wrong is said.
#include "backend-client/client.h"
#include "tests/support/test_certificate.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QEventLoop>
#include <QFile>
#include <QFutureWatcher>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpSocket>

namespace exhibit::client {
namespace {

using namespace std::chrono_literals;

QByteArray contentOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Answers every request with an empty list of policies; counts those that were read.
class TlsServer {
public:
    explicit TlsServer(const test::TempDir& folder)
    {
        QSslConfiguration configuration;
        configuration.setLocalCertificate(QSslCertificate(contentOf(folder.file("cert.pem"))));
        configuration.setPrivateKey(QSslKey(contentOf(folder.file("key.pem")), QSsl::Rsa));
        m_server.setSslConfiguration(configuration);
        QObject::connect(&m_server, &QTcpServer::pendingConnectionAvailable, &m_server, [this] {
            auto* peer = m_server.nextPendingConnection();
            QObject::connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
                if (peer->readAll().contains("\r\n\r\n")) {
                    ++m_requests;
                    peer->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                "Content-Length: 15\r\n\r\n{\"policies\":[]}");
                }
            });
        });
        EXPECT_TRUE(m_server.listen(QHostAddress::LocalHost));
    }
    [[nodiscard]] std::string url() const
    {
        return "https://127.0.0.1:" + std::to_string(m_server.serverPort());
    }
    [[nodiscard]] int requests() const { return m_requests; }

private:
    QSslServer m_server;
    int m_requests = 0;
};

class TlsTest : public testing::Test {
protected:
    /// The server's certificate is for `names`; `trusted`: this machine knows its issuer.
    Reply<PolicyList> ask(const std::string& names, bool trusted)
    {
        const test::TempDir folder;
        EXPECT_TRUE(test::makeCertificate(folder, names, Deadline::after(30s)));
        const auto before = QSslConfiguration::defaultConfiguration();
        if (trusted) {
            auto knows = before;
            knows.addCaCertificates(QSslCertificate::fromData(contentOf(folder.file("cert.pem"))));
            QSslConfiguration::setDefaultConfiguration(knows);
        }
        TlsServer server(folder);
        const auto client = Client::create({server.url(), Secret("exk_test"), 20s}).value();
        auto future = client->policies();
        QEventLoop loop;
        QFutureWatcher<Reply<PolicyList>> watcher;
        QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        if (!future.isFinished()) {
            loop.exec();
        }
        QSslConfiguration::setDefaultConfiguration(before);
        m_requests = server.requests();
        return future.result();
    }

    int m_requests = 0;

private:
    int m_argc = 1;
    char m_name[5] = "test";
    char* m_argv[2] = {m_name, nullptr};
    QCoreApplication m_application{m_argc, m_argv};
};

TEST_F(TlsTest, aCertificateThatFitsIsSpokenTo)
{
    const auto reply = ask("IP:127.0.0.1", true);
    ASSERT_TRUE(reply) << reply.error().error.message;
    EXPECT_EQ(m_requests, 1);
}

TEST_F(TlsTest, aSelfSignedOneIsNamedAndGetsNoKey)
{
    const auto reply = ask("IP:127.0.0.1", false);
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().error.message.find("self-signed"), std::string::npos)
        << reply.error().error.message;
    EXPECT_EQ(m_requests, 0);
}

TEST_F(TlsTest, oneForAnotherHostIsNamedAndGetsNoKey)
{
    const auto reply = ask("DNS:another.example", true);
    ASSERT_FALSE(reply);
    EXPECT_NE(reply.error().error.message.find("another host name"), std::string::npos)
        << reply.error().error.message;
    EXPECT_EQ(m_requests, 0);
}

} // namespace
} // namespace exhibit::client
