// SPDX-License-Identifier: Apache-2.0
#include "server/storage/ingest_steps.h"

#include <algorithm>
#include <array>

namespace exhibit::storage {
namespace {

/// The value when it is small, else the beginning of its text.
Json shortened(const Json& value)
{
    const std::string text = value.is_string() ? std::string(value.get_string()) : printJson(value);
    if (text.size() <= limits::kStepTextBytesMax) {
        return value;
    }
    const auto end = characterStart(text, limits::kStepTextBytesMax);
    return JsonObject{{"beginning", text.substr(0, end)}, {"bytes", text.size()}};
}

JsonArray describeMessages(const JsonArray& messages, std::size_t first)
{
    JsonArray shown;
    for (std::size_t i = first; i < messages.size(); ++i) {
        JsonObject entry;
        if (const auto* message = messages[i].if_object()) {
            for (const auto& member : *message) {
                entry.emplace(member.key(), shortened(member.value()));
            }
            shown.push_back(std::move(entry));
        } else {
            shown.push_back(shortened(messages[i]));
        }
    }
    return shown;
}

} // namespace

Json describeRequest(const spool::CallOpened& opening)
{
    JsonObject data{{"endpoint", opening.endpoint},
                    {"model", opening.model},
                    {"streaming", opening.streaming},
                    {"bytes", opening.request.size()},
                    {"changed", opening.sentRequest.has_value()}};
    if (!opening.providerState.empty()) {
        data.emplace("provider_state", toJson(opening.providerState));
    }
    const auto request = parseJson(opening.request);
    if (!request || !request->is_object()) {
        data.emplace("unreadable", true);
        return Json(std::move(data));
    }
    constexpr std::array kShown = {"temperature",
                                   "max_tokens",
                                   "max_completion_tokens",
                                   "n",
                                   "seed",
                                   "tool_choice",
                                   "response_format",
                                   "prompt",
                                   "input",
                                   "system"};
    for (const char* name : kShown) {
        if (const Json* value = findMember(*request, name)) {
            data.emplace(name, shortened(*value));
        }
    }
    if (const Json* tools = findMember(*request, "tools"); tools != nullptr && tools->is_array()) {
        data.emplace("tools", tools->get_array().size());
    }
    if (const Json* messages = findMember(*request, "messages");
        messages != nullptr && messages->is_array()) {
        // The newest matter; agents repeat the whole history in every call.
        const auto& all = messages->get_array();
        const std::size_t first = all.size() - std::min(all.size(), limits::kStepMessagesMax);
        data.emplace("messages", describeMessages(all, first));
        if (first > 0) {
            data.emplace("messages_before", first);
        }
    }
    return Json(std::move(data));
}

} // namespace exhibit::storage
