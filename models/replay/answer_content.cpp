// SPDX-License-Identifier: Apache-2.0
#include "models/replay/answer_content.h"

#include "models/base/canonical_json.h"

namespace exhibit::replay {

Result<std::string> canonicalContent(const AnswerContent& content)
{
    JsonArray channels;
    for (const auto& [channel, text] : content.texts) {
        channels.push_back(JsonArray{channel, text});
    }
    JsonArray reasons(content.finishReasons.begin(), content.finishReasons.end());
    return canonicalJson(JsonObject{{"channels", std::move(channels)},
                                    {"finish_reasons", std::move(reasons)},
                                    {"whole", content.whole}});
}

} // namespace exhibit::replay
