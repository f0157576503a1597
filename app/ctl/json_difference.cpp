// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/json_difference.h"

#include <algorithm>

namespace exhibit::ctl {
namespace {

void compare(const Json& before,
             const Json& after,
             const std::string& pointer,
             std::vector<JsonDifference>& found);

void compareObjects(const JsonObject& before,
                    const JsonObject& after,
                    const std::string& pointer,
                    std::vector<JsonDifference>& found)
{
    for (const auto& member : before) {
        const auto place = appendPointer(pointer, std::string_view(member.key()));
        const auto other = after.find(member.key());
        if (other == after.end()) {
            found.push_back({place, member.value(), std::nullopt});
        } else {
            compare(member.value(), other->value(), place, found);
        }
    }
    for (const auto& member : after) {
        if (!before.contains(member.key())) {
            found.push_back({appendPointer(pointer, std::string_view(member.key())),
                             std::nullopt,
                             member.value()});
        }
    }
}

void compareArrays(const JsonArray& before,
                   const JsonArray& after,
                   const std::string& pointer,
                   std::vector<JsonDifference>& found)
{
    for (std::size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        const auto place = pointer + '/' + std::to_string(i);
        if (i >= after.size()) {
            found.push_back({place, before[i], std::nullopt});
        } else if (i >= before.size()) {
            found.push_back({place, std::nullopt, after[i]});
        } else {
            compare(before[i], after[i], place, found);
        }
    }
}

void compare(const Json& before,
             const Json& after,
             const std::string& pointer,
             std::vector<JsonDifference>& found)
{
    if (before.is_object() && after.is_object()) {
        compareObjects(before.get_object(), after.get_object(), pointer, found);
    } else if (before.is_array() && after.is_array()) {
        compareArrays(before.get_array(), after.get_array(), pointer, found);
    } else if (before != after) {
        found.push_back({pointer, before, after});
    }
}

} // namespace

std::vector<JsonDifference> differences(const Json& before, const Json& after)
{
    std::vector<JsonDifference> found;
    compare(before, after, {}, found);
    return found;
}

} // namespace exhibit::ctl
