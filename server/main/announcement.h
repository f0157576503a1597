// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/secret.h"

#include <cstdint>
#include <string>

namespace exhibit::server {

struct Announcement {
    const std::string& address;
    std::uint16_t port = 0;
    const Secret& newAdminKey; ///< Empty: there is one already.
};
/// Tells whoever started the server, as lines of JSON on standard output, where it listens, and
/// this once the first key.
void announce(const Announcement& announcement);

} // namespace exhibit::server
