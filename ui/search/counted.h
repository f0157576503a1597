// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtGlobal>

#include <cstdint>

namespace exhibit::ui {

/// Whether counts are those of the rows beside them.
enum class Counted : std::uint8_t { Yes, NotYet, Failed };

struct Total {
    qint64 count = 0;
    bool isEstimate = false;

    bool operator==(const Total&) const = default;
};

} // namespace exhibit::ui
