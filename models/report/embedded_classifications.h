// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace exhibit::report {

/// resources/mappings/classifications.json, as it was when the program was built.
extern const std::string_view kClassificationLists;

} // namespace exhibit::report
