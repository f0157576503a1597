// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Text from elsewhere (models, users, providers) on a terminal.
namespace exhibit::ctl {

/// The text with everything that could steer a terminal or reorder its line made visible as
/// \x1b or \u202e: control characters, C1, bidirectional overrides, bytes that are no UTF-8. Line
/// feeds and tabs become one space.
[[nodiscard]] std::string printable(std::string_view text);
/// Columns the (printable) text takes: wide characters two, combining ones none.
[[nodiscard]] std::size_t displayWidth(std::string_view text);
/// The text cut to `columns`, the last of them an ellipsis when something is missing.
[[nodiscard]] std::string cutToWidth(std::string_view text, std::size_t columns);
/// "USD 0.0023"; without a code where none is known.
[[nodiscard]] std::string amountText(domain::Microcents microcents,
                                     const std::optional<std::string>& currency);
/// Printable lines of at most `columns` (0: only the text's own line breaks count), broken at
/// spaces where there are any. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

} // namespace exhibit::ctl
