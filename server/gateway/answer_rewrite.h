// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_channels.h"
#include "server/gateway/answer_edits.h"

#include <string>
#include <vector>

/// Changing an answer's JSON by splicing: everything that no policy touched keeps its bytes.
namespace exhibit::gateway {

class Surface;

/// The answer as far as `channels` lets it out: texts cut and replaced, and what the surface makes
/// of that.
[[nodiscard]] std::string rewriteAnswer(const Surface& surface,
                                        const JsonWalk& walk,
                                        AnswerForm form,
                                        const std::vector<AnswerPiece>& pieces,
                                        const AnswerChannels& channels);

} // namespace exhibit::gateway
