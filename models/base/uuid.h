// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/time.h"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace exhibit {

/// 128 bits, RFC 9562. The null UUID means "none".
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    friend auto operator<=>(const Uuid&, const Uuid&) = default;

    /// Time-ordered: 48 bits of milliseconds, a 12-bit counter within the millisecond (so that ids
    /// of one process sort in the order they were made), 62 random bits. Thread-safe.
    [[nodiscard]] static Uuid v7();
    /// Custom (version 8) from the first 16 bytes of a digest.
    [[nodiscard]] static Uuid v8(std::span<const std::uint8_t> digest);
    /// The canonical 8-4-4-4-12 form.
    [[nodiscard]] static Result<Uuid> parseHyphenated(std::string_view text);

    [[nodiscard]] std::string hyphenated() const;
    /// 26 lower-case characters of Crockford's base32 alphabet; sorts as the bytes do.
    [[nodiscard]] std::string base32() const;
    /// The millisecond a v7 id was made in.
    [[nodiscard]] UtcTime timestamp() const;
};

/// Parses prefix + base32; InvalidInput names the prefix that was expected.
[[nodiscard]] Result<Uuid> parsePrefixed(std::string_view prefix, std::string_view text);

} // namespace exhibit

template <>
struct std::hash<exhibit::Uuid> {
    std::size_t operator()(const exhibit::Uuid& uuid) const noexcept
    {
        // The low half is random (v7) or digest bytes (v8).
        std::size_t low = 0;
        std::memcpy(&low, uuid.bytes.data() + 8, sizeof low);
        return low;
    }
};
