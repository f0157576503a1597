// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_upstream/json_match.h"

#include <algorithm>
#include <functional>

namespace exhibit::sample {

namespace {

std::size_t mixed(std::size_t a, std::size_t b)
{
    std::size_t hash
        = (a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2))) * 0xff51afd7ed558ccdULL;
    hash ^= hash >> 33;
    return hash;
}

double asDouble(const Json& number)
{
    return number.to_number<double>();
}

bool equalNumbers(const Json& a, const Json& b)
{
    if (a.is_double() || b.is_double()) {
        return asDouble(a) == asDouble(b);
    }
    return a == b; // Integers compare by value whatever their sign's type.
}

bool equalObjects(const JsonObject& a, const JsonObject& b)
{
    return a.size() == b.size() && std::ranges::all_of(a, [&b](const auto& member) {
               const Json* other = b.if_contains(member.key());
               return other != nullptr && equalAsJson(member.value(), *other);
           });
}

constexpr std::string_view kBlanks = " \t\r\n";

/// Behind the string that begins at `at`.
std::size_t skipString(std::string_view text, std::size_t at)
{
    for (++at; at < text.size() && text[at] != '"'; ++at) {
        at += text[at] == '\\' ? 1 : 0;
    }
    return std::min(at + 1, text.size());
}

/// Behind the value that begins at `at`.
std::size_t skipValue(std::string_view text, std::size_t at)
{
    std::size_t depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '"') {
            at = skipString(text, at);
        } else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
            return at;
        } else {
            depth += c == '{' || c == '[' ? 1 : 0;
            depth -= c == '}' || c == ']' ? 1 : 0;
            ++at;
        }
    }
    return at;
}

} // namespace

std::string_view memberText(std::string_view text, std::string_view name)
{
    std::string_view found;
    std::size_t at = text.find('{');
    while (at < text.size() && text[at] != '}') {
        const std::size_t begin = text.find('"', at);
        if (begin == std::string_view::npos) {
            break;
        }
        const std::size_t end = skipString(text, begin);
        const std::size_t value = text.find_first_not_of(kBlanks, text.find(':', end) + 1);
        at = skipValue(text, value);
        if (text.substr(begin + 1, end - begin - 2) == name) {
            found = text.substr(value, at - value); // The last of duplicates, as parsers take.
        }
    }
    return found.substr(0, found.find_last_not_of(kBlanks) + 1);
}

bool equalAsJson(const Json& a, const Json& b)
{
    if (a.is_number() && b.is_number()) {
        return equalNumbers(a, b);
    }
    if (a.kind() != b.kind()) {
        return false;
    }
    if (a.is_object()) {
        return equalObjects(a.get_object(), b.get_object());
    }
    if (a.is_array()) {
        return std::ranges::equal(a.get_array(), b.get_array(), equalAsJson);
    }
    return a == b;
}

std::size_t hashOfJson(const Json& value)
{
    if (value.is_number()) {
        const double number = asDouble(value);
        return mixed(1, std::hash<double>{}(number == 0 ? 0.0 : number)); // -0 equals 0.
    }
    if (const auto* text = value.if_string()) {
        return mixed(2, std::hash<std::string_view>{}(*text));
    }
    if (const auto* object = value.if_object()) {
        std::size_t sum = 0; // A sum, since the order of members does not count.
        for (const auto& [name, member] : *object) {
            sum += mixed(std::hash<std::string_view>{}(name), hashOfJson(member));
        }
        return mixed(3, sum);
    }
    if (const auto* array = value.if_array()) {
        std::size_t hash = 4;
        for (const Json& element : *array) {
            hash = mixed(hash, hashOfJson(element));
        }
        return hash;
    }
    return value.is_null() ? 5 : value.get_bool() ? 6 : 7;
}

} // namespace exhibit::sample
