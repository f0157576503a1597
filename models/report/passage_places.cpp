// SPDX-License-Identifier: Apache-2.0
#include "models/report/passage_places.h"

#include <algorithm>

namespace exhibit::report {
namespace {

constexpr std::string_view kPartText = "text"; ///< The member that has it.

template <std::size_t n>
bool isOneOf(std::string_view name, const std::string_view (&names)[n])
{
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Bytes from the quote at `at` up to the one that ends the string, or to the end of what was cut.
std::size_t quotedBytes(std::string_view json, std::size_t at)
{
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') {
        end += json[end] == '\\' ? 2 : 1;
    }
    return std::min(end, json.size()) - at - 1;
}

} // namespace

Place placeBelow(Place place, std::string_view member)
{
    constexpr std::string_view kSaid[]
        = {"facts", "messages", "prompt", "input", "system", "tool_choice", "response_format"};
    if (place == Place::Record) {
        return member == "data" ? Place::Data : member == "metadata" ? Place::Said : Place::Record;
    }
    return place == Place::Data && isOneOf(member, kSaid) ? Place::Said : place;
}

bool isText(Place place, std::string_view name)
{
    constexpr std::string_view kTexts[] = {"title",
                                           "excerpt",
                                           "reason",
                                           "analysis",
                                           "should_have",
                                           "actually_did",
                                           "business_impact",
                                           "affected_parties",
                                           "what",
                                           "whose",
                                           "action"};
    constexpr std::string_view kNames[]
        = {"role",           "type",    "id",         "name",         "model",
           "answered_model", "channel", "stage",      "result",       "severity",
           "mode",           "metric",  "fact",       "fact_state",   "failure_code",
           "kind",           "outcome", "endpoint",   "upstream",     "route",
           "finish_reasons", "status",  "error_code", "price_version"};
    if (place == Place::Record) {
        return isOneOf(name, kTexts);
    }
    return !isOneOf(name, kNames) && !name.ends_with("_id") && !name.ends_with("_ids");
}

std::vector<TextPart> partsOf(const JsonArray& array, bool sent)
{
    std::vector<TextPart> parts;
    const auto add = [&parts](std::size_t element, std::string_view member, const Json* value) {
        if (value != nullptr && value->is_string() && !value->get_string().empty()) {
            parts.push_back({element, member, value->get_string()});
        }
    };
    for (std::size_t i = 0; i < array.size(); ++i) {
        add(i, {}, &array[i]);
        const bool original = sent && findMember(array[i], kOriginal) != nullptr;
        for (const std::string_view member : {kPartText,
                                              original ? kOriginal : std::string_view("released"),
                                              std::string_view("withheld")}) {
            add(i, member, findMember(array[i], member));
        }
    }
    return parts;
}

std::vector<std::string_view> partsOfPrinted(std::string_view json)
{
    std::vector<std::string_view> parts;
    if (!json.starts_with('[')) {
        return parts;
    }
    std::string_view name;
    for (std::size_t at = json.find('"'); at < json.size(); at = json.find('"', at)) {
        const auto string = json.substr(at + 1, quotedBytes(json, at));
        at = std::min(at + string.size() + 2, json.size());
        const auto next = json.find_first_not_of(" \t\r\n", at);
        if (next != json.npos && json[next] == ':') {
            name = string;
            continue;
        }
        if (name.empty() || name == kPartText) {
            parts.push_back(string);
        }
    }
    return parts;
}

} // namespace exhibit::report
