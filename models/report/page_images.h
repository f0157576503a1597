// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/report/document.h"

#include <functional>

namespace exhibit::report {

/// How many pages typeset() would set. Unavailable when no font is installed.
[[nodiscard]] Result<std::size_t> countPages(const Document& document);

/// Each page as a black-and-white TIFF, CCITT Group 4 at 300 dpi, the form that review platforms
/// expect; `take` gets them in order, an error of it ends the drawing. Errors as of typeset().
[[nodiscard]] Result<void> drawPageImages(const Document& document,
                                          const std::function<Result<void>(Bytes tiff)>& take);

} // namespace exhibit::report
