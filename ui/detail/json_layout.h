// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <string_view>

namespace exhibit::ui {

/// JSON with a member on each line. Only white space between tokens differs from `text`: order,
/// numbers, escapes and doubled names stay as they were recorded. What is no object or array comes
/// back as it is. Any thread.
[[nodiscard]] QString prettyJson(std::string_view text);

} // namespace exhibit::ui
