// SPDX-License-Identifier: Apache-2.0
#include "models/replay/parameters.h"

#include "models/base/json_walk.h"

#include <cstdlib>
#include <optional>

namespace exhibit::replay {
namespace {

constexpr std::string_view kNames[] = {"frequency_penalty",
                                       "max_completion_tokens",
                                       "max_output_tokens",
                                       "max_tokens",
                                       "model",
                                       "n",
                                       "parallel_tool_calls",
                                       "presence_penalty",
                                       "reasoning_effort",
                                       "seed",
                                       "service_tier",
                                       "stream",
                                       "temperature",
                                       "top_k",
                                       "top_logprobs",
                                       "top_p",
                                       "verbosity"};
constexpr std::size_t kTextBytesMax = 256;

/// nullopt for lists and objects, and for texts too long to be a parameter's.
std::optional<Json> valueOf(const JsonWalk& walk, std::size_t node)
{
    const std::string raw(walk.raw(node));
    switch (walk[node].kind) {
    case JsonKind::Boolean:
        return Json(raw == "true");
    case JsonKind::Number:
        // Whole numbers that any reader takes exactly stay numbers.
        return raw.size() <= 15 && raw.find_first_not_of("-0123456789") == raw.npos && raw != "-0"
            ? Json(static_cast<std::int64_t>(std::atoll(raw.c_str())))
            : Json(raw.substr(0, kTextBytesMax));
    case JsonKind::String: {
        const auto text = walk.string(node);
        return text.size() <= kTextBytesMax ? std::optional<Json>(text) : std::nullopt;
    }
    default:
        return std::nullopt;
    }
}

} // namespace

JsonObject samplingParameters(BytesView request)
{
    JsonObject parameters;
    const auto walk = JsonWalk::parse(request);
    if (!walk) {
        return parameters;
    }
    for (const auto name : kNames) {
        const std::size_t node = walk->find(0, name);
        if (node == JsonWalk::kNone) {
            continue;
        }
        if (auto value = valueOf(*walk, node)) {
            parameters.emplace(name, *std::move(value));
        }
    }
    return parameters;
}

} // namespace exhibit::replay
