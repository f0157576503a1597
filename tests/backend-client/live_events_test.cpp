// SPDX-License-Identifier: Apache-2.0
// The stream of events and the ways in which it ends.
#include "backend-client/live_events.h"
#include "tests/support/test_certificate.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <vector>

namespace exhibit::client {
namespace {

using namespace std::chrono_literals;

constexpr auto kHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

/// Keeps what each connection asked, and answers it as the test says.
class EventServer {
public:
    explicit EventServer(std::function<void(QTcpSocket&, int)> answer)
        : m_answer(std::move(answer))
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            auto* peer = m_server.nextPendingConnection();
            QObject::connect(peer, &QTcpSocket::readyRead, peer, [this, peer] {
                m_requests.push_back(peer->readAll());
                m_answer(*peer, static_cast<int>(m_requests.size()));
            });
        });
        EXPECT_TRUE(m_server.listen(QHostAddress::LocalHost));
    }
    [[nodiscard]] std::string url() const
    {
        return "http://127.0.0.1:" + std::to_string(m_server.serverPort());
    }
    [[nodiscard]] const std::vector<QByteArray>& requests() const { return m_requests; }
    void close() { m_server.close(); }

private:
    QTcpServer m_server;
    std::function<void(QTcpSocket&, int)> m_answer;
    std::vector<QByteArray> m_requests;
};

class LiveEventsTest : public testing::Test {
protected:
    struct Loss {
        QString why;
        int seconds;
    };

    LiveEvents& open(const std::string& url, std::chrono::milliseconds silence = 20s)
    {
        auto made = Transport::create({url, Secret("exk_test"), 20s});
        EXPECT_TRUE(made);
        m_transport = *std::move(made);
        m_events = std::make_unique<LiveEvents>(*m_transport, nullptr, silence);
        QObject::connect(m_events.get(), &LiveEvents::connected, [this] { ++m_connected; });
        QObject::connect(
            m_events.get(), &LiveEvents::lost, [this](const QString& why, int seconds) {
                m_lost.push_back({why, seconds});
            });
        QObject::connect(m_events.get(), &LiveEvents::arrived, [this](const domain::LiveEvent&) {
            ++m_arrived;
        });
        m_events->start();
        return *m_events;
    }
    [[nodiscard]] static bool waitFor(const std::function<bool()>& done)
    {
        const QDeadlineTimer deadline(20'000);
        while (!done() && !deadline.hasExpired()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 50);
        }
        return done();
    }

    int m_argc = 1;
    char m_name[5] = "test";
    char* m_argv[2] = {m_name, nullptr};
    QCoreApplication m_application{m_argc, m_argv};
    std::unique_ptr<Transport> m_transport;
    std::unique_ptr<LiveEvents> m_events;
    std::vector<Loss> m_lost;
    int m_connected = 0;
    int m_arrived = 0;
};

TEST_F(LiveEventsTest, goesOnAfterTheLastEventSeen)
{
    EventServer server([](QTcpSocket& peer, int number) {
        peer.write(kHead);
        if (number == 1) {
            peer.write("id: 41\ndata: {\"type\":\"incident.opened\",\"id\":\"41\"}\n\n");
            peer.disconnectFromHost();
        }
    });
    open(server.url());
    ASSERT_TRUE(waitFor([&] { return m_connected == 2; }));
    EXPECT_EQ(m_arrived, 1);
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_FALSE(server.requests()[0].contains("Last-Event-ID"));
    EXPECT_TRUE(server.requests()[1].contains("Last-Event-ID: 41\r\n"))
        << server.requests()[1].toStdString();
}

TEST_F(LiveEventsTest, tellsOnceOfWhatAServerSendsAgain)
{
    EventServer server([](QTcpSocket& peer, int number) {
        peer.write(kHead);
        peer.write("id: run_a@7\ndata: {\"type\":\"run.stopped\",\"id\":\"run_a@7\"}\n\n");
        peer.write("data: {\"type\":\"incident.changed\",\"id\":\"inc_b\"}\n\n");
        peer.write("event: resync\ndata: {\"type\":\"resync\",\"id\":\"resync\"}\n\n");
        if (number == 1) {
            peer.disconnectFromHost();
        }
    });
    open(server.url());
    ASSERT_TRUE(waitFor([&] { return m_connected == 2 && m_arrived >= 5; }));
    EXPECT_EQ(m_arrived, 5) << "the stop once, each change and each resync";
    EXPECT_TRUE(server.requests()[1].contains("Last-Event-ID: run_a@7\r\n"))
        << "a message without an id is none to go on after";
}

TEST_F(LiveEventsTest, waitsTwiceAsLongEachTimeUntilItWasConnected)
{
    EventServer server([this](QTcpSocket& peer, int) {
        if (m_lost.size() == 7) { // The first attempts are not answered at all.
            peer.write(kHead);
        }
        peer.disconnectFromHost();
    });
    auto& events = open(server.url());
    for (std::size_t attempt = 1; attempt <= 8; ++attempt) {
        ASSERT_TRUE(waitFor([&] { return m_lost.size() == attempt; })) << attempt;
        events.retryNow();
    }
    const int least[] = {1, 2, 4, 8, 16, 30, 30, 1};
    for (std::size_t i = 0; i < std::size(least); ++i) {
        EXPECT_GE(m_lost[i].seconds, least[i]) << i;
        EXPECT_LE(m_lost[i].seconds, least[i] + least[i] / 4) << i;
        EXPECT_FALSE(m_lost[i].why.isEmpty()) << i;
    }
}

TEST_F(LiveEventsTest, aConnectionThatSaysNothingIsDead)
{
    EventServer server([](QTcpSocket& peer, int number) {
        if (number > 1) { // The first one has not even a head.
            peer.write(kHead);
        }
    });
    auto& events = open(server.url(), 300ms);
    ASSERT_TRUE(waitFor([&] { return m_lost.size() == 1; }));
    EXPECT_TRUE(m_lost[0].why.contains(QLatin1String("nothing"))) << m_lost[0].why.toStdString();
    events.retryNow();
    ASSERT_TRUE(waitFor([&] { return m_connected == 1; }));
    ASSERT_TRUE(waitFor([&] { return m_lost.size() == 2; }));
    EXPECT_TRUE(m_lost[1].why.contains(QLatin1String("nothing"))) << m_lost[1].why.toStdString();
    ASSERT_TRUE(waitFor([&] { return m_connected == 2; })) << "it comes back by itself";
}

TEST_F(LiveEventsTest, aServerThatSaysItIsAliveStaysConnected)
{
    std::vector<std::unique_ptr<QTimer>> ticks;
    EventServer server([&ticks](QTcpSocket& peer, int) {
        peer.write(kHead);
        ticks.push_back(std::make_unique<QTimer>());
        QObject::connect(
            ticks.back().get(), &QTimer::timeout, &peer, [&peer] { peer.write(": alive\n\n"); });
        ticks.back()->start(100);
    });
    open(server.url(), 1000ms);
    ASSERT_TRUE(waitFor([&] { return m_connected == 1; }));
    const QDeadlineTimer longer(2500); // Than the silence that is allowed.
    (void)waitFor([&] { return longer.hasExpired(); });
    EXPECT_TRUE(m_lost.empty()) << m_lost.front().why.toStdString();
}

TEST_F(LiveEventsTest, aCertificateThatIsNotTrustedIsExplained)
{
    const test::TempDir folder;
    ASSERT_TRUE(test::makeCertificate(folder, "IP:127.0.0.1", Deadline::after(30s)));
    const auto contentOf = [&folder](const char* name) {
        QFile file(QString::fromStdString(folder.file(name)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    };
    QSslConfiguration configuration;
    configuration.setLocalCertificate(QSslCertificate(contentOf("cert.pem")));
    configuration.setPrivateKey(QSslKey(contentOf("key.pem"), QSsl::Rsa));
    QSslServer server;
    server.setSslConfiguration(configuration);
    ASSERT_TRUE(server.listen(QHostAddress::LocalHost));
    open("https://127.0.0.1:" + std::to_string(server.serverPort()));
    ASSERT_TRUE(waitFor([&] { return !m_lost.empty(); }));
    const QString why = m_lost[0].why;
    EXPECT_TRUE(why.contains(QLatin1String("trust store"))) << why.toStdString();
}

} // namespace
} // namespace exhibit::client
