// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_scope.h"
#include "server/prevention/evaluation_clock.h"
#include "server/prevention/rule_findings.h"
#include "server/prevention/stage_outcome.h"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace exhibit::prevention {

/// The output stage of one call: a judge for each channel of the answer. The first stop ends all
/// of them.
class OutputGuard {
public:
    /// `builder` and `scope` outlive the guard. What the scope says is asked when a text has ended.
    OutputGuard(std::shared_ptr<const CompiledSnapshot> snapshot,
                std::vector<AppliedPolicy> policies,
                const DecisionBuilder& builder,
                const CallScope& scope);

    [[nodiscard]] bool unguarded() const { return m_plan == nullptr && m_wholes.empty(); }
    [[nodiscard]] bool redacts() const { return m_plan != nullptr && m_plan->redacts; }
    [[nodiscard]] bool sawText() const { return !m_channels.empty(); }

    [[nodiscard]] std::size_t channel(const std::string& name, TextRole role);
    /// As CallGuard::feed().
    [[nodiscard]] std::size_t feed(std::size_t channel, std::string_view delta, scan::Pace& pace);
    void finishChannel(std::size_t channel);
    /// As CallGuard::findsNothing().
    [[nodiscard]] bool findsNothing(std::string_view text);
    void unreadable(std::string_view why);
    /// Something outside the output stage stopped the call: nothing is judged any more.
    void close() { m_closed = true; }

    [[nodiscard]] std::size_t settled(std::size_t channel) const;
    [[nodiscard]] const std::optional<Stop>& stop() const { return m_stop; }
    [[nodiscard]] std::vector<Replacement> takeReplacements(std::size_t channel);
    [[nodiscard]] std::optional<Replacement> openReplacement(std::size_t channel) const;
    /// Decisions and, when the answer was judged, passes. Once.
    void conclude(StageOutcome& outcome);

private:
    struct Channel {
        std::string name;
        TextRole role = TextRole::Other;
        std::optional<TextJudge> judge; ///< Empty: nothing applies, or beyond the limit.
        std::size_t position = 0;
        bool fits = true; ///< False: held until it ended and was found to fit.
        std::string text; ///< Of those that are judged whole.
    };

    [[nodiscard]] JudgedStage judged() const;
    void stopAt(const Channel& channel);
    void lookForExhaustion(const Channel& channel);
    void judgeWhole(Channel& channel);
    [[nodiscard]] bool callsNoTools(const Channel& channel) const;
    void judgeAnswer(const AppliedPolicy& applied, const Channel& channel, const std::string& text);
    void keepWhole(Channel& channel, std::string_view delta);
    [[nodiscard]] bool wholesBlock() const;

    std::shared_ptr<const CompiledSnapshot> m_snapshot;
    std::vector<AppliedPolicy> m_policies;
    std::vector<AppliedPolicy> m_scanning; ///< As in m_plan.
    std::vector<AppliedPolicy> m_wholes; ///< Schemas and expressions.
    const DecisionBuilder& m_builder;
    const CallScope& m_scope;
    RuleFindings m_wholeFindings;
    std::shared_ptr<const StagePlan> m_plan; ///< Null: no policy looks at the output.
    std::deque<Channel> m_channels;
    std::unordered_map<std::string, std::size_t> m_channelNumbers;
    std::vector<domain::Decision> m_errors; ///< At most one for each policy.
    std::optional<std::vector<domain::Decision>> m_decisions; ///< Made at the stop.
    std::optional<Stop> m_stop;
    bool m_judgedWhole = false;
    bool m_closed = false;
    EvaluationClock m_clock;
};

} // namespace exhibit::prevention
