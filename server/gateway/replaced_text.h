// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/prevention/call_guard.h"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::gateway {

/// The text of [begin, end) with each replacement's placeholder where it begins. `text` is that
/// part; replacements are offsets of the whole, in order and without overlaps.
[[nodiscard]] std::string applyReplacements(
    std::string_view text,
    std::size_t begin,
    std::size_t end,
    const std::vector<prevention::Replacement>& replacements);

/// Those that stand for bytes of [begin, end).
[[nodiscard]] std::vector<prevention::Replacement> overlapping(
    const std::vector<prevention::Replacement>& replacements, std::size_t begin, std::size_t end);

enum class Touching : std::uint8_t { Two, One };
/// In order; of those that overlap, or touch where that makes them one, a single one with the
/// placeholder of the first.
[[nodiscard]] std::vector<prevention::Replacement> united(
    std::vector<prevention::Replacement> replacements, Touching touching = Touching::Two);

} // namespace exhibit::gateway
