// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

namespace exhibit::server {

/// From now on log messages pass the redaction that ships with the program: personal data and
/// secrets, but for the addresses of machines, which an operator looks for.
[[nodiscard]] Result<void> redactLog();

} // namespace exhibit::server
