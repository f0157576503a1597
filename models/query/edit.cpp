// SPDX-License-Identifier: Apache-2.0
#include "models/query/edit.h"

#include "models/query/lexer.h"
#include "models/query/values.h"

#include <algorithm>

namespace exhibit::query {
namespace {

bool isTime(Field field)
{
    return field == Field::After || field == Field::Before;
}

bool sameKind(Field a, Field b)
{
    return a == b || (isTime(a) && isTime(b));
}

/// True when every clause of the group restricts the field (and so nothing else).
bool concernsOnly(const std::vector<Clause>& group, Field field)
{
    return std::all_of(group.begin(), group.end(), [field](const Clause& clause) {
        return clause.field && sameKind(*clause.field, field);
    });
}

bool isAlternatives(const std::vector<Clause>& group, Field field)
{
    return concernsOnly(group, field) && !isTime(field)
        && std::none_of(
               group.begin(), group.end(), [](const Clause& clause) { return clause.negated; });
}

Clause clauseOf(Field field, const std::string& value, bool negated)
{
    Clause clause;
    clause.field = field;
    clause.negated = negated;
    std::string_view text = value;
    if (takesComparison(specOf(field).kind)) {
        clause.comparison = takeComparison(text);
    }
    if (!readValue(clause, specOf(field), text)) {
        clause.value = text; // A value of newer servers: it is sent as it is.
    }
    return clause;
}

/// Apart from whether they are negated.
bool saysSame(const Clause& a, const Clause& b)
{
    return a.field == b.field && a.comparison == b.comparison && a.value == b.value;
}

Clause timeClause(Field field, UtcTime time)
{
    Clause clause = clauseOf(field, formatTime(time), false); // As short as it can be said.
    clause.time = time;
    return clause;
}

std::string textOf(const Clause& clause)
{
    Clause plain = clause;
    plain.negated = false;
    Query one;
    one.groups.push_back({plain});
    std::string text = print(one);
    if (clause.field) {
        text.erase(0, text.find(':') + 1);
        if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
            text = clause.value;
        }
    }
    return text;
}

Restriction restrictionOf(const std::vector<Clause>& group, std::size_t index)
{
    Restriction result;
    result.groups = {index};
    const Clause& first = group.front();
    const bool alike = std::all_of(group.begin(), group.end(), [&first](const Clause& clause) {
        return clause.negated == first.negated && clause.field == first.field;
    });
    if (!alike || (group.size() > 1 && first.negated)) {
        Query one;
        one.groups.push_back(group);
        result.mixed = true;
        result.values = {print(one)};
        return result;
    }
    if (first.field) {
        result.fields = {*first.field};
    }
    result.negated = first.negated;
    for (const auto& clause : group) {
        result.values.push_back(textOf(clause));
    }
    return result;
}

/// Joins an after and a before into one range.
void joinTimes(std::vector<Restriction>& all)
{
    const auto find = [&all](Field field) {
        return std::find_if(all.begin(), all.end(), [field](const Restriction& one) {
            return !one.negated && one.values.size() == 1 && one.fields.size() == 1
                && one.fields.front() == field;
        });
    };
    const auto from = find(Field::After);
    const auto to = find(Field::Before);
    if (from == all.end() || to == all.end()) {
        return;
    }
    from->fields = {Field::After, Field::Before};
    from->values.push_back(to->values.front());
    from->groups.push_back(to->groups.front());
    all.erase(to);
}

} // namespace

std::vector<Restriction> restrictions(const Query& query)
{
    std::vector<Restriction> all;
    for (std::size_t i = 0; i < query.groups.size(); ++i) {
        all.push_back(restrictionOf(query.groups[i], i));
    }
    joinTimes(all);
    return all;
}

Query withoutGroups(const Query& query, const std::vector<std::size_t>& groups)
{
    Query result;
    for (std::size_t i = 0; i < query.groups.size(); ++i) {
        if (std::find(groups.begin(), groups.end(), i) == groups.end()) {
            result.groups.push_back(query.groups[i]);
        }
    }
    return result;
}

Query withoutField(const Query& query, Field field)
{
    Query result = query;
    std::erase_if(result.groups, [field](const auto& group) { return concernsOnly(group, field); });
    return result;
}

Query withOnly(const Query& query, Field field, const std::string& value)
{
    Query result = withoutField(query, field);
    result.groups.push_back({clauseOf(field, value, false)});
    return result;
}

Query withExcluded(const Query& query, Field field, const std::string& value)
{
    Query result = withRemoved(query, field, value);
    result.groups.push_back({clauseOf(field, value, true)});
    return result;
}

Query withAdded(const Query& query, Field field, const std::string& value)
{
    Query result = query;
    const Clause wanted = clauseOf(field, value, false);
    std::erase_if(result.groups, [&wanted](const auto& group) { // "Not this" ends with "this".
        return group.size() == 1 && group.front().negated && saysSame(group.front(), wanted);
    });
    for (auto& group : result.groups) {
        if (isAlternatives(group, field)) {
            const bool there
                = std::any_of(group.begin(), group.end(), [&wanted](const Clause& clause) {
                      return saysSame(clause, wanted);
                  });
            if (!there) {
                group.push_back(wanted);
            }
            return result;
        }
    }
    result.groups.push_back({wanted});
    return result;
}

Query withRemoved(const Query& query, Field field, const std::string& value)
{
    Query result = query;
    const Clause wanted = clauseOf(field, value, false);
    for (auto& group : result.groups) {
        if (isAlternatives(group, field)) {
            std::erase_if(group,
                          [&wanted](const Clause& clause) { return saysSame(clause, wanted); });
        }
    }
    std::erase_if(result.groups, [](const auto& group) { return group.empty(); });
    return result;
}

Query withRange(const Query& query, UtcTime from, UtcTime to)
{
    Query result = withoutField(query, Field::After);
    result.groups.push_back({timeClause(Field::After, from)});
    result.groups.push_back({timeClause(Field::Before, to)});
    return result;
}

Query withoutRange(const Query& query, UtcTime from, UtcTime to)
{
    Query result = query;
    result.groups.push_back({timeClause(Field::Before, from), timeClause(Field::After, to)});
    return result;
}

bool admits(const Query& query, Field field, const std::string& value)
{
    return std::all_of(query.groups.begin(), query.groups.end(), [&](const auto& group) {
        return !concernsOnly(group, field)
            || std::any_of(group.begin(), group.end(), [&](const Clause& clause) {
                   return (clause.value == value) != clause.negated;
               });
    });
}

std::vector<std::string> chosenValues(const Query& query, Field field)
{
    std::vector<std::string> values;
    for (const auto& group : query.groups) {
        if (isAlternatives(group, field)) {
            for (const auto& clause : group) {
                values.push_back(clause.value);
            }
        }
    }
    return values;
}

} // namespace exhibit::query
