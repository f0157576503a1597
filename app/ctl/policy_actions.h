// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

#include <string>

namespace exhibit::ctl {

struct BacktestOptions {
    std::string path;
    std::string from; ///< RFC 3339; empty: no limit.
    std::string to;
    std::int64_t limit = 0; ///< Calls; 0: the server's.
};
/// kNo when the policies as they stand decide otherwise than they did.
[[nodiscard]] int backtestPolicies(Session& session, const BacktestOptions& options);

/// Each side is a file, a snapshot (SNAP-…), a policy's id, or ID@VERSION. kNo when they differ.
[[nodiscard]] int diffPolicies(Session& session, const std::string& a, const std::string& b);

} // namespace exhibit::ctl
