// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/session.h"

namespace exhibit::ctl {

/// Writes what was exported and prints its size and SHA-256. The exit code.
[[nodiscard]] int writeOutput(Session& session, const Bytes& bytes, const std::string& file);

} // namespace exhibit::ctl
