// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/vocabulary.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::domain {

/// Where in a call's text something matched. Offsets are bytes of the channel's decoded text.
struct MatchSpan {
    std::string channel; ///< "choices/0/content", "choices/0/tool_calls/1/function/arguments",
                         ///< "messages/2/content" ...
    std::int64_t begin = 0;
    std::int64_t end = 0;
};

/// What one policy said at one point. Written at the end of a stage and on a change of result
/// (rulings.md 19), never per delta.
struct Decision {
    DecisionId decisionId;
    std::string policyId;
    std::int64_t policyVersion = 1;
    Stage stage = Stage::Output;
    DecisionResult result = DecisionResult::Pass;
    Severity severity = Severity::Medium;
    Mode mode = Mode::Monitor;
    std::string reason; ///< One sentence; never quotes the matched text.
    std::vector<MatchSpan> spans;
    std::optional<std::string> metric; ///< Thresholds: which, how much was used, what is allowed.
    std::optional<std::int64_t> used;
    std::optional<std::int64_t> limit;
    std::optional<std::string> fact; ///< missing_context: the fact, and whether it was
    std::optional<std::string> factState; ///< "present", "null" or "absent".
    std::string snapshotId;
    std::int64_t evaluationUs = 0;
    std::string shouldHave;
    std::string actuallyDid;
    std::optional<FailureCode> failureCode;
    bool wholeTextHeld = false; ///< The answer was held back whole for this policy.
    UtcTime at{};
};

template <class V>
void visitFields(V& visit, Of<V, MatchSpan>& span)
{
    visit("channel", span.channel);
    visit("begin", span.begin);
    visit("end", span.end);
}

template <class V>
void visitFields(V& visit, Of<V, Decision>& decision)
{
    visit("decision_id", decision.decisionId);
    visit("policy_id", decision.policyId);
    visit("policy_version", decision.policyVersion);
    visit("stage", decision.stage);
    visit("result", decision.result);
    visit("severity", decision.severity);
    visit("mode", decision.mode);
    visit("reason", decision.reason);
    visit.defaulted("spans", decision.spans);
    visit("metric", decision.metric);
    visit("used", decision.used);
    visit("limit", decision.limit);
    visit("fact", decision.fact);
    visit("fact_state", decision.factState);
    visit("snapshot_id", decision.snapshotId);
    visit("evaluation_us", decision.evaluationUs);
    visit("should_have", decision.shouldHave);
    visit("actually_did", decision.actuallyDid);
    visit("failure_code", decision.failureCode);
    visit.defaulted("whole_text_held", decision.wholeTextHeld);
    visit("at", decision.at);
}

/// The PASS decisions of one stage of one call, packed (rulings.md 19): each is addressed
/// "dec_…/POLICY_ID".
struct PassRecord {
    DecisionId decisionId;
    Stage stage = Stage::Output;
    std::string snapshotId;
    std::vector<std::string> policyIds;
    /// Of those, for which the answer was held back whole; absent: for none.
    std::optional<std::vector<std::string>> wholeTextHeld;
    std::int64_t evaluationUs = 0;
    UtcTime at{};
};

template <class V>
void visitFields(V& visit, Of<V, PassRecord>& record)
{
    visit("decision_id", record.decisionId);
    visit("stage", record.stage);
    visit("snapshot_id", record.snapshotId);
    visit("policy_ids", record.policyIds);
    visit("whole_text_held", record.wholeTextHeld);
    visit("evaluation_us", record.evaluationUs);
    visit("at", record.at);
}

} // namespace exhibit::domain
