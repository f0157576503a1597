// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

class QPDF;

namespace exhibit::report {

/// What of the file no report has, and somebody may have added to show other things than its pages
/// say: scripts, actions, layers, forms, and notes that are laid over a page. The one annotation
/// that a report has is the field of its signature, which shows nothing. Throws what qpdf throws.
[[nodiscard]] std::vector<std::string> suspiciousParts(QPDF& pdf);

} // namespace exhibit::report
