// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace exhibit {

/// Always UTC below ui/. The wall clock, for records; measure durations with SteadyTime.
using UtcTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

[[nodiscard]] UtcTime utcNow() noexcept;

/// RFC 3339 with exactly six decimals and Z, e.g. 2026-11-21T10:00:01.000000Z.
[[nodiscard]] std::string formatTime(UtcTime time);
/// Reads RFC 3339 (any offset, 0 to 9 decimals) and plain dates (midnight UTC).
[[nodiscard]] Result<UtcTime> parseTime(std::string_view text);

[[nodiscard]] inline std::int64_t toMicroseconds(UtcTime time)
{
    return std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
}
[[nodiscard]] inline UtcTime fromMicroseconds(std::int64_t microseconds)
{
    return UtcTime{std::chrono::microseconds{microseconds}};
}

/// A point after which waiting is pointless; passed on by value, last parameter.
struct Deadline {
    SteadyTime at = SteadyTime::max();

    [[nodiscard]] static Deadline after(std::chrono::nanoseconds duration)
    {
        return {std::chrono::steady_clock::now()
                + std::chrono::duration_cast<SteadyTime::duration>(duration)};
    }
    /// Never negative.
    [[nodiscard]] std::chrono::milliseconds left() const
    {
        const auto rest = at - std::chrono::steady_clock::now();
        return std::max(std::chrono::milliseconds{0},
                        std::chrono::ceil<std::chrono::milliseconds>(rest));
    }
    [[nodiscard]] bool reached() const { return std::chrono::steady_clock::now() >= at; }
};

} // namespace exhibit
