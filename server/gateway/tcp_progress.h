// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace exhibit::gateway {

/// How many bytes that were written to a TCP socket its peer has acknowledged so far (Linux,
/// TCP_INFO, tcpi_bytes_acked); nullopt when nobody can say.
[[nodiscard]] std::optional<std::uint64_t> acknowledgedBytes(int socket);

} // namespace exhibit::gateway
