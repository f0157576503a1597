// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// One line of a CSV file with CR LF (RFC 4180). A field that a spreadsheet would take for a
/// formula (it begins with = + - @, a tab or a line end, after spaces too) gets an apostrophe in
/// front; NUL is left out.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& fields);

inline constexpr std::size_t kCsvFieldsMax = 64; ///< Of one line that is read.

/// The lines of such a file with their fields as they stand, apostrophes too. InvalidInput with the
/// line (from 1) in the subject where it is none, TooLarge beyond `linesMax` and kCsvFieldsMax.
[[nodiscard]] Result<std::vector<std::vector<std::string>>> readCsv(BytesView csv,
                                                                    std::size_t linesMax);
/// Whether a field that was read says `text`, guarded or not.
[[nodiscard]] bool isCsvFieldOf(std::string_view field, std::string_view text);

} // namespace exhibit::report
