// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/routing.h"

#include <map>
#include <mutex>

namespace exhibit::gateway {

/// What this replica has seen of the services it called, newer calls counting more. Any thread.
class ServiceHealth {
public:
    /// `latencyMs` to the head of the answer; of a service that did not answer it means nothing.
    void note(UpstreamId service, bool answered, double latencyMs);
    /// Nothing when it was never called.
    [[nodiscard]] domain::ServiceRecord of(UpstreamId service) const;

private:
    mutable std::mutex m_mutex;
    std::map<UpstreamId, domain::ServiceRecord> m_records; ///< Guarded by m_mutex.
};

} // namespace exhibit::gateway
