// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/vocabulary.h"

#include <ostream>
#include <string>
#include <string_view>

namespace exhibit::ctl {

enum class Paint : std::uint8_t { Plain, Bold, Dim, Red, BoldRed, Yellow, Green, Cyan };

/// Where results go. Colours only repeat what words say, and only on a terminal.
struct Output {
    std::ostream& stream;
    bool colour = false;
    std::size_t columns = 0; ///< 0: not a terminal, nothing is cut or wrapped.

    /// The text in that colour; its characters must be printable already.
    [[nodiscard]] std::string paint(Paint paint, std::string_view text) const;
};

/// Standard output: colours on a terminal, unless NO_COLOR is set or TERM is dumb.
[[nodiscard]] Output standardOutput();
[[nodiscard]] bool standardErrorIsTerminal();

[[nodiscard]] Paint paintOf(domain::Severity severity);
[[nodiscard]] Paint paintOf(domain::StepStatus status);

} // namespace exhibit::ctl
