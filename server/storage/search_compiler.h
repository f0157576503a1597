// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/vocabulary.h"
#include "models/query/query.h"
#include "server/storage/incident_store_words.h"
#include "server/storage/parameter.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace exhibit::storage {

/// Least and most, both inclusive.
struct NumberRange {
    std::optional<std::int64_t> least;
    std::optional<std::int64_t> most;

    void narrow(const NumberRange& other);
};

/// From a query to SQL expressions over a statement's parameters, for every table that is searched
/// by a tsvector with lexemes of its fields. The shape of the expressions comes from the shape of
/// the query; everything a user wrote is a parameter. All that is added must hold.
class SearchCompiler {
public:
    /// Appends to `parameters`, whose size tells the number of the first; it outlives the object.
    SearchCompiler(TenantId tenant, Parameters& parameters);

    void add(const query::Query& query);
    void addLexeme(FilterLexeme filter, const std::optional<std::string>& value);
    /// Any of them; none is no restriction.
    void addAnyLexeme(FilterLexeme filter, const std::vector<std::string>& values);
    /// From inclusive, to exclusive.
    void addTimes(const std::optional<UtcTime>& from, const std::optional<UtcTime>& to);
    void addStatus(domain::IncidentStatus status);

    /// The words and lexemes as a tsquery with the tenant's; NULL when there are none.
    [[nodiscard]] std::string text();
    /// The words that count for highlights.
    [[nodiscard]] std::string headline() const;
    /// The bounds of time: two arguments, comma-separated.
    [[nodiscard]] std::string times();
    /// p_groups of search_groups_hold.
    [[nodiscard]] std::string groups() const;
    /// The value as the next parameter: "$7::bigint".
    [[nodiscard]] std::string parameter(Parameter value, std::string_view type);

    [[nodiscard]] const NumberRange& cost() const { return m_cost; }
    [[nodiscard]] const NumberRange& latency() const { return m_latency; }
    [[nodiscard]] const std::set<domain::IncidentStatus>& statuses() const { return m_statuses; }

private:
    [[nodiscard]] std::string lexemeExpression(FilterLexeme filter, std::string_view value);
    [[nodiscard]] std::string textExpression(const query::Clause& clause);
    void addGroup(const std::vector<query::Clause>& group);
    [[nodiscard]] bool addColumn(const query::Clause& clause);
    [[nodiscard]] std::string mixedClause(const query::Clause& clause);
    void addMixed(const std::vector<query::Clause>& group);

    TenantId m_tenant;
    Parameters& m_parameters;
    std::vector<std::string> m_text; ///< All must hold.
    std::vector<std::string> m_positiveWords;
    std::set<domain::IncidentStatus> m_statuses;
    std::optional<UtcTime> m_from;
    std::optional<UtcTime> m_to;
    NumberRange m_cost;
    NumberRange m_latency;
    std::string m_groups;
};

[[nodiscard]] std::set<domain::IncidentStatus> allStatuses();

} // namespace exhibit::storage
