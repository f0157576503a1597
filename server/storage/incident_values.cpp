// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_values.h"

#include "models/query/fields.h"
#include "server/storage/ingest_insert.h"

#include <set>

namespace exhibit::storage {
namespace {

struct ValueField {
    std::string_view name;
    std::string_view table;
    std::string_view column;
};

constexpr ValueField kValueFields[] = {
    {"user", "incidents", "user_id"},
    {"session", "incidents", "session_id"},
    {"run", "runs", "client_run_id"},
    {"policy", "incidents", "policy_id"},
    {"model", "incidents", "model"},
};
/// U+10FFFF, which no text has behind a prefix: everything that begins with it sorts before.
constexpr std::string_view kLast = "\xF4\x8F\xBF\xBF";

/// From value to value, each by one look into the index. The length is the index's condition
/// (0031_live_and_values.sql).
std::string stepsThrough(const ValueField& field)
{
    const std::string column = "t." + std::string(field.column) + " COLLATE \"C\"";
    const auto next = [&](const std::string& bound) {
        return "(SELECT " + column + " FROM " + std::string(field.table)
            + " t WHERE t.tenant_id = $1 AND octet_length(t." + std::string(field.column)
            + ") <= 600 AND " + column + bound + " AND " + column + " < $3 ORDER BY " + column
            + " LIMIT 1)";
    };
    return "WITH RECURSIVE found(value) AS (SELECT " + next(" >= $2") + " UNION ALL SELECT "
        + next(" > f.value")
        + " FROM found f WHERE f.value IS NOT NULL)"
          " SELECT value FROM found WHERE value <> '' LIMIT $4";
}

constexpr std::string_view kTags
    = "WITH tagged AS MATERIALIZED (SELECT tags FROM incidents WHERE tenant_id = $1"
      " AND cardinality(tags) > 0 ORDER BY created_at DESC LIMIT $4)"
      " SELECT DISTINCT tag COLLATE \"C\" AS value FROM tagged, unnest(tags) AS tag"
      " WHERE starts_with(lower(tag), lower($2)) ORDER BY value LIMIT $3";

constexpr std::string_view kAssignees
    = "WITH assigned AS MATERIALIZED (SELECT assignee FROM incidents WHERE tenant_id = $1"
      " AND assignee IS NOT NULL ORDER BY created_at DESC LIMIT $4)"
      " SELECT DISTINCT assignee COLLATE \"C\" AS value FROM assigned"
      " WHERE starts_with(lower(assignee), lower($2)) ORDER BY value LIMIT $3";

Result<std::set<std::string>> valuesOf(Transaction& transaction,
                                       const ValueField& field,
                                       const std::string& prefix,
                                       std::int64_t countMax)
{
    std::set<std::string> values;
    const std::string statement = stepsThrough(field);
    for (const auto& start :
         std::set<std::string>{prefix, query::toLower(prefix), query::toUpper(prefix)}) {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query(statement,
                              {transaction.tenant(), start, start + std::string(kLast), countMax}));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            values.emplace(rows.text(row, 0));
        }
    }
    return values;
}

/// What people gave to the newest incidents that have some: `statement` is kTags or kAssignees.
Result<std::set<std::string>> givenOf(Transaction& transaction,
                                      std::string_view statement,
                                      const std::string& prefix,
                                      std::int64_t countMax)
{
    EXHIBIT_TRY(
        const Rows rows,
        transaction.query(statement,
                          {transaction.tenant(), prefix, countMax, IncidentValues::kTaggedMax}));
    std::set<std::string> values;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        values.emplace(rows.text(row, 0));
    }
    return values;
}

} // namespace

Result<domain::ValuesReply> IncidentValues::find(TenantId tenant,
                                                 const domain::ValuesRequest& request,
                                                 Deadline deadline)
{
    const auto* const field
        = std::find_if(std::begin(kValueFields), std::end(kValueFields), [&](const auto& one) {
              return one.name == request.field;
          });
    const bool isTag = request.field == "tag";
    if (field == std::end(kValueFields) && !isTag && request.field != "assignee") {
        return fail(ErrorCode::InvalidInput,
                    "not a field with values; expected user, session, run, policy, model, tag or "
                    "assignee",
                    "/field");
    }
    const std::string prefix = storable(request.prefix);
    const auto oneMore = static_cast<std::int64_t>(request.limit) + 1;
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<domain::ValuesReply> {
            EXHIBIT_TRY(const auto values,
                        field != std::end(kValueFields)
                            ? valuesOf(transaction, *field, prefix, oneMore)
                            : givenOf(transaction, isTag ? kTags : kAssignees, prefix, oneMore));
            domain::ValuesReply reply{request.field, {}, values.size() > request.limit};
            for (const auto& value : values) {
                if (reply.values.size() < request.limit) {
                    reply.values.push_back(value);
                }
            }
            return reply;
        });
}

} // namespace exhibit::storage
