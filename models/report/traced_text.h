// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/redactor.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// Bytes of the white space that a text begins with; 0: it begins with something else.
[[nodiscard]] std::size_t blankBytes(std::string_view text);

/// A text as it reads once something is done to it, that knows where each byte came from.
class TracedText {
public:
    explicit TracedText(std::string_view text)
        : m_text(text)
    {
    }

    /// Without the escapes of JSON strings, one level of them: of a whole JSON text as of a part of
    /// one. What a cut left of its last escape is no text. nullopt: there are none.
    [[nodiscard]] std::optional<TracedText> unescaped() const;
    /// With one space for every run of white space.
    [[nodiscard]] TracedText folded() const;
    /// As that pack leaves it.
    [[nodiscard]] TracedText redacted(const scan::RedactionPack& pack) const;

    [[nodiscard]] const std::string& text() const { return m_text; }
    /// Where the byte, or the end, stood in the text that all this was done to.
    [[nodiscard]] std::size_t rawAt(std::size_t at) const
    {
        return m_from.empty() ? at : m_from[at];
    }

private:
    TracedText() = default;
    /// What the bytes of `other` from `begin` to `end` became.
    void add(const TracedText& other, std::size_t begin, std::size_t end, std::string_view bytes);
    /// Those that stay as they are.
    void copy(const TracedText& other, std::size_t begin, std::size_t end);

    std::string m_text;
    std::vector<std::size_t> m_from; ///< By byte, and the end; empty: each where it was.
};

} // namespace exhibit::report
