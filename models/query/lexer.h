// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/query/query.h"

#include <string>
#include <string_view>
#include <vector>

namespace exhibit::query {

enum class TokenKind : std::uint8_t { Word, Phrase, Filter, Or };

struct Token {
    TokenKind kind = TokenKind::Word;
    bool negated = false;
    std::string name; ///< Of a filter, as typed; not known to be a field yet.
    Comparison comparison = Comparison::Equal;
    std::string text; ///< Word, phrase or value, escapes undone.
    bool quoted = false; ///< The text stood in quotes.
    std::size_t begin = 0; ///< With the minus.
    std::size_t nameBegin = 0;
    std::size_t valueBegin = 0; ///< With the quote.
    std::size_t end = 0;
};

/// Splits a query. Refuses what is no text at all: bad UTF-8, control characters, open quotes.
[[nodiscard]] tl::expected<std::vector<Token>, QueryError> tokenize(std::string_view text);

/// Takes the operator that `text` begins with, ">=" and the like; Equal where there is none.
[[nodiscard]] Comparison takeComparison(std::string_view& text);

/// Length in bytes of the white space character at `at` (Unicode's White_Space and the byte
/// order mark), 0 if it is none.
[[nodiscard]] std::size_t spaceLength(std::string_view text, std::size_t at);
/// True when `text`, unquoted, is read as this one word.
[[nodiscard]] bool isPlainWord(std::string_view text);
/// True when `text`, unquoted, is read as this one value of a filter.
[[nodiscard]] bool isPlainValue(std::string_view text);
[[nodiscard]] std::string quoted(std::string_view text);

} // namespace exhibit::query
