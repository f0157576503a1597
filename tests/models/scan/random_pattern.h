// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/pattern_set.h"

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace exhibit::scan {

/// A seeded source of choices.
class Dice {
public:
    explicit Dice(std::uint64_t seed)
        : m_engine(seed)
    {
    }
    /// From 0 to `count` - 1.
    std::size_t below(std::size_t count) { return m_engine() % count; }
    bool oneIn(std::size_t count) { return below(count) == 0; }

private:
    std::mt19937_64 m_engine;
};

struct RandomPattern {
    PatternSpec spec;
    std::optional<std::size_t> longest; ///< Bytes of its longest match, worked out while making it.
    /// Texts in the pattern's language, edge conditions aside.
    std::vector<std::string> samples;
};

/// A pattern over a small alphabet, so that matches overlap often. It may match the empty text.
[[nodiscard]] RandomPattern randomPattern(Dice& dice);

/// A text over the same alphabet, with whole and truncated samples of the patterns planted in it.
[[nodiscard]] std::string randomText(Dice& dice, const std::vector<RandomPattern>& patterns);

} // namespace exhibit::scan
