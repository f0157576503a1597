// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// A text without the escapes of JSON strings in it, that knows where each byte came from: of a
/// whole JSON text as of the part of one that was cut, at any depth.
struct Unescaped {
    std::string text;
    std::vector<std::size_t> from; ///< By byte, and the end; empty: each where it was.

    [[nodiscard]] static Unescaped of(std::string_view text) { return {std::string(text), {}}; }
    [[nodiscard]] std::size_t rawAt(std::size_t at) const { return from.empty() ? at : from[at]; }
    /// One level more; false: there is none.
    [[nodiscard]] bool unescape();
};

} // namespace exhibit::report
