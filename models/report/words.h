// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/bundle.h"
#include "models/report/document.h"

/// Recorded values in words: the same value, the same words, in every report.
namespace exhibit::report {

/// "Data gap".
[[nodiscard]] std::string gapName(domain::GapKind kind);
/// Why it happened, for readers who have never seen a policy: a sentence with a space behind it.
[[nodiscard]] std::string causeInPlainWords(const EvidenceBundle& bundle);
/// The words between the model's name and the policy's.
[[nodiscard]] std::string whatTheModelDid(const EvidenceBundle& bundle);
/// What the server did about it, by the decision that was recorded.
[[nodiscard]] std::string outcomeInPlainWords(const EvidenceBundle& bundle);
[[nodiscard]] Mark markOf(domain::Severity severity);
[[nodiscard]] Mark markOf(domain::DecisionResult result);
/// "false_positive" -> "False positive".
[[nodiscard]] std::string sentenceCase(std::string_view wire);
/// "21 November 2026".
[[nodiscard]] std::string longDate(UtcTime time);

} // namespace exhibit::report
