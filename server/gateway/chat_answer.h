// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/answer_parts.h"

namespace exhibit::gateway {

/// An answer of the chat completions API, or of completions, which has its texts in the choices
/// themselves.
[[nodiscard]] AnswerParts readChatAnswer(const JsonWalk& walk, AnswerForm form);

} // namespace exhibit::gateway
