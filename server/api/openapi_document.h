// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace exhibit::api {

/// resources/openapi.json, as it was when the program was built.
[[nodiscard]] std::string_view openApiDocument();

} // namespace exhibit::api
