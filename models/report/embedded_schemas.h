// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace exhibit::report {

/// resources/schemas, as they were when the program was built.
extern const std::array<std::string_view, 6> kSchemaTexts;

} // namespace exhibit::report
