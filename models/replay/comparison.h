// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "models/replay/answer_content.h"

#include <functional>
#include <optional>

namespace exhibit::replay {

/// A measure of meaning that somebody else takes, e.g. an embedding model.
struct SemanticMeasure {
    std::string name; ///< As the certificate names the method.
    double threshold = 0;
    std::function<Result<double>(const std::string& a, const std::string& b)> compare;
};

struct Match {
    domain::MatchLevel level = domain::MatchLevel::Mismatch;
    domain::Comparison comparison;
};

/// How alike two answers are, by the strictest comparison that holds: the same bytes in every
/// channel (EXACT); equal once JSON texts are canonical and runs of white space are one space
/// (LOGICAL); alike in meaning by `measure`, else in their words (SEMANTIC: the method says which,
/// and when the measure could not be had). Another status, and other digests of what is no text,
/// are a MISMATCH. An original that was cut is compared as far as it goes, and the method says so;
/// one that says nothing matches nothing. Padding ("obfuscation") is no content.
[[nodiscard]] Match compareAnswers(const AnswerContent& original,
                                   const AnswerContent& replayed,
                                   const std::optional<SemanticMeasure>& measure = std::nullopt);

} // namespace exhibit::replay
