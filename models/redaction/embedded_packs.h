// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace exhibit::redaction {

/// The policy packs of resources/policies that redaction uses, as JSON.
[[nodiscard]] std::array<std::string_view, 2> embeddedPacks();

} // namespace exhibit::redaction
