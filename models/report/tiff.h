// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/bytes.h"
#include "models/base/result.h"

#include <cstdint>

namespace exhibit::report {

/// A bitmap of one bit a pixel, rows padded to bytes, the leftmost pixel in the highest bit, 1 is
/// black.
struct Bitmap {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t dotsPerInch = 0;
    Bytes rows;
};

/// A TIFF of one page, CCITT Group 4, without dates: the same bitmap gives the same bytes.
[[nodiscard]] Result<Bytes> writeTiff(Bitmap bitmap);

} // namespace exhibit::report
