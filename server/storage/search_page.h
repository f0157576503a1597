// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the pages of all searches have in common.
namespace exhibit::storage {

struct SearchTotal {
    std::int64_t count = 0;
    bool isEstimate = false; ///< Beyond limits::kExactTotalMax.
};

/// A page as far as its total is concerned.
struct PageOutline {
    std::int64_t rows = 0;
    bool hasNext = false;
    bool isFirst = false; ///< It follows no cursor.
    std::int64_t offset = 0;
    std::optional<SearchTotal> known; ///< From an earlier page: not counted again.
};

/// `countAll` is asked only when the page itself does not tell.
template <class Count>
[[nodiscard]] Result<SearchTotal> totalOf(const PageOutline& page, Count countAll)
{
    if (page.known) {
        return *page.known;
    }
    if (!page.hasNext && page.isFirst && (page.rows > 0 || page.offset == 0)) {
        return SearchTotal{page.rows + page.offset, false};
    }
    EXHIBIT_TRY(SearchTotal total, countAll());
    if (page.rows > 0) {
        // An estimate knows less than the page that was found.
        total.count = std::max(total.count, page.rows + page.offset + (page.hasNext ? 1 : 0));
    }
    return total;
}

/// Options of ts_headline: a short text is shown whole, of a long one the parts around the words.
inline constexpr std::string_view kWholeText = "StartSel=\x02, StopSel=\x03, HighlightAll=true";
inline constexpr std::string_view kFragments
    = "StartSel=\x02, StopSel=\x03, MaxFragments=2, MaxWords=30, MinWords=8, "
      "FragmentDelimiter=\" … \"";
/// SQL for the excerpt of a column around w.words; `whole` and `fragments` are the parameters with
/// the options above ("$6").
[[nodiscard]] std::string headlineExpression(std::string_view column,
                                             std::string_view whole,
                                             std::string_view fragments);

/// What ts_headline made as HTML: its marks are U+0002 and U+0003, U+0004 and U+0005 stand for the
/// angle brackets (the parser would skip what stands between script tags).
[[nodiscard]] std::string markedHtml(std::string_view headline);
/// Appends the excerpt, unless no word was found in it.
void addHighlight(std::vector<std::string>& highlights, std::string_view headline);

} // namespace exhibit::storage
