// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/stream_ending.h"

#include <fmt/format.h>

namespace exhibit::gateway {

std::string noticeJson(const StopNotice& notice)
{
    const auto ids = fmt::format(
        R"("run_id":{},"call_id":{}}})", quoteJson(notice.runId), quoteJson(notice.callId));
    return notice.incidentId.empty() ? "{" + ids
                                     : fmt::format(R"({{"incident_id":{},"policy_id":{},{})",
                                                   quoteJson(notice.incidentId),
                                                   quoteJson(notice.policyId),
                                                   ids);
}

void StreamFrame::learnScalar(const JsonWalk& walk, std::size_t node, std::string& into)
{
    if (into.empty() && (walk.is(node, JsonKind::String) || walk.is(node, JsonKind::Number))) {
        into = walk.raw(node);
    }
}

} // namespace exhibit::gateway
