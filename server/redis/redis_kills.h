// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/strong_id.h"
#include "models/domain/vocabulary.h"
#include "server/redis/redis_client.h"

#include <atomic>
#include <functional>
#include <thread>

namespace exhibit::redis {

/// Kills that replicas tell each other: `kill:run:RUN` says who was killed for a day, the channel
/// `kills` says it at once. Beside PostgreSQL, which knows them too: Redis may be away.
class KillBoard {
public:
    using Heard = std::function<void(TenantId, RunId, domain::KillReason)>;

    /// `client` outlives this. `heard` is called on a thread of its own, also for what was
    /// announced here.
    KillBoard(Client& client, Heard heard);
    ~KillBoard();
    KillBoard(const KillBoard&) = delete;
    KillBoard& operator=(const KillBoard&) = delete;

    [[nodiscard]] Result<void> announce(TenantId tenant,
                                        RunId run,
                                        domain::KillReason reason,
                                        Deadline deadline);
    /// Something to hear, so that a connection that broke silently is found out: more often than
    /// kSilence.
    [[nodiscard]] Result<void> beat(Deadline deadline);
    static constexpr std::chrono::seconds kSilence{15};

    [[nodiscard]] bool listening() const { return m_listening; }

private:
    void listen();
    [[nodiscard]] Result<void> listenOnce();
    void hear(const Reply& message) const;

    Client& m_client;
    Heard m_heard;
    std::mutex m_mutex;
    std::shared_ptr<Connection> m_connection; ///< The listener's, while it has one.
    std::atomic<bool> m_stopping{false};
    std::atomic<bool> m_listening{false};
    std::thread m_listener;
};

} // namespace exhibit::redis
