// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/pattern_set.h"

#include <string_view>

namespace exhibit::scan {

/// Whether `text` is what the validator stands for. `None` accepts everything.
[[nodiscard]] bool accepts(Validator validator, std::string_view text);

} // namespace exhibit::scan
