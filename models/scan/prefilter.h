// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/dialect.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace exhibit::scan {

/// Byte sets that stand in a row in every match of a pattern, or in every match of one branch of
/// it.
struct Window {
    static constexpr std::size_t kBytes = 8;
    std::array<ByteSet, kBytes> bytes; ///< All bytes where the match may have ended.
    std::uint32_t before = 0; ///< A match begins at most so many bytes before its window.
};

/// Windows of which every match of the pattern holds at least one: those that ordinary text is
/// least likely to hold. Empty: there are none near enough to the start of a match.
[[nodiscard]] std::vector<Window> requiredWindows(const ParsedPattern& pattern);

/// Finds the places of a text near which matches may be, faster than an automaton reads it. What it
/// passes over holds the start of no match.
class Prefilter {
public:
    struct Hit {
        std::size_t offset = 0; ///< Of the window.
        std::uint32_t before = 0;
    };

    /// Of an ordinary text the automaton would read about so much because of the windows; above it,
    /// it alone is faster.
    static constexpr double kCostMax = 0.7;

    /// More are not worth the time it takes to divide them into buckets.
    static constexpr std::size_t kWindowsMax = 4096;
    /// What is tested at every byte; the rest only where that stands.
    static constexpr std::size_t kTestedBytes = 4;

    /// Empty when there are no windows, too many, or too common ones.
    [[nodiscard]] static std::optional<Prefilter> build(std::vector<Window> windows,
                                                        double costMax = kCostMax);

    /// The first hit that begins at `from` or behind it and lies in the text as a whole.
    [[nodiscard]] std::optional<Hit> find(std::string_view text, std::size_t from) const;
    /// The most that any hit has before it.
    [[nodiscard]] std::uint32_t beforeMax() const { return m_beforeMax; }

private:
    static constexpr std::size_t kBuckets = 64;

    [[nodiscard]] std::optional<Hit> check(std::string_view text,
                                           std::size_t offset,
                                           std::uint64_t buckets) const;

    /// By place in the window and byte: the buckets whose windows may have it there.
    std::array<std::array<std::uint64_t, 256>, kTestedBytes> m_buckets{};
    std::array<std::vector<Window>, kBuckets> m_windows; ///< The one with most before it first.
    std::uint32_t m_beforeMax = 0;
};

} // namespace exhibit::scan
