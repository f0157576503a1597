// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"

#include <cstdint>

namespace exhibit::domain {

/// What found incidents can be sorted by.
enum class SearchSort : std::uint8_t { Time, Severity, Latency, Cost };
enum class SearchOrder : std::uint8_t { Descending, Ascending };

} // namespace exhibit::domain

namespace exhibit {

template <>
struct EnumNames<domain::SearchSort> {
    using E = domain::SearchSort;
    static constexpr std::string_view kType = "sort";
    static constexpr std::pair<E, std::string_view> kNames[] = {
        {E::Time, "time"}, {E::Severity, "severity"}, {E::Latency, "latency"}, {E::Cost, "cost"}};
};

template <>
struct EnumNames<domain::SearchOrder> {
    using E = domain::SearchOrder;
    static constexpr std::string_view kType = "order";
    static constexpr std::pair<E, std::string_view> kNames[]
        = {{E::Descending, "desc"}, {E::Ascending, "asc"}};
};

} // namespace exhibit
