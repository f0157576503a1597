// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace exhibit::report {

/// Text as it may stand on a page: valid UTF-8, controls shown as their pictures, direction
/// overrides and other invisible characters shown by their number, so that what is read is what was
/// recorded. Line feeds stay; see oneLine().
[[nodiscard]] std::string safeText(std::string_view text);

inline constexpr char32_t kNoCharacter = 0xFFFFFFFF;
/// Takes one character from the front of `text`, which is not empty; kNoCharacter for a byte that
/// is not UTF-8.
[[nodiscard]] char32_t takeCharacter(std::string_view& text);

/// The same in one line: line feeds and tabs become spaces.
[[nodiscard]] std::string oneLine(std::string_view text);

/// At most `bytesMax` of it, cut at a character, with how much is left out. Safe already.
[[nodiscard]] std::string bounded(std::string_view text, std::size_t bytesMax);

} // namespace exhibit::report
