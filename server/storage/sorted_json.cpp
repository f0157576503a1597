// SPDX-License-Identifier: Apache-2.0
#include "server/storage/sorted_json.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace exhibit::storage {
namespace {

constexpr double kExactMax = 9007199254740992.0;

void append(std::string& text, const Json& value);

void appendNumber(std::string& text, double number)
{
    if (std::fabs(number) < kExactMax && std::trunc(number) == number) {
        fmt::format_to(std::back_inserter(text), "{}", static_cast<std::int64_t>(number));
    } else {
        fmt::format_to(std::back_inserter(text), "{:.15g}", number);
    }
}

void appendObject(std::string& text, const JsonObject& object)
{
    std::map<std::string_view, const Json*> members;
    for (const auto& member : object) {
        members.emplace(member.key(), &member.value());
    }
    text += '{';
    for (const auto& [name, value] : members) {
        text += text.back() == '{' ? "" : ",";
        text += printJson(Json(name)) + ':';
        append(text, *value);
    }
    text += '}';
}

void append(std::string& text, const Json& value)
{
    if (value.is_number()) {
        appendNumber(text, value.to_number<double>());
    } else if (const auto* object = value.if_object()) {
        appendObject(text, *object);
    } else if (const auto* array = value.if_array()) {
        text += '[';
        for (const auto& item : *array) {
            text += &item == array->data() ? "" : ",";
            append(text, item);
        }
        text += ']';
    } else {
        text += printJson(value);
    }
}

} // namespace

std::string sortedJson(const Json& value)
{
    std::string text;
    append(text, value);
    return text;
}

} // namespace exhibit::storage
