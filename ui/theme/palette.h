// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/theme/theme.h"

#include <QPalette>

namespace exhibit::ui {

/// The application's palette; every group is set, so that nothing is derived by Qt.
[[nodiscard]] QPalette paletteOf(const ColourTable& colours);

} // namespace exhibit::ui
