// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/service_health.h"

namespace exhibit::gateway {
namespace {

/// Of one call among those before: half of what a record says is younger than 34 calls.
constexpr double kWeight = 0.02;

} // namespace

void ServiceHealth::note(UpstreamId service, bool answered, double latencyMs)
{
    const std::scoped_lock lock(m_mutex);
    auto& record = m_records[service];
    record.availability += kWeight * ((answered ? 1.0 : 0.0) - record.availability);
    if (answered) {
        const bool first = record.latencyMs == 0;
        record.latencyMs += (first ? 1.0 : kWeight) * (latencyMs - record.latencyMs);
    }
    ++record.calls;
}

domain::ServiceRecord ServiceHealth::of(UpstreamId service) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = m_records.find(service);
    return found == m_records.end() ? domain::ServiceRecord{} : found->second;
}

} // namespace exhibit::gateway
