// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/time.h"
#include "server/redis/redis_address.h"
#include "server/redis/redis_reply.h"

#include <filesystem>
#include <memory>

namespace exhibit::redis {

struct Options {
    Address address;
    std::filesystem::path caFile; ///< PEM; empty: the system's authorities.
};

/// One connection, over TLS when the address says so: then the server must prove its name. Calls
/// wait; one thread at a time, but for interrupt(). After an error it is of no use any more.
class Connection {
public:
    /// Connects and says who asks. Unavailable, DeadlineExceeded, or Forbidden.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const Options& options,
                                                                  Deadline deadline);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<void> send(const std::vector<Command>& commands, Deadline deadline);
    /// The next reply, or message of a subscription.
    [[nodiscard]] Result<Reply> receive(Deadline deadline);
    /// The other side has hung up, or said what nobody asked for.
    [[nodiscard]] bool isStale() const;
    /// Ends a call that waits; any thread.
    void interrupt();

private:
    class Impl;
    explicit Connection(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::redis
