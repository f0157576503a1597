// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_scope.h"
#include "server/prevention/evaluation_clock.h"
#include "server/prevention/stage_outcome.h"

#include <optional>
#include <vector>

namespace exhibit::prevention {

/// What a call's input policies are; everything outlives who works with it.
struct InputStage {
    const CompiledSnapshot& snapshot;
    const DecisionBuilder& builder;
    const std::vector<AppliedPolicy>& policies; ///< Of stage input that apply to the call.
    const CallScope& scope; ///< Of the call, before this stage.
};

/// Judges the texts of one request, a slice at a time, so that a long one does not keep others
/// waiting. All texts are judged, also behind one that stops the call: the record shows everything
/// that was wrong with the request.
class InputJudge {
public:
    /// `texts` outlive this.
    InputJudge(const InputStage& stage, const std::vector<TextChannel>& texts);

    /// Reads about `bytes` more, fewer when they make much work; true while there is more to read.
    [[nodiscard]] bool read(std::size_t bytes);
    /// Once, when everything has been read.
    [[nodiscard]] InputVerdict conclude();

private:
    /// A text in which something was found.
    struct FoundText {
        std::size_t index = 0;
        TextJudge judge;
    };

    [[nodiscard]] std::string_view whyUnreadable() const;
    void judgeUnreadable(InputVerdict& verdict) const;
    void judgeExpressions(InputVerdict& verdict) const;

    const InputStage m_stage;
    const std::vector<TextChannel>& m_texts;
    const std::vector<AppliedPolicy> m_scanning;
    const std::shared_ptr<const StagePlan> m_plan; ///< nullptr: no policy looks at texts.
    EvaluationClock m_clock;
    std::size_t m_text = 0; ///< The one that is being read,
    std::size_t m_offset = 0; ///< from this byte on.
    std::optional<TextJudge> m_reading;
    std::vector<FoundText> m_found;
    bool m_exhausted = false; ///< Some text was.
};

} // namespace exhibit::prevention
