// SPDX-License-Identifier: Apache-2.0
#include "backend-client/transport.h"

#include "backend-client/network_words.h"
#include "backend-client/tls_errors.h"
#include "models/base/limits.h"

#include <QHostAddress>
#include <QNetworkReply>
#include <QPromise>
#include <QTimer>

namespace exhibit::client {
namespace {

using Answer = Reply<HttpReply>;

QString toQt(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// One call under way; shared by the connections of its QNetworkReply, which end with that.
struct Call {
    QPromise<Answer> promise;
    Bytes body;
    bool tooLarge = false;
    bool timedOut = false;
    QString tlsError;
    std::string baseUrl;
    std::chrono::milliseconds timeout{};
};

Answer failed(ErrorCode code, const QString& message)
{
    return tl::make_unexpected(Failure{{code, message.toStdString(), {}}, 0, std::nullopt});
}

void collect(Call& call, QNetworkReply& reply)
{
    const QByteArray bytes = reply.readAll();
    if (call.body.size() + static_cast<std::size_t>(bytes.size()) > limits::kClientReplyBytesMax) {
        call.tooLarge = true;
        reply.abort();
        return;
    }
    call.body.append(bytes.constData(), static_cast<std::size_t>(bytes.size()));
}

Answer networkFailure(const Call& call, const QNetworkReply& reply)
{
    const QString server = toQt(call.baseUrl);
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return failed(ErrorCode::Unavailable, Network::tr("No server answers at %1.").arg(server));
    case QNetworkReply::HostNotFoundError:
        return failed(ErrorCode::Unavailable,
                      Network::tr("The host of %1 is not known.").arg(server));
    case QNetworkReply::RemoteHostClosedError:
        return failed(ErrorCode::Unavailable,
                      Network::tr("The server at %1 closed the connection.").arg(server));
    case QNetworkReply::SslHandshakeFailedError:
        return failed(
            ErrorCode::Unavailable,
            Network::tr("The TLS handshake with %1 failed: %2.").arg(server, reply.errorString()));
    default:
        return failed(ErrorCode::Unavailable,
                      Network::tr("The server at %1 cannot be reached: %2.")
                          .arg(server, reply.errorString()));
    }
}

Answer resultOf(Call& call, const QNetworkReply& reply)
{
    if (call.tooLarge) {
        return failed(ErrorCode::TooLarge,
                      Network::tr("The server's answer is larger than %1 MiB.")
                          .arg(limits::kClientReplyBytesMax / (1024 * 1024)));
    }
    if (call.timedOut) {
        return failed(
            ErrorCode::DeadlineExceeded,
            Network::tr("The server at %1 did not answer within %2 s.")
                .arg(toQt(call.baseUrl),
                     QString::number(std::chrono::duration<double>(call.timeout).count())));
    }
    if (!call.tlsError.isEmpty()) {
        return failed(ErrorCode::Unavailable, call.tlsError);
    }
    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // Qt reports errors also for statuses from 400 on; those below are a connection that broke.
    const bool broke = status < 400 && reply.error() != QNetworkReply::NoError;
    if (status == 0 || broke) {
        return networkFailure(call, reply);
    }
    HttpReply answer;
    answer.status = status;
    answer.contentType = reply.header(QNetworkRequest::ContentTypeHeader).toString().toStdString();
    answer.body = std::move(call.body);
    return answer;
}

void watch(const std::shared_ptr<Call>& call, QNetworkReply* reply)
{
    auto* timer = new QTimer(reply); // The reply owns it.
    timer->setSingleShot(true);
    QObject::connect(timer, &QTimer::timeout, reply, [call, reply] {
        call->timedOut = true;
        reply->abort();
    });
    QObject::connect(
        reply, &QNetworkReply::readyRead, reply, [call, reply] { collect(*call, *reply); });
    QObject::connect(
        reply, &QNetworkReply::sslErrors, reply, [call](const QList<QSslError>& errors) {
            if (!errors.isEmpty()) {
                call->tlsError = explainTlsError(errors.first().error());
            }
        });
    QObject::connect(reply, &QNetworkReply::finished, reply, [call, reply] {
        if (!call->tooLarge && reply->isOpen()) {
            collect(*call, *reply);
        }
        call->promise.addResult(resultOf(*call, *reply));
        call->promise.finish();
        reply->deleteLater();
    });
    timer->start(call->timeout);
}

Result<QUrl> readBaseUrl(const std::string& text)
{
    QUrl url(toQt(text), QUrl::StrictMode);
    const bool scheme
        = url.scheme() == QStringLiteral("http") || url.scheme() == QStringLiteral("https");
    if (!url.isValid() || !scheme || url.host().isEmpty()) {
        return fail(
            ErrorCode::InvalidInput,
            Network::tr("The server's address must look like https://host:port.").toStdString(),
            "server");
    }
    if (!url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment()) {
        return fail(ErrorCode::InvalidInput,
                    Network::tr("The server's address must have no user name, query or fragment.")
                        .toStdString(),
                    "server");
    }
    QString path = url.path(QUrl::FullyEncoded);
    while (path.endsWith(QLatin1Char('/'))) {
        path.chop(1);
    }
    url.setPath(path, QUrl::StrictMode);
    return url;
}

} // namespace

Transport::Transport(QUrl baseUrl, ServerAddress address)
    : m_baseUrl(std::move(baseUrl))
    , m_address(std::move(address))
{
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

Result<std::unique_ptr<Transport>> Transport::create(ServerAddress address)
{
    EXHIBIT_TRY(QUrl url, readBaseUrl(address.baseUrl));
    // A line break in a header would begin another one.
    for (const char c : address.key.expose()) {
        if (c <= ' ' || c > '~') {
            return fail(ErrorCode::InvalidInput,
                        Network::tr("The API key has a character no key has.").toStdString(),
                        "key");
        }
    }
    return std::unique_ptr<Transport>(new Transport(std::move(url), std::move(address)));
}

QNetworkRequest Transport::requestFor(std::string_view path) const
{
    QUrl url = QUrl::fromEncoded(m_baseUrl.toEncoded()
                                     + QByteArray(path.data(), static_cast<qsizetype>(path.size())),
                                 QUrl::StrictMode);
    QNetworkRequest request(url);
    request.setRawHeader("Accept", "application/json");
    request.setRawHeader("User-Agent", "exhibit/" EXHIBIT_VERSION);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute,
                         QNetworkRequest::AlwaysNetwork);
    if (!m_address.key.empty()) {
        request.setRawHeader("Authorization",
                             "Bearer " + QByteArray::fromStdString(m_address.key.expose()));
    }
    return request;
}

QNetworkReply* Transport::openStream(std::string_view path, const std::string& lastId)
{
    QNetworkRequest request = requestFor(path);
    request.setRawHeader("Accept", "text/event-stream");
    if (!lastId.empty()) {
        request.setRawHeader("Last-Event-ID", QByteArray::fromStdString(lastId));
    }
    return m_network.get(request);
}

QFuture<Answer> Transport::send(std::string_view method,
                                std::string_view path,
                                const Bytes& body,
                                const Fields& fields)
{
    QNetworkRequest request = requestFor(path);
    for (const auto& [name, value] : fields) {
        request.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    }
    if (!body.empty()) {
        request.setHeader(QNetworkRequest::ContentTypeHeader, QStringLiteral("application/json"));
    }
    auto call = std::make_shared<Call>();
    call->baseUrl = baseUrl();
    call->timeout = m_address.timeout;
    call->promise.start();
    QFuture<Answer> future = call->promise.future();
    const QByteArray verb(method.data(), static_cast<qsizetype>(method.size()));
    watch(call, m_network.sendCustomRequest(request, verb, QByteArray::fromStdString(body)));
    return future;
}

std::string Transport::baseUrl() const
{
    return m_baseUrl.toEncoded().toStdString();
}

bool Transport::isReadableByOthers() const
{
    return client::isReadableByOthers(m_baseUrl);
}

bool isReadableByOthers(const QUrl& server)
{
    const QString host = server.host();
    const bool loopback = host == QStringLiteral("localhost") || QHostAddress(host).isLoopback();
    return server.scheme() == QStringLiteral("http") && !loopback;
}

std::string encodeSegment(std::string_view text)
{
    return QUrl::toPercentEncoding(toQt(text)).toStdString();
}

} // namespace exhibit::client
