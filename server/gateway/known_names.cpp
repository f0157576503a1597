// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/known_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace exhibit::gateway {
namespace {

constexpr std::size_t kIdBytesMax = 128;
constexpr std::size_t kDataUrlHeadBytesMax = 128;

constexpr std::string_view kNames[] = {
    "accepted_prediction_tokens",
    "additionalProperties",
    "allowed_tools",
    "annotations",
    "approximate",
    "arguments",
    "audio",
    "audio_tokens",
    "bytes",
    "cache_control",
    "cached_tokens",
    "choices",
    "city",
    "code",
    "completion_time",
    "completion_tokens",
    "completion_tokens_details",
    "content",
    "content_filter_offsets",
    "content_filter_results",
    "cost",
    "country",
    "created",
    "created_at",
    "custom",
    "data",
    "definition",
    "delta",
    "description",
    "detail",
    "detected",
    "effort",
    "encrypted_content",
    "end_index",
    "enum",
    "error",
    "expires_at",
    "file",
    "file_data",
    "file_id",
    "filename",
    "filtered",
    "finish_reason",
    "format",
    "frequency_penalty",
    "function",
    "function_call",
    "functions",
    "grammar",
    "hate",
    "id",
    "image_tokens",
    "image_url",
    "include_usage",
    "index",
    "input",
    "input_audio",
    "input_tokens",
    "items",
    "jailbreak",
    "json_schema",
    "logit_bias",
    "logprob",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "message",
    "messages",
    "metadata",
    "modalities",
    "mode",
    "model",
    "n",
    "name",
    "native_finish_reason",
    "obfuscation",
    "object",
    "output_tokens",
    "parallel_tool_calls",
    "param",
    "parameters",
    "prediction",
    "presence_penalty",
    "profanity",
    "prompt",
    "prompt_cache_key",
    "prompt_filter_results",
    "prompt_index",
    "prompt_time",
    "prompt_tokens",
    "prompt_tokens_details",
    "properties",
    "protected_material_code",
    "protected_material_text",
    "provider",
    "queue_time",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "reasoning_effort",
    "reasoning_tokens",
    "refusal",
    "region",
    "rejected_prediction_tokens",
    "required",
    "response_format",
    "role",
    "safety_identifier",
    "schema",
    "search_context_size",
    "seed",
    "self_harm",
    "service_tier",
    "severity",
    "sexual",
    "signature",
    "start_index",
    "stop",
    "stop_reason",
    "store",
    "stream",
    "stream_options",
    "strict",
    "summary",
    "syntax",
    "system_fingerprint",
    "temperature",
    "text",
    "text_offset",
    "text_tokens",
    "thinking",
    "timezone",
    "title",
    "token",
    "token_logprobs",
    "tokens",
    "tool_call_id",
    "tool_calls",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "total_time",
    "total_tokens",
    "transcript",
    "type",
    "url",
    "url_citation",
    "usage",
    "user",
    "user_location",
    "verbosity",
    "violence",
    "voice",
    "web_search_options",
    "x_groq",
};
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames)));

// A hash table made by the compiler, a quarter full: a name is looked up for each member of each
// event.
constexpr std::size_t kSlots = 512;
static_assert(std::size(kNames) < kSlots / 2);

constexpr std::size_t slotOf(std::string_view name)
{
    std::uint32_t hash = 2166136261; // FNV-1a, draft-eastlake-fnv.
    for (const char c : name) {
        hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619;
    }
    return (hash ^ hash >> 16) % kSlots;
}

constexpr auto kTable = [] {
    std::array<std::string_view, kSlots> table{};
    for (const auto name : kNames) {
        std::size_t slot = slotOf(name);
        while (!table[slot].empty()) {
            slot = (slot + 1) % kSlots;
        }
        table[slot] = name;
    }
    return table;
}();

bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

} // namespace

bool isKnownName(std::string_view name)
{
    for (std::size_t slot = slotOf(name); !kTable[slot].empty(); slot = (slot + 1) % kSlots) {
        if (kTable[slot] == name) {
            return true;
        }
    }
    return false;
}

bool hasIdForm(std::string_view text)
{
    return text.size() <= kIdBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
               return isAlphanumeric(c)
                   || std::string_view("_-.:/+").find(c) != std::string_view::npos;
           });
}

bool isEncodedMedia(std::string_view raw)
{
    if (raw.starts_with("data:")) {
        const auto comma = raw.substr(0, kDataUrlHeadBytesMax).find(',');
        if (comma == std::string_view::npos || !raw.substr(0, comma).ends_with(";base64")) {
            return false;
        }
        raw.remove_prefix(comma + 1);
    }
    // Some writers escape the slashes.
    return std::all_of(raw.begin(), raw.end(), [](char c) {
        return isAlphanumeric(c) || c == '+' || c == '/' || c == '=' || c == '\\';
    });
}

} // namespace exhibit::gateway
