// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/incident.h"

namespace exhibit::report {

/// A step in words, by rule from what was recorded; texts of people and models are not in it.
struct StepLine {
    std::string event; ///< "Facts received", "gpt-4o called".
    std::string detail; ///< "contract.auto_renew is null"; may be empty.
};
[[nodiscard]] StepLine lineOf(const domain::TimelineEvent& event);

/// "837 ms", "1.2 s", "3 min 05 s".
[[nodiscard]] std::string durationOf(std::int64_t microseconds);
/// Groups of three with thin spaces: 48 120.
[[nodiscard]] std::string grouped(std::int64_t number);
/// "1 byte", "2 bytes".
[[nodiscard]] std::string counted(std::int64_t number,
                                  std::string_view singular,
                                  std::string_view plural = {});

/// The integer member, or 0.
[[nodiscard]] std::int64_t integerMember(const Json& json, std::string_view name);

} // namespace exhibit::report
