// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/backtest.h"
#include "server/storage/recorded_calls.h"

#include <string>
#include <vector>

namespace exhibit::api {

/// Where a backtest goes on, as it travels through a client: behind which call, and what the calls
/// before it decide of those behind. It is only taken with the request it was made for, of which
/// `request` is a digest.
struct BacktestCursor {
    std::string request;
    storage::RecordedPosition after;
    std::vector<gateway::StoppedRun> stopped; ///< With calls behind `after`.
};

[[nodiscard]] std::string printCursor(const BacktestCursor& cursor);
/// InvalidInput for what is no cursor, and for one of another request.
[[nodiscard]] Result<BacktestCursor> readBacktestCursor(std::string_view text,
                                                        std::string_view request);

} // namespace exhibit::api
