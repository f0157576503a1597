// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"

#include <QString>

namespace exhibit::ui {

inline constexpr std::size_t kHexRowBytes = 16;

/// "00000010  7b 22 …  {"…", without the line's end: sixteen bytes from `begin`.
[[nodiscard]] QString hexLine(BytesView bytes, std::size_t begin);

} // namespace exhibit::ui
