// SPDX-License-Identifier: Apache-2.0
// Alone, because the kernel's header, which has the field, and the C library's exclude each other.
#include "server/gateway/tcp_progress.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace exhibit::gateway {

std::optional<std::uint64_t> acknowledgedBytes(int socket)
{
    tcp_info info{};
    socklen_t size = sizeof(info);
    const bool known = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0
        && size >= offsetof(tcp_info, tcpi_bytes_acked) + sizeof(info.tcpi_bytes_acked);
    return known ? std::optional<std::uint64_t>(info.tcpi_bytes_acked) : std::nullopt;
}

} // namespace exhibit::gateway
