// SPDX-License-Identifier: Apache-2.0
#include "models/replay/answer_content.h"

#include "models/base/canonical_json.h"

#include <algorithm>

namespace exhibit::replay {

namespace {

JsonArray pairsOf(const std::map<std::string, std::string>& map)
{
    JsonArray pairs;
    for (const auto& [name, value] : map) {
        pairs.push_back(JsonArray{name, value});
    }
    return pairs;
}

} // namespace

bool isPadding(std::string_view channel)
{
    return channel.ends_with("/obfuscation");
}

bool saysAnything(const AnswerContent& content)
{
    return !content.digests.empty()
        || std::any_of(content.texts.begin(), content.texts.end(), [](const auto& each) {
               return !each.second.empty() && !isPadding(each.first);
           });
}

Result<std::string> canonicalContent(const AnswerContent& content)
{
    JsonArray reasons(content.finishReasons.begin(), content.finishReasons.end());
    return canonicalJson(JsonObject{{"channels", pairsOf(content.texts)},
                                    {"digests", pairsOf(content.digests)},
                                    {"finish_reasons", std::move(reasons)},
                                    {"status", content.status},
                                    {"whole", content.whole}});
}

} // namespace exhibit::replay
