// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace exhibit::ui {

/// Whether counts are those of the rows beside them.
enum class Counted : std::uint8_t { Yes, NotYet, Failed };

} // namespace exhibit::ui
