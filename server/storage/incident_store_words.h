// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace exhibit::storage {

/// The filters that search tables carry as lexemes beside the words of a row.
enum class FilterLexeme : char {
    Tenant = 't',
    User = 'u',
    Policy = 'p',
    Severity = 's',
    Model = 'm',
    Session = 'e',
    Run = 'r',
    Failure = 'f',
    Tag = 'g', ///< Changes, as does the next one.
    Assignee = 'a',
    // Of calls alone (0006_call_search.sql).
    Project = 'j',
    HttpStatus = 'h',
    Outcome = 'o',
    Decision = 'd',
};

/// "u:alice"; a long value is replaced by its digest, since a lexeme holds 2 kB at most.
[[nodiscard]] std::string lexeme(FilterLexeme filter, std::string_view value);
/// The lexeme as the text form of tsquery, quoted so that any value stays one lexeme.
[[nodiscard]] std::string lexemeQuery(FilterLexeme filter, std::string_view value);

/// Text as its words are indexed and asked for: without angle brackets, since PostgreSQL's parser
/// drops tags and everything between script or style tags.
[[nodiscard]] std::string plainWords(std::string text);

} // namespace exhibit::storage
