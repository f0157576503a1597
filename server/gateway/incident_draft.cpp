// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/incident_draft.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

constexpr std::int64_t kBytesBefore = 120;
constexpr std::int64_t kBytesBehind = 60;
/// An excerpt is for a list; a longer violation is cut.
constexpr std::int64_t kViolationBytesMax = 400;

const domain::Policy* findPolicy(const domain::PolicySnapshot& snapshot, const std::string& id)
{
    const auto found = std::find_if(snapshot.policies.begin(),
                                    snapshot.policies.end(),
                                    [&id](const domain::Policy& p) { return p.policyId == id; });
    return found == snapshot.policies.end() ? nullptr : &*found;
}

std::string_view whatHappened(const domain::Decision& decision)
{
    switch (decision.result) {
    case domain::DecisionResult::Block:
        return decision.stage == domain::Stage::Input   ? "request blocked"
            : decision.stage == domain::Stage::Run      ? "run stopped"
            : decision.stage == domain::Stage::ToolCall ? "tool call withheld"
                                                        : "answer blocked";
    case domain::DecisionResult::Redact:
        return decision.stage == domain::Stage::Input ? "request redacted" : "answer redacted";
    case domain::DecisionResult::Error:
        return "could not be evaluated";
    case domain::DecisionResult::Warn:
    case domain::DecisionResult::Pass:
        break;
    }
    return decision.mode == domain::Mode::Monitor ? "observed, not enforced" : "warned";
}

struct Range {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// What must not be shown of the channel: personal data, secrets, and whatever else was found.
std::vector<Range> masked(const IncidentSource& source, const std::string& channel)
{
    std::vector<Range> ranges;
    for (const auto& span : source.masked) {
        if (span.channel == channel) {
            ranges.push_back({span.begin, span.end});
        }
    }
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) {
        return a.begin < b.begin;
    });
    return ranges;
}

std::string excerptOf(const IncidentSource& source)
{
    if (source.decision.spans.empty()) {
        return {};
    }
    const auto& span = source.decision.spans.front();
    const auto ranges = masked(source, span.channel);
    std::int64_t at = std::max<std::int64_t>(0, span.begin - kBytesBefore);
    const std::int64_t end
        = std::min(span.end, span.begin + kViolationBytesMax) + (source.stopped ? 0 : kBytesBehind);
    const auto slice = [&](std::int64_t from, std::int64_t to) {
        return source.text(
            span.channel, static_cast<std::size_t>(from), static_cast<std::size_t>(to));
    };
    std::string excerpt = at > 0 ? "…" : "";
    for (const auto& range : ranges) {
        if (range.end <= at || range.begin >= end) {
            continue;
        }
        if (range.begin > at) {
            excerpt += slice(at, range.begin);
        }
        excerpt += "█";
        at = range.end;
    }
    if (at < end) {
        excerpt += slice(at, end);
    }
    return excerpt;
}

} // namespace

domain::Incident draftIncident(const IncidentSource& source)
{
    const auto* policy = findPolicy(source.snapshot, source.decision.policyId);
    const bool titled = policy != nullptr && !policy->title.empty();
    domain::Incident incident;
    incident.incidentId = IncidentId::generate();
    incident.decisionId = source.decision.decisionId;
    incident.severity = source.decision.severity;
    incident.policyId = source.decision.policyId;
    incident.failureCode = source.decision.failureCode;
    incident.title = (titled ? policy->title : source.decision.policyId) + ": "
        + std::string(whatHappened(source.decision));
    incident.excerpt = excerptOf(source);
    return incident;
}

} // namespace exhibit::gateway
