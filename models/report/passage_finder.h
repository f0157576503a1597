// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/traced_text.h"

#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

namespace exhibit::report {

/// Bytes of a text, and which passage stands there.
struct PassageRange {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t passage = 0;
};

/// Finds passages in texts: as they are written but for white space, escaped as in JSON to any
/// usual depth, with placeholders for what a policy redacted in them or without those that they
/// were copied with, and in part where a text was cut.
class PassageFinder {
public:
    explicit PassageFinder(const std::vector<std::string>& passages);
    /// Texts may have been redacted with it before they were recorded, and passages before they
    /// were copied.
    void addRedaction(const scan::RedactionPack& pack);

    /// All of them; they may overlap.
    [[nodiscard]] std::vector<PassageRange> find(std::string_view text) const;
    /// Those alone that stand there as a whole.
    [[nodiscard]] std::vector<PassageRange> findWhole(std::string_view text) const;
    /// Those that the text, one of several in a row, is a part of.
    [[nodiscard]] std::vector<PassageRange> findAround(std::string_view text) const;
    /// Whether more of a passage stays than anyone could tell where that pack redacts it.
    [[nodiscard]] bool staysWhereRedacted(std::size_t passage,
                                          const scan::RedactionPack& pack) const;

private:
    struct Form {
        std::string text;
        std::size_t passage = 0;
    };
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    struct Aligned {
        std::size_t end = 0; ///< In the text.
        std::size_t literal = 0; ///< Bytes that tell something.
    };

    template <class Search>
    [[nodiscard]] std::vector<PassageRange> atEachDepth(std::string_view text,
                                                        const Search& search) const;
    void addForm(std::string_view text, std::size_t passage);
    void findForms(std::string_view text, std::vector<PassageRange>& found) const;
    void findAtEdges(std::string_view text, std::vector<PassageRange>& found) const;
    void findAroundPlaceholders(std::string_view text, std::vector<PassageRange>& found) const;
    [[nodiscard]] std::vector<Span> placeholdersIn(std::string_view text) const;
    [[nodiscard]] std::size_t placeholderAt(std::string_view rest) const;
    [[nodiscard]] static Aligned align(std::string_view text,
                                       const std::vector<Span>& holes,
                                       std::size_t first,
                                       std::string_view passage,
                                       std::size_t before);

    std::vector<std::string> m_written;
    std::vector<std::string> m_passages; ///< The same, with their white space folded.
    std::vector<Form> m_forms;
    std::array<std::vector<std::size_t>, 256> m_byFirst; ///< Forms, by what they begin with.
    std::vector<std::string> m_placeholders;
    std::bitset<256> m_opens; ///< What a placeholder begins with.
    std::vector<scan::RedactionPack> m_seen; ///< With a placeholder that stands in a passage.
};

} // namespace exhibit::report
