// SPDX-License-Identifier: Apache-2.0
#include "models/query/lexer.h"
#include "models/query/values.h"

#include <algorithm>

namespace exhibit::query {
namespace {

struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The unquoted run of characters at the cursor; nothing when the cursor is inside or directly
/// behind quotes, where nothing can be completed.
std::optional<Span> tokenAt(std::string_view text, std::size_t cursor)
{
    bool inQuotes = false;
    Span span;
    for (std::size_t at = 0; at < cursor;) {
        const std::size_t space = inQuotes ? 0 : spaceLength(text, at);
        if (text[at] == '"') {
            inQuotes = !inQuotes;
        } else if (inQuotes && text[at] == '\\' && at + 1 < text.size()
                   && (text[at + 1] == '"' || text[at + 1] == '\\')) {
            ++at;
        }
        at += std::max<std::size_t>(space, 1);
        if (space > 0) {
            span.begin = at;
        }
    }
    if (span.begin > cursor || inQuotes) {
        return std::nullopt;
    }
    span.end = cursor;
    while (span.end < text.size() && spaceLength(text, span.end) == 0) {
        ++span.end;
    }
    const auto token = text.substr(span.begin, span.end - span.begin);
    return token.find('"') == std::string_view::npos ? std::optional(span) : std::nullopt;
}

void completeValue(std::vector<Completion>& out,
                   Span span,
                   const std::string& before,
                   const FieldSpec& spec,
                   std::string_view typed)
{
    const std::string prefix = toLower(typed);
    for (const auto value : closedValues(spec.kind)) {
        if (value.starts_with(prefix)) {
            out.push_back({before + std::string(value),
                           std::string(spec.name) + " is " + std::string(value),
                           span.begin,
                           span.end});
        }
    }
    if (!takesComparison(spec.kind) || !typed.empty()) {
        return;
    }
    constexpr std::pair<std::string_view, std::string_view> kOperators[]
        = {{">", "more than"}, {">=", "at least"}, {"<", "less than"}, {"<=", "at most"}};
    for (const auto& [text, label] : kOperators) {
        out.push_back({before + std::string(text), std::string(label), span.begin, span.end});
    }
}

void completeName(std::vector<Completion>& out, Span span, bool negated, std::string_view typed)
{
    const std::string prefix = toLower(typed);
    for (const auto& spec : kFields) {
        if (spec.name.starts_with(prefix)) {
            out.push_back({(negated ? "-" : "") + std::string(spec.name) + ":",
                           std::string(spec.label),
                           span.begin,
                           span.end});
        }
    }
}

/// True when a clause, and not "or", ends before `at`: then "or" may follow.
bool clauseEndsBefore(std::string_view text, std::size_t at)
{
    const auto tokens = tokenize(text.substr(0, at));
    return tokens && !tokens->empty() && tokens->back().kind != TokenKind::Or;
}

} // namespace

std::vector<Completion> complete(std::string_view text, std::size_t cursor)
{
    cursor = std::min(cursor, text.size());
    const auto span = tokenAt(text, cursor);
    if (!span) {
        return {};
    }
    std::string_view typed = text.substr(span->begin, cursor - span->begin);
    const bool negated = typed.starts_with('-');
    typed.remove_prefix(negated ? 1 : 0);
    std::vector<Completion> out;
    const std::size_t colon = typed.find(':');
    if (colon == std::string_view::npos) {
        completeName(out, *span, negated, typed);
        const std::string prefix = toLower(typed);
        if (!negated && std::string_view("or").starts_with(prefix)
            && clauseEndsBefore(text, span->begin)) {
            out.push_back({"or", "Either the one before or the one after", span->begin, span->end});
        }
        return out;
    }
    const FieldSpec* spec = findField(typed.substr(0, colon));
    if (spec != nullptr) {
        const std::string before = (negated ? "-" : "") + std::string(spec->name) + ":";
        completeValue(out, *span, before, *spec, typed.substr(colon + 1));
    }
    return out;
}

} // namespace exhibit::query
