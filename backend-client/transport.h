// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend-client/failure.h"
#include "models/base/secret.h"

#include <QFuture>
#include <QNetworkAccessManager>
#include <QUrl>

#include <chrono>

class QNetworkReply;

namespace exhibit::client {

struct ServerAddress {
    std::string baseUrl; ///< http(s)://host[:port][/path]
    Secret key; ///< May be empty: then only public routes answer.
    std::chrono::milliseconds timeout; ///< Of a whole call.
};

/// HTTP calls to one server. Lives in one thread with a Qt event loop; futures finish there.
/// Redirections are not followed, so that the key goes to no other address; TLS errors are never
/// ignored; cookies are not kept. Destroying the transport cancels the futures still open.
class Transport {
public:
    /// InvalidInput when the address is none.
    [[nodiscard]] static Result<std::unique_ptr<Transport>> create(ServerAddress address);

    /// More header fields of a request: names and values.
    using Fields = std::vector<std::pair<std::string, std::string>>;

    /// `path` begins with a slash and is percent-encoded; an empty body sends none.
    [[nodiscard]] QFuture<Reply<HttpReply>> send(std::string_view method,
                                                 std::string_view path,
                                                 const Bytes& body = {},
                                                 const Fields& fields = {});

    /// GET of a text/event-stream without an end; the caller owns the reply. `lastId` continues
    /// after a message that was seen (empty: from now on).
    [[nodiscard]] QNetworkReply* openStream(std::string_view path, const std::string& lastId);

    [[nodiscard]] std::string baseUrl() const;
    /// Goes with the transport, before its calls are cancelled.
    [[nodiscard]] QObject* owner() { return &m_calls; }
    /// True when the key would cross the network readable by others.
    [[nodiscard]] bool isReadableByOthers() const;

private:
    explicit Transport(QUrl baseUrl, ServerAddress address);
    [[nodiscard]] QNetworkRequest requestFor(std::string_view path) const;

    QUrl m_baseUrl;
    ServerAddress m_address;
    QNetworkAccessManager m_network;
    QObject m_calls; ///< Of calls that are more than one request.
};

/// True when a key for that server would cross the network readable by others.
[[nodiscard]] bool isReadableByOthers(const QUrl& server);

/// One segment of a path.
[[nodiscard]] std::string encodeSegment(std::string_view text);

} // namespace exhibit::client
