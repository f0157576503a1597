// SPDX-License-Identifier: Apache-2.0
#include "models/base/limits.h"
#include "models/query/lexer.h"
#include "models/query/values.h"

#include <fmt/format.h>

#include <algorithm>

namespace exhibit::query {
namespace {

using ReadClause = tl::expected<Clause, QueryError>;

tl::unexpected<QueryError> bad(QueryProblem problem,
                               std::string message,
                               std::size_t begin,
                               std::size_t end,
                               std::string suggestion = {},
                               std::vector<std::string> parts = {})
{
    return tl::make_unexpected(QueryError{
        std::move(message), begin, end, std::move(suggestion), problem, std::move(parts)});
}

/// Every byte of a character beyond ASCII counts as a letter: which of them are, the search knows.
bool isSearchable(std::string_view word)
{
    return std::ranges::any_of(word, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
            || static_cast<unsigned char>(c) >= 0x80;
    });
}

std::vector<std::string> splitWords(std::string_view text)
{
    std::vector<std::string> words;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t space = spaceLength(text, at);
        if (space > 0 && begin < at) {
            words.emplace_back(text.substr(begin, at - begin));
        }
        at += std::max<std::size_t>(space, 1);
        begin = space > 0 ? at : begin;
    }
    if (begin < text.size()) {
        words.emplace_back(text.substr(begin));
    }
    return words;
}

std::string acceptedFields()
{
    std::string names;
    for (const auto& spec : kFields) {
        names += (names.empty() ? "" : ", ") + std::string(spec.name);
    }
    return names;
}

class Parser {
public:
    explicit Parser(std::string_view text)
        : m_text(text)
    {
    }

    tl::expected<Query, QueryError> run();

private:
    [[nodiscard]] ReadClause readText(const Token& token) const;
    [[nodiscard]] ReadClause readFilter(const Token& token, const Token* following) const;
    [[nodiscard]] QueryError unknownField(const Token& token) const;
    [[nodiscard]] std::string_view source(const Token& token) const
    {
        return m_text.substr(token.begin, token.end - token.begin);
    }

    std::string_view m_text;
};

Clause clauseOf(const Token& token)
{
    Clause clause;
    clause.negated = token.negated;
    clause.comparison = token.comparison;
    clause.begin = token.begin;
    clause.end = token.end;
    return clause;
}

tl::expected<Query, QueryError> Parser::run()
{
    const auto tokens = tokenize(m_text);
    if (!tokens) {
        return tl::make_unexpected(tokens.error());
    }
    Query query;
    std::size_t terms = 0;
    bool joins = false;
    for (std::size_t i = 0; i < tokens->size(); ++i) {
        const Token& token = (*tokens)[i];
        const Token* following = i + 1 < tokens->size() ? &(*tokens)[i + 1] : nullptr;
        if (token.kind == TokenKind::Or) {
            if (i == 0 || joins || following == nullptr) {
                return bad(QueryProblem::LoneOr,
                           "“or” stands between two words, phrases or filters; in quotes it is a "
                           "word.",
                           token.begin,
                           token.end,
                           quoted(source(token)));
            }
            joins = true;
            continue;
        }
        auto clause
            = token.kind == TokenKind::Filter ? readFilter(token, following) : readText(token);
        if (!clause) {
            return tl::make_unexpected(std::move(clause).error());
        }
        terms += std::max<std::size_t>(1, clause->words.size());
        if (terms > limits::kQueryTermsMax) {
            return bad(QueryProblem::TooManyTerms,
                       fmt::format("The query has more than {} words and filters.",
                                   limits::kQueryTermsMax),
                       token.begin,
                       m_text.size(),
                       {},
                       {std::to_string(limits::kQueryTermsMax)});
        }
        if (!joins) {
            query.groups.emplace_back();
        }
        query.groups.back().push_back(*std::move(clause));
        joins = false;
    }
    return query;
}

ReadClause Parser::readText(const Token& token) const
{
    Clause clause = clauseOf(token);
    clause.words = token.quoted ? splitWords(token.text) : std::vector<std::string>{token.text};
    if (clause.words.empty()) {
        return bad(QueryProblem::EmptyPhrase, "The phrase is empty.", token.begin, token.end);
    }
    if (std::ranges::none_of(clause.words, isSearchable)) {
        return bad(QueryProblem::NothingToFind,
                   "There is no letter and no digit to search for.",
                   token.begin,
                   token.end);
    }
    return clause;
}

QueryError Parser::unknownField(const Token& token) const
{
    const auto close = nearestField(token.name);
    if (!close.empty()) {
        return {fmt::format("There is no field “{}”; did you mean “{}”?", token.name, close),
                token.nameBegin,
                token.nameBegin + token.name.size(),
                std::string(close),
                QueryProblem::MistypedField,
                {std::string(token.name), std::string(close)}};
    }
    const auto text = m_text.substr(token.nameBegin, token.end - token.nameBegin);
    const bool plain = !token.quoted;
    return {fmt::format("There is no field “{}”; fields are {}. Text with a colon goes in quotes.",
                        token.name,
                        acceptedFields()),
            token.nameBegin,
            token.end,
            plain ? quoted(text) : std::string(),
            QueryProblem::UnknownField,
            {std::string(token.name), acceptedFields()}};
}

ReadClause Parser::readFilter(const Token& token, const Token* following) const
{
    const FieldSpec* spec = findField(token.name);
    if (spec == nullptr) {
        return tl::make_unexpected(unknownField(token));
    }
    if (token.text.empty()) {
        const bool joinable = following != nullptr && !following->negated && !token.quoted
            && (following->kind == TokenKind::Word || following->kind == TokenKind::Phrase);
        if (!joinable) {
            return bad(QueryProblem::NoValue,
                       fmt::format("{}: needs a value.", spec->name),
                       token.begin,
                       token.end,
                       {},
                       {std::string(spec->name)});
        }
        return bad(QueryProblem::ValueApart,
                   fmt::format("{}: needs its value directly after it.", spec->name),
                   token.begin,
                   following->end,
                   std::string(source(token)) + std::string(source(*following)),
                   {std::string(spec->name)});
    }
    if (token.comparison != Comparison::Equal && !takesComparison(spec->kind)) {
        const auto value = m_text.substr(token.nameBegin + token.name.size() + 1,
                                         token.end - token.nameBegin - token.name.size() - 1);
        return bad(QueryProblem::NoComparison,
                   fmt::format("{}: takes no comparison; cost and latency do.", spec->name),
                   token.nameBegin + token.name.size() + 1,
                   token.end,
                   spec->kind == ValueKind::Text && !token.quoted ? quoted(value) : token.text,
                   {std::string(spec->name)});
    }
    Clause clause = clauseOf(token);
    clause.field = spec->field;
    if (auto read = readValue(clause, *spec, token.text); !read) {
        auto& error = read.error();
        return bad(error.problem,
                   std::move(error.message),
                   token.valueBegin,
                   token.end,
                   std::move(error.suggestion),
                   std::move(error.parts));
    }
    return clause;
}

} // namespace

tl::expected<Query, QueryError> parse(std::string_view text)
{
    if (text.size() > limits::kQueryBytesMax) {
        return bad(QueryProblem::TooLong,
                   fmt::format("The query is longer than {} bytes.", limits::kQueryBytesMax),
                   limits::kQueryBytesMax,
                   text.size(),
                   {},
                   {std::to_string(limits::kQueryBytesMax)});
    }
    return Parser(text).run();
}

} // namespace exhibit::query
