// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/code_point_set.h"

#include <string>
#include <string_view>

namespace exhibit::scan {

/// Reads a pattern from left to right: the characters, escapes and classes of the dialect.
class PatternReader {
public:
    explicit PatternReader(std::string_view pattern)
        : m_pattern(pattern)
    {
    }

    [[nodiscard]] bool atEnd() const { return m_offset == m_pattern.size(); }
    [[nodiscard]] std::size_t offset() const { return m_offset; }
    [[nodiscard]] std::string_view rest() const { return m_pattern.substr(m_offset); }
    [[nodiscard]] bool startsWith(std::string_view text) const { return rest().starts_with(text); }
    /// Consumes `text` when it stands next.
    bool take(std::string_view text);

    /// What one character, `.`, escape or class matches; with `caseless` in both ASCII cases.
    [[nodiscard]] Result<CodePointSet> characters(bool caseless);
    /// Decimal digits; empty when none stand next. Saturates far above every limit.
    [[nodiscard]] std::optional<std::uint32_t> number();

    /// A refusal of what stands at `offset`.
    [[nodiscard]] static tl::unexpected<Error> refuse(std::string_view what, std::size_t offset);

private:
    Result<CodePointSet> literal();
    Result<CodePointSet> escape();
    Result<CodePointSet> hexadecimal(std::size_t begin);
    Result<CodePointSet> characterClass(bool caseless);
    Result<CodePointSet> classItem();
    Result<CodePointSet> classRange(const CodePointSet& first, std::size_t begin);

    std::string_view m_pattern;
    std::size_t m_offset = 0;
};

} // namespace exhibit::scan
