// SPDX-License-Identifier: Apache-2.0
#include "models/query/fields.h"
#include "models/query/lexer.h"

namespace exhibit::query {
namespace {

std::string_view operatorText(Comparison comparison)
{
    switch (comparison) {
    case Comparison::Equal:
        return "";
    case Comparison::Less:
        return "<";
    case Comparison::LessOrEqual:
        return "<=";
    case Comparison::Greater:
        return ">";
    case Comparison::GreaterOrEqual:
        return ">=";
    }
    return "";
}

std::string printClause(const Clause& clause)
{
    std::string out = clause.negated ? "-" : "";
    if (clause.field) {
        out += specOf(*clause.field).name;
        out += ':';
        out += operatorText(clause.comparison);
        return out + (isPlainValue(clause.value) ? clause.value : quoted(clause.value));
    }
    std::string text;
    for (const auto& word : clause.words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return out + (clause.words.size() == 1 && isPlainWord(text) ? text : quoted(text));
}

} // namespace

std::string print(const Query& query)
{
    std::string out;
    for (const auto& group : query.groups) {
        std::string_view separator = out.empty() ? "" : " ";
        for (const auto& clause : group) {
            out += separator;
            out += printClause(clause);
            separator = " or ";
        }
    }
    return out;
}

} // namespace exhibit::query
