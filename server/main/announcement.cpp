// SPDX-License-Identifier: Apache-2.0
#include "server/main/announcement.h"

#include "server/ops/log.h"

#include <cstdio>

namespace exhibit::server {

void announce(const Announcement& announcement)
{
    const auto& address = announcement.address;
    const auto host = address.find(':') == std::string::npos ? address : "[" + address + "]";
    if (!announcement.newAdminKey.empty()) {
        // Printed this once; it stays in DIR/admin.key.
        std::printf("{\"admin_key\":\"%s\"}\n", announcement.newAdminKey.expose().c_str());
    }
    std::printf("{\"listening\":\"%s:%u\"}\n", host.c_str(), unsigned{announcement.port});
    std::fflush(stdout);
    ops::logInfo("serving on {}:{}", host, announcement.port);
}

} // namespace exhibit::server
