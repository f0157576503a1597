// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/http/worker_pool.h"

#include <boost/asio/awaitable.hpp>

namespace exhibit::http {

/// Does the work on a thread of the pool; the coroutine goes on in its own. False when the pool is
/// full, or was stopped before the work's turn: it was not done. `work` must not throw, and what it
/// refers to has to outlive the pool's stop().
boost::asio::awaitable<bool> offload(WorkerPool& pool, std::function<void()> work);

} // namespace exhibit::http
