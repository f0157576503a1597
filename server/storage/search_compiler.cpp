// SPDX-License-Identifier: Apache-2.0
#include "server/storage/search_compiler.h"

#include <algorithm>
#include <limits>

namespace exhibit::storage {
namespace {

using domain::IncidentStatus;
using query::Clause;
using query::Comparison;
using query::Field;

NumberRange rangeOf(Comparison comparison, std::int64_t number)
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
    case Field::Tag:
        return FilterLexeme::Tag;
    case Field::Failure:
        return FilterLexeme::Failure;
    case Field::Assignee:
        return FilterLexeme::Assignee;
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

Json bounds(const NumberRange& range)
{
    return JsonArray{range.least ? Json(*range.least) : Json(nullptr),
                     range.most ? Json(*range.most) : Json(nullptr)};
}

} // namespace

void NumberRange::narrow(const NumberRange& other)
{
    if (other.least) {
        least = std::max(least.value_or(*other.least), *other.least);
    }
    if (other.most) {
        most = std::min(most.value_or(*other.most), *other.most);
    }
}

std::set<IncidentStatus> allStatuses()
{
    std::set<IncidentStatus> all;
    for (const auto& [status, name] : EnumNames<IncidentStatus>::kNames) {
        all.insert(status);
    }
    return all;
}

SearchCompiler::SearchCompiler(TenantId tenant, Parameters& parameters)
    : m_tenant(tenant)
    , m_parameters(parameters)
    , m_statuses(allStatuses())
{
}

void SearchCompiler::add(const query::Query& query)
{
    for (const auto& group : query.groups) {
        addGroup(group);
    }
}

void SearchCompiler::addLexeme(FilterLexeme filter, const std::optional<std::string>& value)
{
    if (value) {
        m_text.push_back(lexemeExpression(filter, *value));
    }
}

void SearchCompiler::addAnyLexeme(FilterLexeme filter, const std::vector<std::string>& values)
{
    std::string any;
    for (const auto& value : values) {
        any += (any.empty() ? "" : " || ") + lexemeExpression(filter, value);
    }
    if (!any.empty()) {
        m_text.push_back('(' + any + ')');
    }
}

void SearchCompiler::addTimes(const std::optional<UtcTime>& from, const std::optional<UtcTime>& to)
{
    if (from) {
        m_from = std::max(m_from.value_or(*from), *from);
    }
    if (to) {
        m_to = std::min(m_to.value_or(*to), *to);
    }
}

void SearchCompiler::addStatus(IncidentStatus status)
{
    std::erase_if(m_statuses, [&](IncidentStatus candidate) { return candidate != status; });
}

std::string SearchCompiler::text()
{
    if (m_text.empty()) {
        return "NULL::tsquery";
    }
    std::string all = lexemeExpression(FilterLexeme::Tenant, m_tenant.text());
    for (const auto& part : m_text) {
        all += " && " + part;
    }
    return all;
}

std::string SearchCompiler::headline() const
{
    std::string any;
    for (const auto& words : m_positiveWords) {
        any += (any.empty() ? "" : " || ") + words;
    }
    return any.empty() ? "NULL::tsquery" : any;
}

std::string SearchCompiler::times()
{
    const auto from
        = parameter(m_from ? Parameter(*m_from) : Parameter("-infinity"), "timestamptz");
    return from + ", " + parameter(m_to ? Parameter(*m_to) : Parameter("infinity"), "timestamptz");
}

std::string SearchCompiler::groups() const
{
    return m_groups.empty() ? "NULL::jsonb" : "jsonb_build_array(" + m_groups + ')';
}

std::string SearchCompiler::parameter(Parameter value, std::string_view type)
{
    m_parameters.push_back(std::move(value));
    return '$' + std::to_string(m_parameters.size()) + "::" + std::string(type);
}

std::string SearchCompiler::lexemeExpression(FilterLexeme filter, std::string_view value)
{
    return parameter(lexemeQuery(filter, value), "tsquery");
}

std::string SearchCompiler::textExpression(const Clause& clause)
{
    if (clause.field) {
        return lexemeExpression(*lexemeOf(*clause.field), clause.value);
    }
    std::string text;
    for (const auto& word : clause.words) {
        text += (text.empty() ? "" : " ") + word;
    }
    auto expression = "phraseto_tsquery('exhibit_text'::regconfig, "
        + parameter(plainWords(std::move(text)), "text") + ')';
    if (!clause.negated) {
        m_positiveWords.push_back(expression);
    }
    return expression;
}

void SearchCompiler::addGroup(const std::vector<Clause>& group)
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
bool SearchCompiler::addColumn(const Clause& clause)
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
        const auto comparison = clause.negated ? opposite(clause.comparison) : clause.comparison;
        (*clause.field == Field::Cost ? m_cost : m_latency)
            .narrow(rangeOf(comparison, clause.number));
        return true;
    }
    default:
        return false;
    }
}

/// One clause as search_groups_hold reads it.
std::string SearchCompiler::mixedClause(const Clause& clause)
{
    if (isIndexed(clause)) {
        return "jsonb_build_object('not', " + parameter(clause.negated, "boolean") + ", 'q', ("
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
    return parameter(Json(std::move(object)), "jsonb");
}

void SearchCompiler::addMixed(const std::vector<Clause>& group)
{
    std::string clauses;
    for (const auto& clause : group) {
        clauses += (clauses.empty() ? "" : ", ") + mixedClause(clause);
    }
    m_groups += (m_groups.empty() ? "" : ", ") + ("jsonb_build_array(" + clauses + ')');
}

} // namespace exhibit::storage
