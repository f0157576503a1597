// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"

namespace exhibit::gateway {

/// An answer of the responses API. Its output items are what other APIs' choices are. A stream says
/// most texts several times: in pieces, then whole in the events that end a text, a part, an item
/// and the answer; the later ones repeat the first.
[[nodiscard]] AnswerParts readResponsesAnswer(const JsonWalk& walk, AnswerForm form);

/// True for an item in which the model calls a tool.
[[nodiscard]] bool isCallItem(const JsonWalk& walk, std::size_t item);

} // namespace exhibit::gateway
