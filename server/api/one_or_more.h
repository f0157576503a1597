// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json_fields.h"

#include <vector>

namespace exhibit::api {

/// A member of a request that is one value or a list of several.
template <class T>
struct OneOrMore {
    std::vector<T> values;
};

} // namespace exhibit::api

namespace exhibit {

template <class T>
struct JsonCodec<api::OneOrMore<T>> {
    static Json write(const api::OneOrMore<T>& list) { return toJson(list.values); }
    static Result<api::OneOrMore<T>> read(const Json& json,
                                          UnknownMembers unknown,
                                          const std::string& pointer)
    {
        if (json.is_array()) {
            EXHIBIT_TRY(auto values, fromJson<std::vector<T>>(json, unknown, pointer));
            return api::OneOrMore<T>{std::move(values)};
        }
        EXHIBIT_TRY(auto value, fromJson<T>(json, unknown, pointer));
        return api::OneOrMore<T>{{std::move(value)}};
    }
};

} // namespace exhibit
