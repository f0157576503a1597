// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_counts.h"

#include "models/query/edit.h"
#include "server/storage/incident_store_query.h"

#include <algorithm>
#include <map>

namespace exhibit::storage {
namespace {

using query::Field;

struct FacetField {
    std::string_view name;
    std::string_view column;
    Field field;
};

constexpr FacetField kFacets[] = {
    {"severity", "severity", Field::Severity},
    {"policy", "policy_id", Field::Policy},
    {"status", "status", Field::Status},
    {"model", "model", Field::Model},
    {"user", "user_id", Field::User},
    {"session", "session_id", Field::Session},
    {"tag", "unnest(tags)", Field::Tag},
};

Result<FacetField> facetOf(const std::string& name)
{
    for (const auto& facet : kFacets) {
        if (facet.name == name) {
            return facet;
        }
    }
    return fail(ErrorCode::InvalidInput,
                "not a field with facets; expected severity, policy, status, model, user, "
                "session or tag",
                "/fields");
}

/// The search as if it did not restrict the field.
IncidentSearch without(const IncidentSearch& search, Field field)
{
    IncidentSearch other = search;
    other.query = query::withoutField(search.query, field);
    switch (field) {
    case Field::Severity:
        other.severities.clear();
        break;
    case Field::Policy:
        other.policyId.reset();
        break;
    case Field::Status:
        other.status.reset();
        break;
    case Field::Model:
        other.model.reset();
        break;
    case Field::User:
        other.userId.reset();
        break;
    case Field::Session:
        other.sessionId.reset();
        break;
    case Field::After:
    case Field::Before:
        other.timeFrom.reset();
        other.timeTo.reset();
        break;
    default:
        break;
    }
    return other;
}

/// So many rows of the sample stand for what is counted in it: a share of a half is right within 1
/// %.
constexpr std::int64_t kSampledMax = 8192;

struct Counted {
    domain::Facet facet;
    bool isEstimate = false;
};

/// Adds the next most frequent value of a field.
void addValue(Counted& counted,
              std::optional<std::string> value,
              std::int64_t count,
              std::uint32_t valuesMax)
{
    if (!value || counted.facet.values.size() >= valuesMax) {
        counted.facet.others += count;
    } else {
        counted.facet.values.push_back({*std::move(value), count});
    }
}

/// Several fields among the matches of one search, which are looked up once.
Result<std::vector<Counted>> countFacets(Transaction& transaction,
                                         TenantId tenant,
                                         const IncidentSearch& search,
                                         const std::vector<FacetField>& fields,
                                         std::uint32_t valuesMax)
{
    std::vector<Counted> facets(fields.size());
    std::string counts;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        facets[i].facet.field = fields[i].name;
        counts += (i == 0 ? "" : " UNION ALL ") + ("SELECT " + std::to_string(i) + " AS field, ")
            + std::string(fields[i].column)
            + " AS value, round(sum(weight))::bigint AS n, bool_or(weight > 1) AS about FROM hits"
              " GROUP BY 2";
    }
    Parameters parameters{tenant, static_cast<std::int64_t>(limits::kExactTotalMax), kSampledMax};
    const auto compiled = compileSearch(tenant, search, parameters);
    if (compiled.impossible) {
        return facets;
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "WITH hits AS MATERIALIZED (SELECT i.severity, i.policy_id, i.status, i.model,"
                    " i.user_id, i.session_id, i.tags, f.weight FROM incidents_to_count($1, "
                        + compiled.text + ", " + compiled.filters
                        + ", $2, $3) AS f JOIN incidents i ON i.tenant_id = $1"
                          " AND i.incident_id = f.found_id) SELECT * FROM ("
                        + counts + ") AS c ORDER BY field, n DESC, value",
                    parameters));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        auto& counted = facets[static_cast<std::size_t>(rows.integer(row, 0))];
        counted.isEstimate = rows.boolean(row, 3);
        addValue(counted, rows.optionalText(row, 1), rows.integer(row, 2), valuesMax);
    }
    return facets;
}

/// Whether the search restricts the field, by its query or beside it.
bool restricts(const IncidentSearch& search, Field field)
{
    const bool beside = (field == Field::Severity && !search.severities.empty())
        || (field == Field::Policy && search.policyId) || (field == Field::Status && search.status)
        || (field == Field::Model && search.model) || (field == Field::User && search.userId)
        || (field == Field::Session && search.sessionId);
    return beside
        || query::withoutField(search.query, field).groups.size() != search.query.groups.size();
}

domain::HistogramReply barsOf(const Rows& rows)
{
    domain::HistogramReply reply;
    if (rows.empty()) {
        return reply;
    }
    reply.from = rows.time(0, 0);
    reply.barSeconds = rows.integer(0, 1);
    reply.isEstimate = rows.boolean(0, 3);
    const std::chrono::seconds width(reply.barSeconds);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto index = static_cast<std::size_t>((rows.time(row, 0) - reply.from) / width);
        reply.counts.resize(index + 1, 0);
        reply.counts[index] = rows.integer(row, 2);
    }
    return reply;
}

} // namespace

Result<domain::FacetsReply> IncidentCounts::facets(TenantId tenant,
                                                   const IncidentSearch& search,
                                                   const std::vector<std::string>& fields,
                                                   std::uint32_t valuesMax,
                                                   Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<domain::FacetsReply> {
            // Fields that the search leaves open have the same matches.
            std::vector<FacetField> open;
            std::map<std::string, Counted> counted;
            const auto count = [&](const IncidentSearch& matches,
                                   const std::vector<FacetField>& wanted) -> Result<void> {
                EXHIBIT_TRY(auto facets,
                            countFacets(transaction, tenant, matches, wanted, valuesMax));
                for (auto& facet : facets) {
                    counted.insert_or_assign(facet.facet.field, std::move(facet));
                }
                return {};
            };
            for (const auto& name : fields) {
                EXHIBIT_TRY(const auto field, facetOf(name));
                if (restricts(search, field.field)) {
                    EXHIBIT_CHECK(count(without(search, field.field), {field}));
                } else {
                    open.push_back(field);
                }
            }
            if (!open.empty()) {
                EXHIBIT_CHECK(count(search, open));
            }
            domain::FacetsReply reply;
            for (const auto& name : fields) {
                const auto& facet = counted.at(name);
                reply.isEstimate = reply.isEstimate || facet.isEstimate;
                reply.facets.push_back(facet.facet);
            }
            return reply;
        });
}

Result<domain::HistogramReply> IncidentCounts::histogram(TenantId tenant,
                                                         const IncidentSearch& search,
                                                         std::uint32_t barsMax,
                                                         bool mayEstimate,
                                                         Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<domain::HistogramReply> {
            Parameters parameters{tenant, static_cast<std::int64_t>(barsMax)};
            std::string estimate;
            if (mayEstimate) {
                parameters.emplace_back(static_cast<std::int64_t>(limits::kExactTotalMax));
                parameters.emplace_back(kSampledMax);
                estimate = ", $3, $4";
            }
            const auto compiled = compileSearch(tenant, without(search, Field::After), parameters);
            if (compiled.impossible) {
                return domain::HistogramReply{};
            }
            EXHIBIT_TRY(
                const Rows rows,
                transaction.query((mayEstimate ? "SELECT bar_start, bar_seconds, hits, is_estimate"
                                                 " FROM incident_histogram_estimate($1, "
                                               : "SELECT bar_start, bar_seconds, hits, false FROM "
                                                 "incident_histogram($1, ")
                                      + compiled.text + ", " + compiled.filters + ", $2::integer"
                                      + estimate + ")",
                                  parameters));
            return barsOf(rows);
        });
}

} // namespace exhibit::storage
