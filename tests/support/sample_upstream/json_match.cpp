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

} // namespace

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
