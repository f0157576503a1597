// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"

namespace exhibit::gateway {

/// An answer of Anthropic's messages API. Its content blocks are what other APIs' choices are: each
/// has its texts and comes to its end by itself.
[[nodiscard]] AnswerParts readMessagesAnswer(const JsonWalk& walk, AnswerForm form);

/// True for a block in which the model calls a tool.
[[nodiscard]] bool isToolBlock(const JsonWalk& walk, std::size_t block);

} // namespace exhibit::gateway
