// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/answer_parts.h"

#include "models/base/traffic_limits.h"
#include "server/gateway/known_names.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

constexpr std::size_t kIndexDigitsMax = 9;

} // namespace

bool isPlainIndex(BytesView raw)
{
    return !raw.empty() && raw.size() <= kIndexDigitsMax && (raw == "0" || raw.front() != '0')
        && std::all_of(raw.begin(), raw.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isIdOrEnum(const JsonWalk& walk,
                std::size_t node,
                const std::string_view* names,
                std::size_t count)
{
    const bool named = walk.is(node, JsonKind::String)
        && std::any_of(names, names + count, [&](std::string_view name) {
                           return walk.nameIs(node, name);
                       });
    if (!named) {
        return false;
    }
    const auto raw = walk.raw(node);
    return hasIdForm(raw.substr(1, raw.size() - 2)) && !isFreeForm(walk, node);
}

void noteAside(AnswerParts& parts, std::size_t node, std::string channel, bool isName)
{
    AnswerText text;
    text.node = node;
    text.isName = isName;
    text.choice = kNoChoice;
    text.field = channel;
    text.channel = std::move(channel);
    parts.asides.push_back(std::move(text));
}

void noteUnknownName(AnswerParts& parts, const JsonWalk& walk, std::size_t node)
{
    const auto& value = walk[node];
    if (!walk.is(value.parent, JsonKind::Object)) {
        return;
    }
    const auto raw = walk.text().substr(value.nameBegin, value.nameEnd - value.nameBegin);
    if (value.nameEscaped || !isKnownName(raw)) {
        noteAside(parts, node, walk.path(node) + "/~name", true);
    }
}

std::optional<domain::Usage> readUsage(const JsonWalk& walk, std::size_t node)
{
    if (!walk.is(node, JsonKind::Object)) {
        return std::nullopt;
    }
    const auto count = [&walk](std::size_t object, std::string_view name) {
        return std::clamp<std::int64_t>(
            walk.integer(walk.find(object, name), 0), 0, limits::kCallTokensMax);
    };
    const auto detail = [&](std::string_view object, std::string_view name) {
        return count(walk.find(node, object), name);
    };
    // Anthropic counts what it caches beside the other input; all others, within.
    const auto cacheRead = count(node, "cache_read_input_tokens");
    const auto cacheWrite = count(node, "cache_creation_input_tokens");
    domain::Usage usage;
    usage.promptTokens
        = std::min(std::max(count(node, "prompt_tokens"), count(node, "input_tokens")) + cacheRead
                       + cacheWrite,
                   limits::kCallTokensMax);
    usage.completionTokens
        = std::max(count(node, "completion_tokens"), count(node, "output_tokens"));
    usage.cachedTokens = std::max({cacheRead,
                                   detail("prompt_tokens_details", "cached_tokens"),
                                   detail("input_tokens_details", "cached_tokens")});
    usage.reasoningTokens = std::max(detail("completion_tokens_details", "reasoning_tokens"),
                                     detail("output_tokens_details", "reasoning_tokens"));
    const auto some
        = [](std::int64_t tokens) { return tokens > 0 ? std::optional(tokens) : std::nullopt; };
    usage.cacheWriteTokens = some(cacheWrite);
    usage.audioInputTokens = some(std::max(detail("prompt_tokens_details", "audio_tokens"),
                                           detail("input_tokens_details", "audio_tokens")));
    usage.audioOutputTokens = some(std::max(detail("completion_tokens_details", "audio_tokens"),
                                            detail("output_tokens_details", "audio_tokens")));
    return usage;
}

std::string_view decodedText(const JsonWalk& walk, const AnswerText& text, std::string& decoded)
{
    BytesView bytes = walk.raw(text.node);
    if (!text.isRaw) {
        bytes = bytes.substr(1, bytes.size() - 2);
    }
    if (!text.isRaw && walk[text.node].escaped) {
        decoded = decodeJsonString(bytes);
        bytes = decoded;
    }
    return bytes;
}

} // namespace exhibit::gateway
