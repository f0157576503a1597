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

void UsageMeter::add(const domain::Usage& part)
{
    domain::Usage total = m_reported.value_or(domain::Usage{});
    total.promptTokens = std::max(total.promptTokens, part.promptTokens);
    total.completionTokens = std::max(total.completionTokens, part.completionTokens);
    total.cachedTokens = std::max(total.cachedTokens, part.cachedTokens);
    total.reasoningTokens = std::max(total.reasoningTokens, part.reasoningTokens);
    total.cacheWriteTokens = std::max(total.cacheWriteTokens, part.cacheWriteTokens);
    total.audioInputTokens = std::max(total.audioInputTokens, part.audioInputTokens);
    total.audioOutputTokens = std::max(total.audioOutputTokens, part.audioOutputTokens);
    total.estimated = part.estimated;
    m_reported = total;
}

domain::Usage UsageMeter::usage() const
{
    domain::Usage usage = m_reported.value_or(domain::Usage{});
    if (usage.estimated) {
        usage.completionTokens
            = std::max(usage.completionTokens, domain::estimateTokens(m_answerBytes, m_price));
    }
    if (m_reported) {
        return usage;
    }
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
