// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <string>
#include <vector>

namespace exhibit::signer {

/// From here on the process has no network, opens no file, starts no program, leaves no core and
/// swaps nothing out; as root it becomes `nobody`. What the system does not allow (a network
/// namespace, locked memory) is left out and reported: {"seccomp": true, "network_namespace": ...}.
///
/// With `folders` (a token's module reads its files while it signs) it opens files below these and
/// no others, by Landlock, without which that is refused; as root it becomes the account that the
/// first one belongs to.
[[nodiscard]] Result<JsonObject> shutIn(const std::vector<std::string>& folders = {});

/// Tries what is forbidden, and says whether it is: {"open_refused": true, "socket_refused": true}.
[[nodiscard]] JsonObject probe();

} // namespace exhibit::signer
