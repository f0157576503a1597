// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/call_state.h"
#include "server/gateway/incident_draft.h"
#include "server/gateway/stream_ending.h"
#include "server/http/message.h"
#include "server/ops/metrics.h"

namespace exhibit::gateway {

/// Writes what a stage decided: the decisions, and an incident for each policy that did not pass,
/// one per policy and call. `violations` counts them.
class ViolationRecorder {
public:
    ViolationRecorder(CallState& call, ops::Counter& violations)
        : m_call(call)
        , m_violations(violations)
    {
    }

    /// `text` is asked now and not kept.
    void record(prevention::StageOutcome outcome, const TextSlice& text);

    struct StopRecord {
        const prevention::Stop& stop;
        std::int64_t eventNo = 0;
        spool::Journal::Completion onDurable; ///< Of the incident, and so of all before it.
    };
    /// The same for a stage that stopped the run. Returns what the client learns.
    [[nodiscard]] StopNotice recordStop(prevention::StageOutcome outcome,
                                        const TextSlice& text,
                                        StopRecord record);

private:
    [[nodiscard]] domain::Incident draft(const domain::Decision& decision,
                                         const std::vector<domain::MatchSpan>& masked,
                                         const TextSlice& text,
                                         bool stopped) const;
    void recordOthers(const prevention::StageOutcome& outcome, const TextSlice& text);

    CallState& m_call;
    ops::Counter& m_violations;
};

/// The texts that decisions are about, for excerpts.
[[nodiscard]] TextSlice inputTexts(const ChatRequest& chat);
[[nodiscard]] TextSlice outputTexts(const AnswerChannels& channels);

/// The run's end as the stop says, for registry and record.
[[nodiscard]] domain::RunStop runStopOf(const prevention::Stop& stop,
                                        CallId call,
                                        IncidentId incident,
                                        std::int64_t eventNo);

/// The refusal of a request or the error of an answer that a policy stopped.
[[nodiscard]] http::ErrorReply stopReply(const prevention::Stop& stop, const StopNotice& notice);

} // namespace exhibit::gateway
