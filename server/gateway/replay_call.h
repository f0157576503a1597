// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/live_call.h"
#include "server/gateway/replay.h"

namespace exhibit::gateway {

/// Sends the same bytes to the same upstream, reads the answer to its end and records it as a call
/// of a run of its own, all of it withheld: there is no client, no tool is called, and what
/// policies say of it opens no incident. Charged like any call. `core` outlives it.
[[nodiscard]] boost::asio::awaitable<Result<replay::ReplayedCall>> replayCall(GatewayCore& core,
                                                                              ReplayOrder order);

} // namespace exhibit::gateway
