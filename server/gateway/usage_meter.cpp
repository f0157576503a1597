// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/usage_meter.h"

#include <algorithm>
#include <limits>

namespace exhibit::gateway {
namespace {

std::int64_t addSaturated(std::int64_t total, std::int64_t more)
{
    return more > std::numeric_limits<std::int64_t>::max() - total
        ? std::numeric_limits<std::int64_t>::max()
        : total + more;
}

} // namespace

domain::Usage UsageMeter::usage() const
{
    if (m_reported) {
        return *m_reported;
    }
    domain::Usage usage;
    if (m_charged) {
        usage.promptTokens = domain::estimateTokens(m_promptBytes, m_price);
        usage.completionTokens = domain::estimateTokens(m_answerBytes, m_price);
        usage.estimated = true;
    }
    return usage;
}

domain::Microcents UsageMeter::cost() const
{
    return m_price != nullptr ? domain::costOf(usage(), *m_price) : 0;
}

domain::RunCounters UsageMeter::runCounters() const
{
    domain::RunCounters counters = m_run;
    const auto now = usage();
    counters.tokens = addSaturated(counters.tokens, now.promptTokens);
    counters.tokens = addSaturated(counters.tokens, now.completionTokens);
    counters.costMicrocents = addSaturated(counters.costMicrocents, cost());
    return counters;
}

} // namespace exhibit::gateway
