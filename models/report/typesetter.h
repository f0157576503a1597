// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/report/document.h"

namespace exhibit::report {

struct Typeset {
    /// PDF 1.5 as Cairo writes it: tagged, with an outline; finishPdf() makes it an export.
    Bytes pdf;
    std::size_t pages = 0;
    /// Characters that print as their number: no installed font has them. The last page says so.
    int unknownGlyphs = 0;
};

/// Sets the document on A4 pages. The same document gives the same bytes with the same fonts. Any
/// thread. Unavailable when no font is installed.
[[nodiscard]] Result<Typeset> typeset(const Document& document);

} // namespace exhibit::report
