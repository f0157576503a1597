// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace exhibit::report {

inline constexpr int kBatesDigits = 7;
inline constexpr std::int64_t kBatesMax = 9'999'999;

/// The number that a page of a production is known by, e.g. EXH0000042.
[[nodiscard]] std::string batesText(std::string_view prefix, std::int64_t number);

/// "EXH0000001 to EXH0000003", or one number alone.
[[nodiscard]] std::string batesSpan(const std::string& begin, const std::string& end);

/// Capital letters, digits, - and _, at most 20 bytes; begins with a letter and does not end in a
/// digit, so that numbers are read one way only. InvalidInput with `subject`.
[[nodiscard]] Result<void> checkBatesPrefix(std::string_view prefix, const std::string& subject);

/// Numbers of one prefix, both ends included.
struct BatesRange {
    std::string prefix;
    std::int64_t first = 0;
    std::int64_t last = 0;
};

} // namespace exhibit::report
