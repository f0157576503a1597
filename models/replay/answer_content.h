// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <map>
#include <string>
#include <vector>

namespace exhibit::replay {

/// What a provider's answer says, however it was framed, split and padded.
struct AnswerContent {
    int status = 0; ///< 0: nothing came.
    std::map<std::string, std::string> texts; ///< By channel: "choices/0/content" ...
    /// Of what is no text, by channel: "data/0/embedding"; SHA-256, hexadecimal.
    std::map<std::string, std::string> digests;
    std::vector<std::string> finishReasons; ///< In the order of their choices.
    std::string model; ///< As the provider names it; not compared.
    bool whole = true; ///< False: it was cut before its end.
};

/// Padding ("obfuscation") is no content.
[[nodiscard]] bool isPadding(std::string_view channel);
/// Whether there is anything that a replay could be compared with.
[[nodiscard]] bool saysAnything(const AnswerContent& content);

/// The content as the bytes a ledger field commits to: restricted canonical JSON,
/// {"channels":[[channel,text],...],"digests":[[channel,digest],...],"finish_reasons":[...],
/// "status":n,"whole":bool}.
[[nodiscard]] Result<std::string> canonicalContent(const AnswerContent& content);

} // namespace exhibit::replay
