// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit {

/// Bytes travel as std::string / std::string_view, as in the libraries around us.
using Bytes = std::string;
using BytesView = std::string_view;

[[nodiscard]] inline std::span<const std::uint8_t> asSpan(BytesView bytes)
{
    return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}
template <std::size_t N>
[[nodiscard]] BytesView asView(const std::array<std::uint8_t, N>& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), N};
}

/// Lower-case hex.
[[nodiscard]] std::string toHex(BytesView bytes);
[[nodiscard]] Result<Bytes> fromHex(std::string_view hex);

/// True when both are equal; takes the same time wherever they differ.
[[nodiscard]] bool equalInConstantTime(BytesView a, BytesView b) noexcept;

[[nodiscard]] bool isValidUtf8(BytesView bytes) noexcept;
/// The last position <= at that does not cut a UTF-8 character in two.
[[nodiscard]] std::size_t characterStart(BytesView text, std::size_t at) noexcept;

} // namespace exhibit
