// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/recorded_judge.h"

#include <functional>

namespace exhibit::gateway {

/// A recorded call that is to be sent once more.
struct ReplayOrder {
    TenantId tenant;
    KeyId key; ///< Of whoever asked.
    RequestId request;
    std::shared_ptr<const storage::RecordedCall> original;
    /// What the new answer is judged by.
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
};

/// Conflict: it cannot be repeated, and the message says why. Unavailable or DeadlineExceeded: not
/// now; another try may succeed.
using ReplayDone = std::function<void(Result<replay::ReplayedCall>)>;

} // namespace exhibit::gateway
