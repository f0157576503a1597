// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace exhibit::ui {

/// Makes every histogram a list of its bars for assistive technology; more than once is no harm.
void installHistogramAccessibility();

} // namespace exhibit::ui
