// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <string>

namespace exhibit::ctl {

struct BacktestOptions {
    std::string path;
    std::string from; ///< RFC 3339; empty: no limit.
    std::string to;
    std::int64_t limit = 0; ///< Calls in all; 0: all there are.
    std::int64_t step = 0; ///< Calls asked for at a time; 0: what the server allows.
};
/// Until all calls are judged. kNo when the policies as they stand decide otherwise than they did,
/// and when Ctrl-C ended it.
[[nodiscard]] int backtestPolicies(Session& session, const BacktestOptions& options);

/// Each side is a file, a snapshot (SNAP-…), a policy's id, or ID@VERSION. kNo when they differ.
[[nodiscard]] int diffPolicies(Session& session, const std::string& a, const std::string& b);

} // namespace exhibit::ctl
