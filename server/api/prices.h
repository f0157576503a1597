// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"

#include <vector>

namespace exhibit::api {

/// GET and POST /admin/prices.
[[nodiscard]] std::vector<ApiRoute> priceRoutes(const SharedServices& services);

} // namespace exhibit::api
