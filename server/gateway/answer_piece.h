// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace exhibit::gateway {

/// A string of the answer as a piece of its channel's text.
struct AnswerPiece {
    std::size_t node = 0;
    bool isName = false; ///< The name of the member at `node`.
    bool isRaw = false; ///< The JSON of the value itself.
    std::size_t channel = 0;
    std::size_t begin = 0; ///< Bytes of the channel's decoded text.
    std::size_t end = 0;
    /// Of a character whose halves stand in two pieces the bytes count in the later one.
    std::uint16_t headHigh = 0; ///< The first half of what it begins with, in the piece before it;
    std::uint16_t headLow = 0; ///< and the second one; 0: none came.
    std::uint16_t tailHigh = 0; ///< The half that it ends with.
};

} // namespace exhibit::gateway
