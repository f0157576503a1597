// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/document.h"

struct _cairo;

namespace exhibit::report {

/// Room that a mark takes before its word, in points.
inline constexpr double kMarkWidth = 11;

/// The mark with its centre at (x, y).
void drawMark(_cairo* context, Mark mark, double x, double y);

/// The hatching that means "withheld" and nothing else.
void drawHatching(_cairo* context, double x, double y, double width, double height);

/// The code with a side of `side` points, its quiet zone of four modules included.
void drawCode(_cairo* context, const Code& code, double x, double y, double side);

} // namespace exhibit::report
