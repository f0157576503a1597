// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace exhibit::scan {

/// What a text may be disguised by that a pattern wants to look through; any of them together.
enum class Fold : std::uint8_t {
    ZeroWidth = 1, ///< Characters that show nothing are not there.
    FullWidth = 2, ///< Full-width forms are their ASCII characters.
    Combining = 4, ///< Combining marks are not there.
    Homoglyphs = 8, ///< Letters, digits and dashes that look like ASCII ones are these.
};

/// A set of Fold values; 0: a text is read as it is.
using Folds = std::uint8_t;
inline constexpr Folds kEveryFold = 15;

/// What a character is read as: an ASCII character, or '\0' for nothing at all. Empty: as itself.
[[nodiscard]] std::optional<char> folded(std::uint32_t codePoint, Folds folds);

} // namespace exhibit::scan
