// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/reply_head.h"
#include "server/http/server.h"
#include "server/http/worker_pool.h"

#include <atomic>
#include <unordered_set>

namespace exhibit::http {

class Session;

/// What listener and sessions of one server share. Owned by all of them, so that a session still
/// inside the io_context when the Server object goes finds everything it needs. Io thread, except
/// for the counters.
struct ServerState {
    ServerState(ServerOptions serverOptions, std::shared_ptr<const Router> serverRouter)
        : options(std::move(serverOptions))
        , router(std::move(serverRouter))
        , workers(options.workers, options.workerQueueMax)
    {
    }

    ServerOptions options;
    std::shared_ptr<const Router> router;
    WorkerPool workers;
    DateClock date;
    std::unordered_set<Session*> sessions; ///< Each takes itself out in its destructor.
    std::size_t bodyBytes = 0; ///< Of all requests under way.
    bool draining = false;
    std::function<void()> onLastSessionEnded; ///< While draining.

    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> refused{0};
    std::atomic<std::uint64_t> open{0};
};

} // namespace exhibit::http
