// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/certificate.h"
#include "models/replay/answer_content.h"

namespace exhibit::replay {

struct Match {
    domain::MatchLevel level = domain::MatchLevel::Mismatch;
    domain::Comparison comparison;
};

/// How alike two answers are, by the strictest comparison that holds: the same bytes in every
/// channel (EXACT); equal once JSON texts are canonical and runs of white space are one space
/// (LOGICAL); alike in their words (SEMANTIC: the method says that it is lexical). Another status,
/// and other digests of what is no text, are a MISMATCH. An original that was cut is compared as
/// far as it goes, and the method says so; one that says nothing matches nothing.
[[nodiscard]] Match compareAnswers(const AnswerContent& original, const AnswerContent& replayed);

} // namespace exhibit::replay
