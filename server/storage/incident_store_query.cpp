// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_store_query.h"

#include "server/storage/incident_store_words.h"

#include <algorithm>
#include <limits>
#include <set>

namespace exhibit::storage {
namespace {

using domain::IncidentStatus;
using query::Clause;
using query::Comparison;
using query::Field;

/// Least and most, both inclusive.
struct Range {
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;

    void narrow(const Range& other)
    {
        if (other.least) {
            least = std::max(least.value_or(*other.least), *other.least);
        }
        if (other.most) {
            most = std::min(most.value_or(*other.most), *other.most);
        }
    }
};

Range rangeOf(Comparison comparison, std::int64_t number)
{
    constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
    constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
    switch (comparison) {
    case Comparison::Equal:
        return {number, number};
    case Comparison::Less:
        return {{}, number == kLeast ? number : number - 1};
    case Comparison::LessOrEqual:
        return {{}, number};
    case Comparison::Greater:
        return {number == kMost ? number : number + 1, {}};
    case Comparison::GreaterOrEqual:
        return {number, {}};
    }
    return {};
}

Comparison opposite(Comparison comparison)
{
    switch (comparison) {
    case Comparison::Less:
        return Comparison::GreaterOrEqual;
    case Comparison::LessOrEqual:
        return Comparison::Greater;
    case Comparison::Greater:
        return Comparison::LessOrEqual;
    case Comparison::GreaterOrEqual:
        return Comparison::Less;
    case Comparison::Equal:
        break;
    }
    return Comparison::Equal;
}

std::optional<FilterLexeme> lexemeOf(Field field)
{
    switch (field) {
    case Field::User:
        return FilterLexeme::User;
    case Field::Session:
        return FilterLexeme::Session;
    case Field::Run:
        return FilterLexeme::Run;
    case Field::Severity:
        return FilterLexeme::Severity;
    case Field::Policy:
        return FilterLexeme::Policy;
    case Field::Model:
        return FilterLexeme::Model;
    case Field::Status:
    case Field::After:
    case Field::Before:
    case Field::Cost:
    case Field::Latency:
        break;
    }
    return std::nullopt;
}

/// Decided by the words and lexemes of the row alone.
bool isIndexed(const Clause& clause)
{
    return !clause.field || lexemeOf(*clause.field);
}

std::set<IncidentStatus> allStatuses()
{
    std::set<IncidentStatus> all;
    for (const auto& [status, name] : EnumNames<IncidentStatus>::kNames) {
        all.insert(status);
    }
    return all;
}

Json bounds(const Range& range)
{
    return JsonArray{range.least ? Json(*range.least) : Json(nullptr),
                     range.most ? Json(*range.most) : Json(nullptr)};
}

class Compiler {
public:
    Compiler(TenantId tenant, const IncidentSearch& search, Parameters& parameters)
        : m_tenant(tenant)
        , m_search(search)
        , m_parameters(parameters)
    {
    }

    SearchExpressions compile()
    {
        for (const auto& group : m_search.query.groups) {
            addGroup(group);
        }
        addMembers();
        SearchExpressions result;
        if (!m_text.empty()) {
            result.text = lexemeExpression(FilterLexeme::Tenant, m_tenant.text());
            for (const auto& part : m_text) {
                result.text += " && " + part;
            }
        }
        for (const auto& words : m_positiveWords) {
            result.headline
                = m_positiveWords.front() == words ? words : result.headline + " || " + words;
        }
        result.impossible = m_statuses.empty();
        result.filters = filterArguments();
        return result;
    }

private:
    std::string add(Parameter parameter, std::string_view type)
    {
        m_parameters.push_back(std::move(parameter));
        return '$' + std::to_string(m_parameters.size()) + "::" + std::string(type);
    }

    std::string lexemeExpression(FilterLexeme filter, std::string_view value)
    {
        return add(lexemeQuery(filter, value), "tsquery");
    }

    std::string textExpression(const Clause& clause)
    {
        if (clause.field) {
            return lexemeExpression(*lexemeOf(*clause.field), clause.value);
        }
        std::string text;
        for (const auto& word : clause.words) {
            text += (text.empty() ? "" : " ") + word;
        }
        auto expression = "phraseto_tsquery('exhibit_text'::regconfig, "
            + add(plainWords(std::move(text)), "text") + ')';
        if (!clause.negated) {
            m_positiveWords.push_back(expression);
        }
        return expression;
    }

    void addGroup(const std::vector<Clause>& group)
    {
        if (std::all_of(group.begin(), group.end(), isIndexed)) {
            std::string any;
            for (const auto& clause : group) {
                any += (any.empty() ? "" : " || ") + std::string(clause.negated ? "!!" : "") + '('
                    + textExpression(clause) + ')';
            }
            m_text.push_back('(' + any + ')');
        } else if (group.size() != 1 || !addColumn(group.front())) {
            addMixed(group);
        }
    }

    /// A condition of its own on a column; false when it cannot be said as one range or set.
    bool addColumn(const Clause& clause)
    {
        switch (*clause.field) {
        case Field::Status: {
            const auto status = parseEnum<IncidentStatus>(clause.value);
            std::erase_if(m_statuses, [&](IncidentStatus candidate) {
                return (status && candidate == *status) == clause.negated;
            });
            return true;
        }
        case Field::After:
        case Field::Before:
            if ((*clause.field == Field::After) != clause.negated) {
                m_from = std::max(m_from.value_or(clause.time), clause.time);
            } else {
                m_to = std::min(m_to.value_or(clause.time), clause.time);
            }
            return true;
        case Field::Cost:
        case Field::Latency: {
            if (clause.negated && clause.comparison == Comparison::Equal) {
                return false;
            }
            const auto comparison
                = clause.negated ? opposite(clause.comparison) : clause.comparison;
            (*clause.field == Field::Cost ? m_cost : m_latency)
                .narrow(rangeOf(comparison, clause.number));
            return true;
        }
        default:
            return false;
        }
    }

    /// One clause as search_groups_hold reads it.
    std::string mixedClause(const Clause& clause)
    {
        if (isIndexed(clause)) {
            return "jsonb_build_object('not', " + add(clause.negated, "boolean") + ", 'q', ("
                + textExpression(clause) + ")::text)";
        }
        JsonObject object{{"not", clause.negated}};
        switch (*clause.field) {
        case Field::Status:
            object.emplace("status", clause.value);
            break;
        case Field::Cost:
            object.emplace("cost", bounds(rangeOf(clause.comparison, clause.number)));
            break;
        case Field::Latency:
            object.emplace("latency", bounds(rangeOf(clause.comparison, clause.number)));
            break;
        case Field::After:
            object.emplace("at", JsonArray{formatTime(clause.time), nullptr});
            break;
        default:
            object.emplace("at", JsonArray{nullptr, formatTime(clause.time)});
            break;
        }
        return add(Json(std::move(object)), "jsonb");
    }

    void addMixed(const std::vector<Clause>& group)
    {
        std::string clauses;
        for (const auto& clause : group) {
            clauses += (clauses.empty() ? "" : ", ") + mixedClause(clause);
        }
        m_groups += (m_groups.empty() ? "" : ", ") + ("jsonb_build_array(" + clauses + ')');
    }

    void addLexeme(FilterLexeme filter, const std::optional<std::string>& value)
    {
        if (value) {
            m_text.push_back(lexemeExpression(filter, *value));
        }
    }

    /// The parameters beside the query.
    void addMembers()
    {
        addLexeme(FilterLexeme::User, m_search.userId);
        addLexeme(FilterLexeme::Session, m_search.sessionId);
        addLexeme(FilterLexeme::Run, m_search.runId);
        addLexeme(FilterLexeme::Policy, m_search.policyId);
        addLexeme(FilterLexeme::Model, m_search.model);
        if (m_search.failureCode) {
            addLexeme(FilterLexeme::Failure, std::string(wireName(*m_search.failureCode)));
        }
        std::string severities;
        for (const auto severity : m_search.severities) {
            severities += (severities.empty() ? "" : " || ")
                + lexemeExpression(FilterLexeme::Severity, wireName(severity));
        }
        if (!severities.empty()) {
            m_text.push_back('(' + severities + ')');
        }
        if (m_search.status) {
            std::erase_if(m_statuses,
                          [&](IncidentStatus status) { return status != *m_search.status; });
        }
        if (m_search.timeFrom) {
            m_from = std::max(m_from.value_or(*m_search.timeFrom), *m_search.timeFrom);
        }
        if (m_search.timeTo) {
            m_to = std::min(m_to.value_or(*m_search.timeTo), *m_search.timeTo);
        }
    }

    std::string filterArguments()
    {
        Parameter statuses{std::nullopt};
        if (m_statuses != allStatuses()) {
            std::vector<std::string> names;
            for (const auto status : m_statuses) {
                names.emplace_back(wireName(status));
            }
            statuses = Parameter::array(names);
        }
        std::string arguments = add(std::move(statuses), "text[]");
        arguments
            += ", " + add(m_from ? Parameter(*m_from) : Parameter("-infinity"), "timestamptz");
        arguments += ", " + add(m_to ? Parameter(*m_to) : Parameter("infinity"), "timestamptz");
        for (const auto& bound : {m_cost.least, m_cost.most, m_latency.least, m_latency.most}) {
            arguments += ", " + add(bound, "bigint");
        }
        return arguments + ", "
            + (m_groups.empty() ? "NULL::jsonb" : "jsonb_build_array(" + m_groups + ')');
    }

    TenantId m_tenant;
    const IncidentSearch& m_search;
    Parameters& m_parameters;
    std::vector<std::string> m_text; ///< All must hold.
    std::vector<std::string> m_positiveWords;
    std::set<IncidentStatus> m_statuses = allStatuses();
    std::optional<UtcTime> m_from;
    std::optional<UtcTime> m_to;
    Range m_cost;
    Range m_latency;
    std::string m_groups;
};

} // namespace

SearchExpressions compileSearch(TenantId tenant,
                                const IncidentSearch& search,
                                Parameters& parameters)
{
    return Compiler(tenant, search, parameters).compile();
}

} // namespace exhibit::storage
