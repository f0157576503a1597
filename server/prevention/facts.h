// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/enum_names.h"
#include "models/base/json.h"

#include <string_view>

namespace exhibit::prevention {

/// Absent and null are different, and both are shown (domain.md, "Context facts").
enum class FactState : std::uint8_t { Present, Null, Absent };

/// The fact at a dotted path; nullptr when it is absent.
[[nodiscard]] const Json* findFact(const Json* facts, std::string_view path);

/// The state of a dotted path ("contract.auto_renew"), also when the application wrote the whole
/// path as one name. `facts` may be nullptr: then everything is absent.
[[nodiscard]] FactState factStateOf(const Json* facts, std::string_view path);

} // namespace exhibit::prevention

namespace exhibit {

template <>
struct EnumNames<prevention::FactState> {
    static constexpr std::string_view kType = "state of a fact";
    static constexpr std::pair<prevention::FactState, std::string_view> kNames[] = {
        {prevention::FactState::Present, "present"},
        {prevention::FactState::Null, "null"},
        {prevention::FactState::Absent, "absent"},
    };
};

} // namespace exhibit
