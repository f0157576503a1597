// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exhibit::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpReply {
    int status = 0; ///< 0: the connection ended before a whole head.
    HeaderList headers;
    std::string body; ///< Without chunked framing.
    bool complete = false; ///< The body ended as its framing says; false: cut or timed out.

    /// The first header of that name, without case; empty when absent.
    [[nodiscard]] std::string header(std::string_view name) const;
};

/// A blocking HTTP/1.1 client that shows what is really on the wire. "HOST:PORT" addresses.
class HttpClient {
public:
    explicit HttpClient(const std::string& address);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    [[nodiscard]] bool connected() const { return m_socket >= 0; }
    /// Sends raw bytes; false when the peer has closed.
    bool send(std::string_view bytes);
    /// Sends a request with Host and, for a body, Content-Length.
    bool request(const std::string& method,
                 const std::string& target,
                 const HeaderList& headers = {},
                 const std::string& body = {});
    /// Reads one reply. `onBody` (may be empty) sees the body's bytes as they arrive; returning
    /// false stops reading there.
    [[nodiscard]] HttpReply read(std::chrono::milliseconds wait = std::chrono::seconds(30),
                                 const std::function<bool(std::string_view)>& onBody = {});
    /// Waits for the peer to close; false when bytes arrive or the wait ends.
    [[nodiscard]] bool closedByPeer(std::chrono::milliseconds wait);
    /// Closes at once; with reset the peer sees RST.
    void close(bool reset = false);

private:
    using Watch = std::function<bool(std::string_view)>;
    using Time = std::chrono::steady_clock::time_point;

    /// The reply's head; false when the connection ends or the deadline passes before its end.
    bool readHead(HttpReply& reply, Time end);
    bool readChunks(HttpReply& reply, Time end, const Watch& watch);
    bool readLength(HttpReply& reply, Time end, const Watch& watch);
    bool readBytes(HttpReply& reply, std::size_t count, Time end, const Watch& watch);
    /// More bytes into m_buffer; false at the end, an error or the deadline.
    bool fill(Time end);
    std::optional<std::string> readLine(Time end);

    int m_socket = -1;
    std::string m_buffer;
    std::string m_address;
};

/// One request on a connection of its own.
[[nodiscard]] HttpReply fetch(const std::string& address,
                              const std::string& method,
                              const std::string& target,
                              const HeaderList& headers = {},
                              const std::string& body = {},
                              std::chrono::milliseconds wait = std::chrono::seconds(30));

} // namespace exhibit::test
