// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"
#include "models/domain/certificate.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What is done about an incident, and whether it helped.
namespace exhibit::domain {

enum class RemediationState : std::uint8_t { Open, InProgress, InReview, Done, Rejected };

/// Whether the violation would happen again under changed policies.
enum class FixVerdict : std::uint8_t {
    Prevented, ///< The recorded answer would be stopped or redacted, and the new one as well.
    Recurs, ///< An answer with the violation would reach its client.
    NotSeenAgain, ///< The provider answered something else this time: nothing is known.
};

struct Remediation {
    std::int64_t number = 0; ///< Within the incident, from 1.
    std::string action;
    std::optional<std::string> owner;
    std::optional<UtcTime> due;
    RemediationState state = RemediationState::Open;
    std::optional<std::string> approver;
    UtcTime updatedAt{};
};

/// One look at whether a remediation helped; it stays, whatever a later one says.
struct FixVerification {
    std::int64_t number = 0; ///< Of the remediation.
    FixVerdict verdict = FixVerdict::NotSeenAgain;
    std::string reason; ///< One sentence.
    std::string snapshotId; ///< The changed one.
    std::string recordedSnapshotId;
    std::optional<std::string> stoppedBy; ///< Policy that ends the recorded answer now.
    std::optional<MatchLevel> matchLevel; ///< Absent: not replayed.
    std::optional<std::string> notReplayableReason;
    std::optional<CallId> replayCallId;
    std::optional<RunId> replayRunId;
    std::string logOrigin;
    std::int64_t seq = 0; ///< Of its remediation.verified entry.
    UtcTime at{};
};

template <class V>
void visitFields(V& visit, Of<V, Remediation>& item)
{
    visit("n", item.number);
    visit("action", item.action);
    visit("owner", item.owner);
    visit("due", item.due);
    visit("state", item.state);
    visit("approver", item.approver);
    visit("updated_at", item.updatedAt);
}

template <class V>
void visitFields(V& visit, Of<V, FixVerification>& verification)
{
    visit("n", verification.number);
    visit("verdict", verification.verdict);
    visit("reason", verification.reason);
    visit("snapshot_id", verification.snapshotId);
    visit("recorded_snapshot_id", verification.recordedSnapshotId);
    visit("stopped_by", verification.stoppedBy);
    visit("match_level", verification.matchLevel);
    visit("not_replayable_reason", verification.notReplayableReason);
    visit("replay_call_id", verification.replayCallId);
    visit("replay_run_id", verification.replayRunId);
    visit("log_origin", verification.logOrigin);
    visit("seq", verification.seq);
    visit("at", verification.at);
}

} // namespace exhibit::domain

template <>
struct exhibit::EnumNames<exhibit::domain::RemediationState> {
    using E = exhibit::domain::RemediationState;
    static constexpr std::string_view kType = "remediation state";
    static constexpr std::pair<E, std::string_view> kNames[] = {{E::Open, "open"},
                                                                {E::InProgress, "in_progress"},
                                                                {E::InReview, "in_review"},
                                                                {E::Done, "done"},
                                                                {E::Rejected, "rejected"}};
};
template <>
struct exhibit::EnumNames<exhibit::domain::FixVerdict> {
    using E = exhibit::domain::FixVerdict;
    static constexpr std::string_view kType = "fix verdict";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Prevented, "prevented"}, {E::Recurs, "recurs"}, {E::NotSeenAgain, "not_seen_again"}};
};
