// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace exhibit {

/// The wire names of an enum: specialise with
///   static constexpr std::string_view kType = "severity";
///   static constexpr std::pair<E, std::string_view> kNames[] = {...};
/// Names are promises: they stand in the database, the API and exports.
template <class E>
struct EnumNames;

template <class E>
concept NamedEnum = requires
{
    EnumNames<E>::kNames;
};

template <NamedEnum E>
[[nodiscard]] constexpr std::string_view wireName(E value)
{
    for (const auto& [candidate, name] : EnumNames<E>::kNames) {
        if (candidate == value) {
            return name;
        }
    }
    return {};
}

/// The error lists what would have been accepted.
template <NamedEnum E>
[[nodiscard]] Result<E> parseEnum(std::string_view text)
{
    std::string accepted;
    for (const auto& [value, name] : EnumNames<E>::kNames) {
        if (name == text) {
            return value;
        }
        accepted += (accepted.empty() ? "" : ", ") + std::string(name);
    }
    return fail(ErrorCode::InvalidInput,
                "not a " + std::string(EnumNames<E>::kType) + "; expected one of " + accepted);
}

} // namespace exhibit
