// SPDX-License-Identifier: Apache-2.0
#include "backend-client/client.h"
#include "backend-client/tls_errors.h"
#include "models/base/limits.h"
#include "tests/backend-client/canned_server.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QFutureWatcher>
#include <QTranslator>

namespace exhibit::client {
namespace {

using namespace std::chrono_literals;

class TransportTest : public testing::Test {
protected:
    std::unique_ptr<Client> connect(const std::string& url, std::chrono::milliseconds timeout = 20s)
    {
        auto client = Client::create({url, Secret("exk_test"), timeout});
        EXPECT_TRUE(client);
        return client ? *std::move(client) : nullptr;
    }
    template <class T>
    Reply<T> wait(QFuture<Reply<T>> future)
    {
        QEventLoop loop;
        QFutureWatcher<Reply<T>> watcher;
        QObject::connect(&watcher, &QFutureWatcherBase::finished, &loop, &QEventLoop::quit);
        watcher.setFuture(future);
        if (!future.isFinished()) {
            loop.exec();
        }
        return future.result();
    }

private:
    int m_argc = 1;
    char m_name[5] = "test";
    char* m_argv[2] = {m_name, nullptr};
    QCoreApplication m_application{m_argc, m_argv};
};

std::string answer(const std::string& status, const std::string& headers, const std::string& body)
{
    return "HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\n\r\n" + body;
}

TEST_F(TransportTest, sendsTheKeyTheMethodAndTheBody)
{
    CannedServer server(answer("204 No Content", "", ""));
    auto client = connect(server.url() + "/prefix/");
    EXPECT_TRUE(wait(client->removeUpstream("a/b ?")));
    const std::string request = server.request();
    EXPECT_TRUE(request.starts_with("DELETE /prefix/admin/upstreams/a%2Fb%20%3F HTTP/1.1\r\n"))
        << request;
    EXPECT_NE(request.find("Authorization: Bearer exk_test\r\n"), std::string::npos);

    CannedServer other(answer("200 OK", "", R"({"policies":[],"snapshot_id":"SNAP-1"})"));
    client = connect(other.url());
    const auto reply = wait(client->importPolicies(JsonObject{{"policies", JsonArray{}}}));
    ASSERT_TRUE(reply) << reply.error().error.message;
    EXPECT_EQ(reply->snapshotId, "SNAP-1");
    const std::string sent = other.request();
    EXPECT_NE(sent.find("Content-Type: application/json"), std::string::npos) << sent;
    EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"policies\":[]}")) << sent;
}

TEST_F(TransportTest, decodesARefusal)
{
    CannedServer server(answer("401 Unauthorized",
                               "Content-Type: application/json\r\n",
                               R"({"error":{"message":"The key is not known."}})"));
    const auto reply = wait(connect(server.url())->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::Unauthenticated);
    EXPECT_EQ(reply.error().error.message, "The key is not known.");
}

TEST_F(TransportTest, whatIsSaidOfAConnectionIsTranslated)
{
    class Language : public QTranslator {
        bool isEmpty() const override { return false; }
        QString translate(const char* context, const char* text, const char*, int) const override
        {
            return QLatin1String(context) == QLatin1String("exhibit::client::Network")
                ? QLatin1String("(") + QString::fromUtf8(text)
                : QString();
        }
    } language;
    ASSERT_TRUE(QCoreApplication::installTranslator(&language));
    std::string url;
    {
        const CannedServer gone(answer("200 OK", "", ""));
        url = gone.url();
    }
    const auto reply = wait(connect(url)->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.message, "(No server answers at " + url + ".");
    const auto other = Client::create({"ftp://x", Secret("exk_test"), 1s});
    ASSERT_FALSE(other);
    EXPECT_TRUE(other.error().message.starts_with("(The server's address"));
    EXPECT_TRUE(explainTlsError(QSslError::HostNameMismatch).startsWith(QLatin1Char('(')));
    QCoreApplication::removeTranslator(&language);
}

TEST_F(TransportTest, doesNotFollowARedirection)
{
    CannedServer target(answer("200 OK", "", R"({"policies":[]})"));
    CannedServer server(
        answer("307 Temporary Redirect", "Location: " + target.url() + "/\r\n", ""));
    const auto reply = wait(connect(server.url())->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().httpStatus, 307);
}

TEST_F(TransportTest, anAnswerCutShortIsNoAnswer)
{
    CannedServer server(answer("200 OK", "Content-Length: 100\r\n", R"({"policies":[]})"));
    const auto reply = wait(connect(server.url())->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::Unavailable);
    EXPECT_EQ(reply.error().httpStatus, 0);
}

TEST_F(TransportTest, refusesAnAnswerThatIsOneByteTooLarge)
{
    const std::string shell = R"({"policies":[],"x":""})";
    const auto bodyOf = [&](std::size_t size) {
        std::string body = shell;
        return body.insert(body.size() - 2, std::string(size - shell.size(), 'x'));
    };
    {
        CannedServer server(answer("200 OK", "", bodyOf(limits::kClientReplyBytesMax)));
        EXPECT_TRUE(wait(connect(server.url())->policies()));
    }
    CannedServer server(answer("200 OK", "", bodyOf(limits::kClientReplyBytesMax + 1)));
    const auto reply = wait(connect(server.url())->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::TooLarge);
}

TEST_F(TransportTest, givesUpOnAServerThatDoesNotAnswer)
{
    CannedServer server({}, false);
    const auto reply = wait(connect(server.url(), 100ms)->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::DeadlineExceeded);
}

TEST_F(TransportTest, saysThatNoServerAnswers)
{
    std::string url;
    {
        const CannedServer gone({}, false);
        url = gone.url();
    }
    const auto reply = wait(connect(url)->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::Unavailable);
    EXPECT_EQ(reply.error().error.message, "No server answers at " + url + ".");
}

TEST_F(TransportTest, aTlsHandshakeWithSomethingElseFails)
{
    CannedServer server(answer("200 OK", "", "{}"));
    const auto url = "https" + server.url().substr(4);
    const auto reply = wait(connect(url, 5s)->policies());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().error.code, ErrorCode::Unavailable);
    EXPECT_NE(reply.error().error.message.find("TLS handshake"), std::string::npos)
        << reply.error().error.message;
}

TEST_F(TransportTest, destroyingTheClientCancelsWhatIsOpen)
{
    CannedServer server({}, false);
    auto client = connect(server.url());
    auto future = client->policies();
    client.reset();
    EXPECT_TRUE(future.isCanceled());
    EXPECT_TRUE(future.isFinished());
}

TEST_F(TransportTest, refusesWhatIsNoAddress)
{
    for (const auto* url : {"",
                            "localhost",
                            "localhost:8470",
                            "ftp://x",
                            "http://",
                            "http:///x",
                            "http://user:pw@x",
                            "http://x?q=1",
                            "http://x#f",
                            "http://x:99999"}) {
        const auto transport = Transport::create({url, Secret(), 1s});
        ASSERT_FALSE(transport) << url;
        EXPECT_EQ(transport.error().code, ErrorCode::InvalidInput);
        EXPECT_EQ(transport.error().message.find("pw"), std::string::npos);
    }
}

TEST_F(TransportTest, refusesAKeyThatWouldBreakTheHeader)
{
    for (const auto* key : {"a\r\nX: y", "a b", "\x01", "ä"}) {
        EXPECT_FALSE(Transport::create({"http://localhost", Secret(key), 1s})) << key;
    }
}

TEST_F(TransportTest, knowsWhenTheKeyWouldBeReadable)
{
    const auto readable = [](const char* url) {
        return (*Transport::create({url, Secret(), 1s}))->isReadableByOthers();
    };
    EXPECT_TRUE(readable("http://exhibit.example"));
    EXPECT_FALSE(readable("https://exhibit.example"));
    EXPECT_FALSE(readable("http://localhost:1"));
    EXPECT_FALSE(readable("http://127.0.0.1:1"));
    EXPECT_FALSE(readable("http://[::1]:1"));
}

} // namespace
} // namespace exhibit::client
