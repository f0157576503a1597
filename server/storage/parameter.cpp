// SPDX-License-Identifier: Apache-2.0
#include "server/storage/parameter.h"

#include <fmt/format.h>

namespace exhibit::storage {

Parameter::Parameter(std::string text)
    : m_value(std::move(text))
{
}
Parameter::Parameter(std::string_view text)
    : m_value(text)
{
}
Parameter::Parameter(const char* text)
    : m_value(text)
{
}
Parameter::Parameter(std::int64_t number)
    : m_value(std::to_string(number))
{
}
Parameter::Parameter(int number)
    : m_value(std::to_string(number))
{
}
Parameter::Parameter(double number)
    : m_value(fmt::format("{}", number))
{
}
Parameter::Parameter(bool value)
    : m_value(value ? "t" : "f")
{
}
Parameter::Parameter(UtcTime time)
    : m_value(formatTime(time))
{
}
Parameter::Parameter(const Digest& digest)
    : m_value(asView(digest))
    , m_binary(true)
{
}
Parameter::Parameter(Uuid uuid)
    : m_value(uuid.hyphenated())
{
}
Parameter::Parameter(const Json& json)
    : m_value(printJson(json))
{
}

Parameter Parameter::bytes(BytesView bytes)
{
    Parameter parameter{bytes};
    parameter.m_binary = true;
    return parameter;
}

Parameter Parameter::array(std::span<const std::string> elements)
{
    std::string text = "{";
    for (const auto& element : elements) {
        text += text.size() == 1 ? "\"" : ",\"";
        for (const char character : element) {
            if (character == '"' || character == '\\') {
                text += '\\';
            }
            text += character;
        }
        text += '"';
    }
    text += '}';
    return Parameter{std::move(text)};
}

} // namespace exhibit::storage
