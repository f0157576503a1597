// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/exhibitd_process.h"

namespace exhibit::demo {

/// For programs: prints {"ready","key_file"} and stays until standard input closes or SIGTERM
/// comes. A gateway that ends meanwhile is started again on the same port and data: {"restarting"},
/// and
/// {"ready"} again.
[[nodiscard]] Result<void> stay(test::Exhibitd& server, const std::filesystem::path& dataDir);

} // namespace exhibit::demo
