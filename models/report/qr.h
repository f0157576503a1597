// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/report/document.h"

namespace exhibit::report {

/// The text as a QR code of error level M, without its quiet zone. TooLarge when it does not fit.
[[nodiscard]] Result<Code> makeCode(const std::string& text);

} // namespace exhibit::report
