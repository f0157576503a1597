// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exhibit::report {

/// What the pages of a report say to a program that reads them, whichever fonts draw them: without
/// white space, which lines and pages leave out where they break, and without the heads that a
/// table has again on each page.
struct PdfText {
    std::string body; ///< UTF-8, in the order in which it is drawn.
    std::vector<std::size_t> pageEnds; ///< In `body`, of each page.
    /// Heads and feet of the pages, each once, without the page's number.
    std::set<std::string> margins;
};

/// InvalidInput, with the reason, when characters stand behind no shape, or are drawn otherwise
/// than reports draw them.
[[nodiscard]] Result<PdfText> readPdfText(BytesView pdf);

/// The page, from 1, on which `text` first says something else than `other`; nullopt: they say the
/// same.
[[nodiscard]] std::optional<std::size_t> firstDifference(const PdfText& text, const PdfText& other);

} // namespace exhibit::report
