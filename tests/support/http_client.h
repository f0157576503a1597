// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Reply {
    int status = 0;
    HeaderList headers;
    Bytes body; ///< Framing undone; empty after readHead().

    /// The first field of that name (any case), or nothing.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// The text of a request with Host and, when there is a body, Content-Length.
[[nodiscard]] std::string requestText(std::string_view method,
                                      std::string_view target,
                                      const HeaderList& headers = {},
                                      BytesView body = {});

/// One blocking TCP connection that sends any bytes and reads replies as far as the test wants:
/// whole, by piece or by server-sent event. Knows nothing of the code under test.
class HttpConnection {
public:
    [[nodiscard]] static Result<HttpConnection> connect(const std::string& address,
                                                        std::uint16_t port,
                                                        Deadline deadline);
    HttpConnection(HttpConnection&& other) noexcept;
    HttpConnection& operator=(HttpConnection&& other) noexcept;
    ~HttpConnection();

    [[nodiscard]] Result<void> send(BytesView bytes, Deadline deadline);
    /// Status and headers of the next reply; interim replies (1xx) are given too.
    [[nodiscard]] Result<Reply> readHead(Deadline deadline);
    /// The next bytes of the body as they arrive, at most one chunk; nothing at its end. Corrupt
    /// when the connection ends before the body does.
    [[nodiscard]] Result<std::optional<Bytes>> readPiece(Deadline deadline);
    /// The rest of the body.
    [[nodiscard]] Result<Bytes> readBody(Deadline deadline);
    /// The next server-sent event without the empty line that ends it; nothing at the end.
    [[nodiscard]] Result<std::optional<std::string>> readEvent(Deadline deadline);
    /// readHead() and readBody(); `headOnly` for replies to HEAD.
    [[nodiscard]] Result<Reply> readReply(Deadline deadline, bool headOnly = false);
    /// True when the peer closed (or reset) and nothing is left unread.
    [[nodiscard]] Result<bool> readClose(Deadline deadline);

    void shutdownSend() const; ///< Half-closes: the peer reads an end.
    void reset(); ///< Closes with RST.
    void close();

private:
    explicit HttpConnection(int socket)
        : m_socket(socket)
    {
    }
    [[nodiscard]] Result<bool> receive(Deadline deadline); ///< False at the end.
    [[nodiscard]] Result<std::string> readLine(Deadline deadline);
    [[nodiscard]] Result<std::optional<Bytes>> readChunk(Deadline deadline);
    void chooseFraming(const Reply& reply);

    enum class Framing : std::uint8_t { None, Length, Chunked, UntilClose };

    int m_socket = -1;
    Bytes m_unread;
    Bytes m_unreadBody; ///< Body bytes of an event that is not complete yet.
    Framing m_framing = Framing::None;
    std::size_t m_left = 0;
};

/// One request on a connection of its own.
[[nodiscard]] Result<Reply> exchange(std::uint16_t port,
                                     const std::string& request,
                                     Deadline deadline);

} // namespace exhibit::test
