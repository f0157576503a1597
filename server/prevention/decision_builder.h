// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/text_judge.h"
#include "server/prevention/threshold_judge.h"

#include <optional>
#include <string>
#include <vector>

namespace exhibit::prevention {

/// What one policy found in one named text.
struct FindingInText {
    std::string channel;
    const Finding* finding = nullptr;
};

/// Where a text was ended.
struct Cut {
    std::string channel;
    std::size_t at = 0;
};

/// What a stage found of one policy, over all its texts.
struct StageFinding {
    AppliedPolicy policy;
    domain::Stage stage = domain::Stage::Output;
    std::vector<FindingInText> texts; ///< At least one.
    std::optional<Cut> cut; ///< When this policy's match ended a text.
    bool wholeTextHeld = false;
    std::int64_t evaluationUs = 0;
};

/// Puts findings into words. Reasons and texts name policies, facts, placeholders and offsets,
/// never what was matched: they are shown to people who may not see the text.
class DecisionBuilder {
public:
    explicit DecisionBuilder(std::string snapshotId);

    [[nodiscard]] domain::Decision fromFinding(const StageFinding& finding) const;
    [[nodiscard]] domain::Decision fromThreshold(const ThresholdEvent& event,
                                                 UtcTime now,
                                                 std::int64_t evaluationUs) const;
    /// A rule that judges whole things was broken; `reason` is one sentence without content.
    [[nodiscard]] domain::Decision fromRule(const AppliedPolicy& policy,
                                            domain::Stage stage,
                                            std::string reason) const;
    /// A policy that could not be evaluated; `why` is one sentence without content.
    [[nodiscard]] domain::Decision fromError(const AppliedPolicy& policy,
                                             domain::Stage stage,
                                             std::string_view why) const;

private:
    [[nodiscard]] domain::Decision begin(const domain::Policy& policy,
                                         domain::Stage stage,
                                         UtcTime at) const;
    std::string m_snapshotId;
};

/// What a match of this policy leads to.
[[nodiscard]] domain::DecisionResult resultOf(domain::Mode mode);
/// The placeholder of one pattern of the policy.
[[nodiscard]] std::string placeholderOf(const domain::Policy& policy, std::uint32_t ordinal);

} // namespace exhibit::prevention
