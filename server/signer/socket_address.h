// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/local_file.h"

#include <sys/socket.h>
#include <sys/un.h>

namespace exhibit::signer {

/// The address of a Unix socket whose path may be longer than an address holds: its folder is
/// opened and named through /proc. Valid as long as the object lives.
struct SocketAddress {
    spool::FileDescriptor folder;
    sockaddr_un address{};

    [[nodiscard]] static Result<SocketAddress> of(const std::filesystem::path& socket);
    [[nodiscard]] const sockaddr* get() const
    {
        return reinterpret_cast<const sockaddr*>(&address);
    }
};

} // namespace exhibit::signer
