// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// One line of a CSV file with CR LF (RFC 4180). A field that a spreadsheet would take for a
/// formula (it begins with = + - @, a tab or a line end, after spaces too) gets an apostrophe in
/// front; NUL is left out.
[[nodiscard]] std::string csvLine(const std::vector<std::string>& fields);

} // namespace exhibit::report
