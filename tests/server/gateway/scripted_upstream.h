// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace exhibit::gateway {

/// A provider that does exactly what a test says, byte for byte: one thread per connection, raw
/// sockets, nothing of the code under test.
class ScriptedUpstream {
public:
    /// One connection while a request on it is answered.
    class Peer {
    public:
        explicit Peer(int socket)
            : m_socket(socket)
        {
        }
        /// False when the gateway has closed.
        bool send(BytesView bytes) const;
        /// As much as fits within the time; the number of bytes that went.
        std::size_t sendFor(BytesView bytes, std::chrono::milliseconds time) const;
        /// True when the gateway closed within the time.
        [[nodiscard]] bool closedWithin(std::chrono::milliseconds time) const;

    private:
        int m_socket;
    };
    /// Answers one request (head and body as sent); false closes the connection.
    using Script = std::function<bool(const std::string& request, Peer& peer)>;

    explicit ScriptedUpstream(Script script);
    ~ScriptedUpstream();
    ScriptedUpstream(const ScriptedUpstream&) = delete;
    ScriptedUpstream& operator=(const ScriptedUpstream&) = delete;

    [[nodiscard]] std::string baseUrl() const;
    [[nodiscard]] std::vector<std::string> requests() const;
    [[nodiscard]] std::size_t connections() const;

private:
    void accept();
    void serve(int socket);

    Script m_script;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_requests;
    std::vector<int> m_sockets;
    std::vector<std::thread> m_threads;
    std::thread m_acceptor;
};

/// How many requests the gateway hung up on, as its provider saw it. The provider's thread notices
/// in its own time, so a test waits for a number.
class Cuts {
public:
    /// Waits for the gateway to hang up. A script's last act: false, the connection is over.
    bool await(const ScriptedUpstream::Peer& peer);
    /// Returns the number once it is `count`, or what it is after ten seconds.
    [[nodiscard]] int reach(int count);

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    int m_count = 0;
};

/// A reply with Content-Length.
[[nodiscard]] std::string jsonReply(const std::string& body, const std::string& headers = {});
/// The head of an event stream in chunks, and one chunk of it.
[[nodiscard]] std::string streamHead(const std::string& headers = {});
[[nodiscard]] std::string streamChunk(BytesView bytes);
inline constexpr BytesView kStreamEnd = "0\r\n\r\n";

} // namespace exhibit::gateway
