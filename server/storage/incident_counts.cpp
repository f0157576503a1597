// SPDX-License-Identifier: Apache-2.0
#include "server/storage/incident_counts.h"

#include "models/query/edit.h"
#include "server/storage/incident_store_query.h"

#include <algorithm>
#include <cmath>

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
};
constexpr std::int64_t kOpenedMax = 500;

Result<FacetField> facetOf(const std::string& name)
{
    for (const auto& facet : kFacets) {
        if (facet.name == name) {
            return facet;
        }
    }
    return fail(ErrorCode::InvalidInput,
                "not a field with facets; expected severity, policy, status, model or user",
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

struct Counted {
    domain::Facet facet;
    bool isEstimate = false;
};

/// What many values of a sample stand for among all.
std::int64_t projected(std::int64_t count, std::int64_t sampled, std::int64_t total)
{
    return sampled == 0 ? 0 : std::llround(double(count) * double(total) / double(sampled));
}

Result<std::int64_t> countAll(Transaction& transaction,
                              TenantId tenant,
                              const IncidentSearch& search)
{
    Parameters parameters{tenant, static_cast<std::int64_t>(limits::kExactTotalMax)};
    const auto compiled = compileSearch(tenant, search, parameters);
    EXHIBIT_TRY(const Rows rows,
                transaction.query("SELECT total FROM count_incidents($1, " + compiled.text + ", "
                                      + compiled.filters + ", $2)",
                                  parameters));
    return rows.integer(0, 0);
}

Result<Counted> countFacet(Transaction& transaction,
                           TenantId tenant,
                           const IncidentSearch& search,
                           const FacetField& field,
                           std::uint32_t valuesMax)
{
    Counted counted;
    counted.facet.field = field.name;
    Parameters parameters{tenant, static_cast<std::int64_t>(limits::kExactTotalMax)};
    const auto compiled = compileSearch(tenant, search, parameters);
    if (compiled.impossible) {
        return counted;
    }
    EXHIBIT_TRY(const Rows rows,
                transaction.query(
                    "SELECT i." + std::string(field.column)
                        + ", count(*) AS n FROM search_incidents($1, " + compiled.text + ", "
                        + compiled.filters
                        + ", NULL, NULL, $2::integer) AS f JOIN incidents i ON i.tenant_id = $1"
                          " AND i.incident_id = f.found_id GROUP BY 1 ORDER BY n DESC, 1",
                    parameters));
    std::int64_t sampled = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        sampled += rows.integer(row, 1);
    }
    std::int64_t total = sampled;
    if (sampled >= std::int64_t{limits::kExactTotalMax}) {
        EXHIBIT_TRY(total, countAll(transaction, tenant, search));
        counted.isEstimate = total > sampled;
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::int64_t count = projected(rows.integer(row, 1), sampled, total);
        if (rows.isNull(row, 0) || counted.facet.values.size() >= valuesMax) {
            counted.facet.others += count;
        } else {
            counted.facet.values.push_back({std::string(rows.text(row, 0)), count});
        }
    }
    return counted;
}

domain::HistogramReply barsOf(const Rows& rows)
{
    domain::HistogramReply reply;
    if (rows.empty()) {
        return reply;
    }
    reply.from = rows.time(0, 0);
    reply.barSeconds = rows.integer(0, 1);
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
            domain::FacetsReply reply;
            for (const auto& name : fields) {
                EXHIBIT_TRY(const auto field, facetOf(name));
                EXHIBIT_TRY(
                    auto counted,
                    countFacet(
                        transaction, tenant, without(search, field.field), field, valuesMax));
                reply.isEstimate = reply.isEstimate || counted.isEstimate;
                reply.facets.push_back(std::move(counted.facet));
            }
            return reply;
        });
}

Result<domain::HistogramReply> IncidentCounts::histogram(TenantId tenant,
                                                         const IncidentSearch& search,
                                                         std::uint32_t barsMax,
                                                         Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<domain::HistogramReply> {
            Parameters parameters{tenant, static_cast<std::int64_t>(barsMax)};
            const auto compiled = compileSearch(tenant, without(search, Field::After), parameters);
            if (compiled.impossible) {
                return domain::HistogramReply{};
            }
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("SELECT bar_start, bar_seconds, hits FROM"
                                          " incident_histogram($1, "
                                              + compiled.text + ", " + compiled.filters
                                              + ", $2::integer)",
                                          parameters));
            return barsOf(rows);
        });
}

Result<std::vector<domain::Incident>> IncidentCounts::openedSince(TenantId tenant,
                                                                  UtcTime since,
                                                                  Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<std::vector<domain::Incident>> {
            IncidentSearch search;
            search.timeFrom = since;
            Parameters parameters{tenant, kOpenedMax};
            const auto compiled = compileSearch(tenant, search, parameters);
            EXHIBIT_TRY(
                const Rows rows,
                transaction.query("SELECT i.incident_id, i.severity, i.policy_id, i.created_at FROM"
                                  " search_incidents($1, "
                                      + compiled.text + ", " + compiled.filters
                                      + ", NULL, NULL, $2::integer) AS f JOIN incidents i ON"
                                        " i.tenant_id = $1 AND i.incident_id = f.found_id"
                                        " ORDER BY i.created_at, i.incident_id",
                                  parameters));
            std::vector<domain::Incident> opened;
            for (std::size_t row = 0; row < rows.size(); ++row) {
                domain::Incident incident;
                incident.incidentId = {rows.uuid(row, 0)};
                EXHIBIT_TRY(incident.severity, parseEnum<domain::Severity>(rows.text(row, 1)));
                incident.policyId = rows.text(row, 2);
                incident.createdAt = rows.time(row, 3);
                opened.push_back(std::move(incident));
            }
            return opened;
        });
}

Result<std::vector<IncidentCounts::Change>> IncidentCounts::changedSince(TenantId tenant,
                                                                         UtcTime since,
                                                                         Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<std::vector<Change>> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query("SELECT audit_id, resource FROM audit_logs WHERE"
                                          " tenant_id = $1 AND created_at >= $2 AND action ="
                                          " 'incident.changed' ORDER BY created_at, audit_id"
                                          " LIMIT $3::integer",
                                          {tenant, since, kOpenedMax}));
            std::vector<Change> changes;
            for (std::size_t row = 0; row < rows.size(); ++row) {
                EXHIBIT_TRY(const auto incident, IncidentId::parse(rows.text(row, 1)));
                changes.push_back({rows.uuid(row, 0), incident});
            }
            return changes;
        });
}

} // namespace exhibit::storage
