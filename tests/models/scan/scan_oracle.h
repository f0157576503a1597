// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/scanner.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::scan {

/// What the definitions of the stream guard say of a whole text, worked out with PCRE2's DFA
/// matcher anchored at every start. Slow, and shares nothing with the scanner but the validators.
class ScanOracle {
public:
    struct Pattern {
        PatternSpec spec;
        std::optional<std::size_t> longest;
    };
    struct Interval {
        std::size_t pattern = 0;
        std::size_t start = 0;
        std::size_t end = 0;
        friend auto operator<=>(const Interval&, const Interval&) = default;
    };

    explicit ScanOracle(std::vector<Pattern> patterns);
    ~ScanOracle();
    ScanOracle(const ScanOracle&) = delete;
    ScanOracle& operator=(const ScanOracle&) = delete;

    [[nodiscard]] std::size_t width(std::size_t pattern) const;
    /// For each pattern and end the match with the least start, of those its validator accepts no
    /// wider than W. Sorted.
    [[nodiscard]] std::vector<Interval> leastMatches(std::string_view text) const;
    /// The text with each maximal covered run of the holding patterns replaced by "{index}".
    [[nodiscard]] std::string redacted(std::string_view text) const;
    /// h(n) of the holding patterns for every n; only where a character ends.
    [[nodiscard]] std::vector<std::optional<std::size_t>> settled(std::string_view text) const;

private:
    struct Code;
    [[nodiscard]] std::vector<Interval> allMatches(std::string_view text) const;
    [[nodiscard]] bool counts(const Interval& interval, std::string_view text) const;

    std::vector<Pattern> m_patterns;
    std::vector<std::unique_ptr<Code>> m_codes;
};

/// The start of the character that holds the byte at `offset`.
[[nodiscard]] std::size_t characterStart(std::string_view text, std::size_t offset);

} // namespace exhibit::scan
