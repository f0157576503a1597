// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace exhibit::ui {

/// One argument for a POSIX shell that stays one argument, whatever it holds.
[[nodiscard]] QString shellQuoted(const QString& text);

} // namespace exhibit::ui
