// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace exhibit::scan {

/// Whether somebody may have this number: after + or 00 a calling code that exists, and as many
/// digits, and such a first one, as numbers there have; else 7 to 15 digits that are not all the
/// same. An extension (x12) is not looked at.
[[nodiscard]] bool acceptsPhone(std::string_view text);

} // namespace exhibit::scan
