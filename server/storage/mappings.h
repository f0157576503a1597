// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

namespace exhibit::storage {

/// A file of resources/mappings, which is part of the program: what a law or an authority asks for.
[[nodiscard]] Result<Json> readMapping(std::string_view name);

} // namespace exhibit::storage
