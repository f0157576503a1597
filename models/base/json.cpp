// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include "models/base/json_walk.h"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace exhibit {
namespace {

/// The parser reads hundreds of digits without an exponent as infinity, which JSON cannot say.
bool isFinite(const Json& value)
{
    if (const auto* number = value.if_double()) {
        return std::isfinite(*number);
    }
    if (const auto* array = value.if_array()) {
        return std::all_of(array->begin(), array->end(), isFinite);
    }
    const auto* object = value.if_object();
    return object == nullptr || std::all_of(object->begin(), object->end(), [](const auto& member) {
               return isFinite(member.value());
           });
}

} // namespace

Result<Json> parseJson(BytesView text, std::size_t depthMax)
{
    boost::json::parse_options options;
    options.max_depth = depthMax;
    boost::json::parser parser({}, options);
    boost::system::error_code error;
    const std::size_t position = parser.write_some(text.data(), text.size(), error);
    const bool trailing = !error && text.find_first_not_of(" \t\r\n", position) != BytesView::npos;
    if (trailing) {
        return fail(ErrorCode::InvalidInput,
                    "unexpected text after the JSON value at byte " + std::to_string(position));
    }
    if (error) {
        return fail(ErrorCode::InvalidInput,
                    "invalid JSON at byte " + std::to_string(position) + ": " + error.message());
    }
    Json value = parser.release();
    if (!isFinite(value)) {
        return fail(ErrorCode::InvalidInput, "the JSON has a number beyond the range of a double");
    }
    return value;
}

Result<Json> parseWrittenJson(BytesView text)
{
    EXHIBIT_TRY(Json value, parseJson(text));
    EXHIBIT_TRY(const JsonWalk walk, JsonWalk::parse(text));
    if (const auto twice = walk.duplicateName(0); twice != JsonWalk::kNone) {
        return fail(ErrorCode::InvalidInput,
                    "two members of one object have this name",
                    "/" + walk.path(twice));
    }
    return value;
}

std::string printJson(const Json& value)
{
    return boost::json::serialize(value);
}

const Json* findMember(const Json& value, std::string_view name)
{
    const auto* object = value.if_object();
    return object != nullptr ? object->if_contains(name) : nullptr;
}

std::string_view stringMember(const Json& value, std::string_view name)
{
    const Json* member = findMember(value, name);
    const auto* text = member != nullptr ? member->if_string() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view{};
}

std::string appendPointer(std::string_view pointer, std::string_view token)
{
    std::string result(pointer);
    result += '/';
    for (const char c : token) {
        if (c == '~') {
            result += "~0";
        } else if (c == '/') {
            result += "~1";
        } else {
            result += c;
        }
    }
    return result;
}

} // namespace exhibit
