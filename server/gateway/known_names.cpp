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
    "allowed_callers",
    "allowed_domains",
    "allowed_tools",
    "annotation",
    "annotation_index",
    "annotations",
    "approximate",
    "arguments",
    "audio",
    "audio_tokens",
    "background",
    "best_of",
    "billing",
    "blocked_domains",
    "budget_tokens",
    "bytes",
    "cache_control",
    "cache_creation",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "cached_tokens",
    "call_id",
    "char_location",
    "choices",
    "citation",
    "citations",
    "cited_text",
    "city",
    "code",
    "completed_at",
    "completion_time",
    "completion_tokens",
    "completion_tokens_details",
    "container",
    "content",
    "content_block",
    "content_filter_offsets",
    "content_filter_results",
    "content_filters",
    "content_index",
    "context_management",
    "conversation",
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
    "dimensions",
    "disable_parallel_tool_use",
    "document_index",
    "document_title",
    "echo",
    "effort",
    "embedding",
    "encoding_format",
    "encrypted_content",
    "end_char_index",
    "end_index",
    "enum",
    "ephemeral_1h_input_tokens",
    "ephemeral_5m_input_tokens",
    "error",
    "error_code",
    "expires_at",
    "file",
    "file_data",
    "file_id",
    "file_url",
    "filename",
    "filtered",
    "filters",
    "finish_reason",
    "format",
    "frequency",
    "frequency_penalty",
    "function",
    "function_call",
    "functions",
    "generate",
    "grammar",
    "hate",
    "id",
    "image_tokens",
    "image_url",
    "include",
    "include_usage",
    "incomplete_details",
    "index",
    "inference_geo",
    "input",
    "input_audio",
    "input_schema",
    "input_tokens",
    "input_tokens_details",
    "instructions",
    "is_error",
    "item",
    "item_id",
    "items",
    "jailbreak",
    "json_schema",
    "logit_bias",
    "logprob",
    "logprobs",
    "max_completion_tokens",
    "max_output_tokens",
    "max_tokens",
    "max_tool_calls",
    "max_uses",
    "media_type",
    "message",
    "messages",
    "metadata",
    "modalities",
    "mode",
    "model",
    "moderation",
    "n",
    "name",
    "native_finish_reason",
    "obfuscation",
    "object",
    "output",
    "output_index",
    "output_tokens",
    "output_tokens_details",
    "parallel_tool_calls",
    "param",
    "parameters",
    "part",
    "partial_json",
    "payer",
    "phase",
    "prediction",
    "presence_penalty",
    "previous_response_id",
    "profanity",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_retention",
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
    "reason",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "reasoning_effort",
    "reasoning_tokens",
    "refusal",
    "region",
    "rejected_prediction_tokens",
    "required",
    "response",
    "response_format",
    "results",
    "role",
    "safety_identifier",
    "schema",
    "search_context_size",
    "seed",
    "self_harm",
    "sequence_number",
    "server_tool_use",
    "service_tier",
    "severity",
    "sexual",
    "signature",
    "source",
    "start_char_index",
    "start_index",
    "status",
    "stop",
    "stop_details",
    "stop_reason",
    "stop_sequence",
    "stop_sequences",
    "store",
    "stream",
    "stream_options",
    "strict",
    "suffix",
    "summary",
    "syntax",
    "system",
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
    "tool_use_id",
    "tools",
    "top_k",
    "top_logprobs",
    "top_p",
    "total_time",
    "total_tokens",
    "transcript",
    "truncation",
    "ttl",
    "type",
    "url",
    "url_citation",
    "usage",
    "user",
    "user_location",
    "vector_store_ids",
    "verbosity",
    "violence",
    "voice",
    "web_fetch_requests",
    "web_search_options",
    "web_search_requests",
    "x_groq",
};
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames)));

// A hash table made by the compiler, a quarter full: a name is looked up for each member of each
// event.
constexpr std::size_t kSlots = 1024;
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

constexpr bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr std::array<bool, 256> kIdBytes = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        const auto c = static_cast<char>(byte);
        table[byte]
            = isAlphanumeric(c) || std::string_view("_-.:/+").find(c) != std::string_view::npos;
    }
    return table;
}();

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
               return kIdBytes[static_cast<std::uint8_t>(c)];
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
    for (std::size_t at = 0; at < raw.size(); ++at) {
        // Some writers escape the slashes; any other escape may spell words.
        const bool slash = raw[at] == '\\' && at + 1 < raw.size() && raw[at + 1] == '/';
        if (!slash && !isAlphanumeric(raw[at])
            && std::string_view("+/=").find(raw[at]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool isFreeForm(const JsonWalk& walk, std::size_t node)
{
    constexpr std::string_view kFilled[]
        = {"arguments", "attributes", "content", "input", "metadata", "output", "result"};
    for (std::size_t at = walk[node].parent; at != 0; at = walk[at].parent) {
        const bool filled = walk.is(at, JsonKind::Object)
            && std::any_of(std::begin(kFilled), std::end(kFilled), [&](std::string_view name) {
                                return walk.nameIs(at, name);
                            });
        if (filled) {
            return true;
        }
    }
    return false;
}

} // namespace exhibit::gateway
