// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/prefilter.h"

namespace exhibit::scan {

/// The share of an ordinary text's bytes at which the first places of a window stand, were bytes
/// independent of one another.
[[nodiscard]] double rateOf(const Window& window, std::size_t places);
/// The share of an ordinary text that the automaton reads because of the window.
[[nodiscard]] double readingCost(const Window& window);

} // namespace exhibit::scan
