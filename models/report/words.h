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
/// "USD 0.023": what the run cost, and in which currency as far as that is known.
[[nodiscard]] std::string costInWords(domain::Microcents microcents,
                                      const std::optional<std::string>& currency);
/// "key_… (Night shift)": the id and what its owner calls it.
[[nodiscard]] std::string namedKey(const std::vector<KeyLabel>& labels, const std::string& keyId);
[[nodiscard]] std::string namedKey(const std::string& keyId, const std::string& label);
[[nodiscard]] bool leftOut(const EvidenceBundle& bundle, Include include);
/// What the bundle does not hold because it was not asked for; empty: nothing.
[[nodiscard]] std::string leftOutInWords(const std::vector<std::string>& leftOut);
/// A model's name as a page has it: the client chose it, and it may be of any length. The whole one
/// is in the bundle.
[[nodiscard]] std::string shownModel(std::string_view name);
/// "21 November 2026".
[[nodiscard]] std::string longDate(UtcTime time);

} // namespace exhibit::report
