// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/traffic_limits.h"

namespace exhibit::server {

/// Requests a minute; 0: no limit.
struct RateLimits {
    std::uint32_t perAddress = limits::kRateAddressDefault;
    std::uint32_t perPerson = limits::kRatePersonDefault;
    std::uint32_t perService = 0;
};

} // namespace exhibit::server
