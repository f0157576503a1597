// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/scan/redactor.h"

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

/// Finds passages in texts: as they are written, escaped as in JSON to any usual depth, with
/// placeholders for what a policy redacted in them, and in part where a text was cut.
class PassageFinder {
public:
    explicit PassageFinder(const std::vector<std::string>& passages);
    /// Texts may have been redacted with it before they were recorded.
    void addRedaction(const scan::RedactionPack& pack);

    /// All of them; they may overlap.
    [[nodiscard]] std::vector<PassageRange> find(std::string_view text) const;
    /// Those alone of which every byte stands there.
    [[nodiscard]] std::vector<PassageRange> findAll(std::string_view text) const;
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
    [[nodiscard]] static std::vector<PassageRange> atEachDepth(std::string_view text,
                                                               Search search);
    void addForm(std::string text, std::size_t passage);
    void findWhole(std::string_view text, std::vector<PassageRange>& found) const;
    void findAtEdges(std::string_view text, std::vector<PassageRange>& found) const;
    void findAroundPlaceholders(std::string_view text, std::vector<PassageRange>& found) const;
    [[nodiscard]] std::vector<Span> placeholdersIn(std::string_view text) const;
    [[nodiscard]] std::size_t placeholderAt(std::string_view rest) const;
    [[nodiscard]] static Aligned align(std::string_view text,
                                       const std::vector<Span>& holes,
                                       std::size_t first,
                                       std::string_view passage,
                                       std::size_t before);

    std::vector<std::string> m_passages;
    std::vector<Form> m_forms;
    std::array<std::vector<std::size_t>, 256> m_byFirst; ///< Forms, by what they begin with.
    std::vector<std::string> m_placeholders;
    std::bitset<256> m_opens; ///< What a placeholder begins with.
};

} // namespace exhibit::report
