// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>

namespace exhibit::ui {

/// Relative luminance of WCAG 2.1, 0 to 1.
[[nodiscard]] double luminance(const QColor& colour);
/// Contrast ratio of WCAG 2.1, 1 to 21; the order does not matter.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace exhibit::ui
