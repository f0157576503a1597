// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

namespace exhibit {

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
    return parser.release();
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
