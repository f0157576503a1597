// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/services.h"
#include "server/http/router.h"

namespace exhibit::api {

/// Registers every route of api.md that exists so far.
void addRoutes(http::Router& router, const ApiServices& services);

} // namespace exhibit::api
