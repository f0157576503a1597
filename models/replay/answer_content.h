// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <map>
#include <string>
#include <vector>

namespace exhibit::replay {

/// What a provider's answer says, however it was framed, split and padded.
struct AnswerContent {
    std::map<std::string, std::string> texts; ///< By channel: "choices/0/content" ...
    std::vector<std::string> finishReasons; ///< In the order of their choices.
    std::string model; ///< As the provider names it; not compared.
    bool whole = true; ///< False: it was cut before its end.
};

/// The content as the bytes a ledger field commits to: restricted canonical JSON,
/// {"channels":[[channel,text],...],"finish_reasons":[...],"whole":bool}.
[[nodiscard]] Result<std::string> canonicalContent(const AnswerContent& content);

} // namespace exhibit::replay
