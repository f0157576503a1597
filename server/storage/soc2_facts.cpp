// SPDX-License-Identifier: Apache-2.0
#include "server/storage/soc2_facts.h"

#include "models/base/base64.h"
#include "server/storage/entered_store.h"
#include "server/storage/ledger_reading.h"
#include "server/storage/mappings.h"

#include <algorithm>
#include <set>

namespace exhibit::storage {
namespace {

constexpr std::int64_t kPopulationMax = 200'000;
constexpr std::size_t kSamples = 5;
constexpr std::size_t kPerformersMax = 5;

/// What a criterion is drawn from: id, time and performer of each, by time. $1 tenant, $2 from, $3
/// to (exclusive).
struct Population {
    std::string_view name;
    std::string_view words;
    std::string_view prefix; ///< Of ids that are UUIDs; empty: the id is text.
    std::string_view sql;
    std::string_view gapSql; ///< Counts what is missing; empty: nothing is looked for.
    std::string_view gapWords;
};

constexpr Population kPopulations[]
    = {{"log_entries",
        "entries appended to the signed log in the period",
        "",
        "SELECT epoch || ':' || sequence_number, created_at, reporter_id FROM incident_log_chain"
        " WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3",
        "",
        ""},
       {"key_changes",
        "actions key.created and key.revoked of the audit log",
        "",
        "SELECT resource, created_at, user_id FROM audit_logs WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3 AND action IN ('key.created', 'key.revoked')",
        "",
        ""},
       {"upstream_changes",
        "actions upstream.added and upstream.removed of the audit log",
        "",
        "SELECT resource, created_at, user_id FROM audit_logs WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3"
        " AND action IN ('upstream.added', 'upstream.removed')",
        "",
        ""},
       {"exports",
        "actions export.created of the audit log",
        "",
        "SELECT resource, created_at, user_id FROM audit_logs WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3 AND action = 'export.created'",
        "SELECT count(*) FROM audit_logs WHERE tenant_id = $1 AND created_at >= $2"
        " AND created_at < $3 AND action = 'export.created' AND NOT details ? 'reason'",
        "exports name no reason"},
       {"policy_changes",
        "actions policy.imported of the audit log",
        "",
        "SELECT resource, created_at, user_id FROM audit_logs WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3 AND action LIKE 'policy.%'",
        "",
        ""},
       {"incidents",
        "incidents opened in the period",
        "inc_",
        "SELECT incident_id, created_at, 'exhibitd' FROM incidents WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3",
        "SELECT count(*) FROM incidents WHERE tenant_id = $1 AND created_at >= $2"
        " AND created_at < $3 AND status = 'open'",
        "incidents are still open"},
       {"assessments",
        "incidents of the period whose impact somebody assessed",
        "inc_",
        "SELECT i.incident_id, max(a.entered_at), max(a.entered_by) FROM incidents i"
        " JOIN impact_assessments a ON a.tenant_id = i.tenant_id AND a.incident_id = i.incident_id"
        " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3"
        " GROUP BY i.incident_id",
        "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
        " AND created_at < $3 AND NOT EXISTS (SELECT FROM impact_assessments a"
        " WHERE a.tenant_id = $1 AND a.incident_id = i.incident_id)",
        "incidents are not assessed"},
       {"stopped_runs",
        "runs of the period that a policy, a limit or a person stopped",
        "run_",
        "SELECT run_id, started_at, 'exhibitd' FROM runs WHERE tenant_id = $1"
        " AND started_at >= $2 AND started_at < $3 AND status IN ('failed_policy', 'cancelled')",
        "",
        ""},
       {"remediations",
        "incidents of the period for which remediation is recorded",
        "inc_",
        "SELECT i.incident_id, max(m.entered_at), max(m.entered_by) FROM incidents i"
        " JOIN remediations m ON m.tenant_id = i.tenant_id AND m.incident_id = i.incident_id"
        " WHERE i.tenant_id = $1 AND i.created_at >= $2 AND i.created_at < $3"
        " GROUP BY i.incident_id",
        "SELECT count(*) FROM incidents i WHERE tenant_id = $1 AND created_at >= $2"
        " AND created_at < $3 AND NOT EXISTS (SELECT FROM remediations m"
        " WHERE m.tenant_id = $1 AND m.incident_id = i.incident_id)",
        "incidents have no remediation"},
       {"personal_information",
        "incidents of the period filed as personal data in an answer, or assessed so",
        "inc_",
        "SELECT incident_id, created_at, 'exhibitd' FROM incidents i WHERE tenant_id = $1"
        " AND created_at >= $2 AND created_at < $3 AND (failure_code = 'personal_data_output'"
        " OR EXISTS (SELECT FROM impact_assessments a WHERE a.tenant_id = $1"
        " AND a.incident_id = i.incident_id"
        " AND (a.body #>> '{personal_information,involved}') = 'true'))",
        "",
        ""}};

const Population* find(std::string_view name)
{
    const auto* const found = std::find_if(std::begin(kPopulations),
                                           std::end(kPopulations),
                                           [&](const auto& one) { return one.name == name; });
    return found == std::end(kPopulations) ? nullptr : found;
}

struct Period {
    UtcTime from{};
    UtcTime to{}; ///< Exclusive.
};

class Builder {
public:
    Builder(Transaction& transaction, Soc2Evidence& evidence, const Period& period)
        : m_transaction(transaction)
        , m_evidence(evidence)
        , m_period(period)
    {
    }

    Result<void> addRow(const Json& criterion)
    {
        auto& bundle = m_evidence.bundle;
        report::Soc2Row row;
        row.criterion = stringMember(criterion, "criterion");
        row.shortText = stringMember(criterion, "short");
        row.periodStart = bundle.compliancePeriodStart;
        row.periodEnd = bundle.compliancePeriodEnd;
        for (const auto& objective : bundle.controlObjectives) {
            if (objective.criterion == row.criterion) {
                row.controlId = objective.controlId;
                row.objective = objective.objective;
                row.reviewer = objective.reviewer;
            }
        }
        const auto* population = find(stringMember(criterion, "population"));
        if (population == nullptr) {
            row.populationQuery = "not recorded by this system";
            row.exception = "The log holds no record of it: evidence has to come from elsewhere.";
        } else {
            EXHIBIT_CHECK(fill(row, *population));
        }
        bundle.rows.push_back(std::move(row));
        return {};
    }

    Result<void> addLog()
    {
        auto& log = m_evidence.bundle.log;
        EXHIBIT_TRY(const auto head, readHead(m_transaction));
        if (!head) {
            return {};
        }
        log.origin = head->origin;
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(
                        "SELECT count(*), coalesce(max(sequence_number) - min(sequence_number) + 1,"
                        " 0)::bigint FROM incident_log_chain WHERE tenant_id = $1 AND epoch = $4"
                        " AND created_at >= $2 AND created_at < $3",
                        {m_transaction.tenant(), m_period.from, m_period.to, head->epoch}));
        log.entries = rows.integer(0, 0);
        log.contiguous = rows.integer(0, 0) == rows.integer(0, 1);
        EXHIBIT_TRY(const auto checkpoint, readCheckpoint(m_transaction, head->epoch, INT64_MAX));
        if (checkpoint) {
            log.treeSize = static_cast<std::int64_t>(checkpoint->head.size);
            log.root = toBase64(asView(checkpoint->head.root));
        }
        return {};
    }

private:
    Result<void> fill(report::Soc2Row& row, const Population& population)
    {
        row.populationQuery = population.words;
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(std::string(population.sql) + " ORDER BY 2, 1 LIMIT "
                                            + std::to_string(kPopulationMax + 1),
                                        {m_transaction.tenant(), m_period.from, m_period.to}));
        if (rows.size() > static_cast<std::size_t>(kPopulationMax)) {
            return fail(ErrorCode::TooLarge,
                        "a population of the period has more than 200,000 members",
                        row.criterion);
        }
        row.populationCount = static_cast<std::int64_t>(rows.size());
        Bytes listing;
        std::set<std::string> performers;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            performers.emplace(rows.text(i, 2));
            listing += printJson(JsonObject{{"id", idOf(rows, i, population)},
                                            {"at", formatTime(rows.time(i, 1))},
                                            {"performer", rows.text(i, 2)}})
                + "\n";
        }
        for (std::size_t i = 0; i < std::min(kSamples, rows.size()); ++i) {
            const std::size_t at = i * rows.size() / std::min(kSamples, rows.size());
            row.sampleIds.push_back(idOf(rows, at, population));
        }
        for (const auto& performer : performers) {
            if (row.performers.size() < kPerformersMax) {
                row.performers.push_back(performer);
            }
        }
        row.evidenceFile = row.criterion + ".ndjson";
        row.evidenceSha256 = sha256(listing);
        m_evidence.listings.insert_or_assign(row.evidenceFile, std::move(listing));
        return addGap(row, population);
    }

    Result<void> addGap(report::Soc2Row& row, const Population& population)
    {
        if (population.gapSql.empty()) {
            return {};
        }
        EXHIBIT_TRY(const Rows rows,
                    m_transaction.query(std::string(population.gapSql),
                                        {m_transaction.tenant(), m_period.from, m_period.to}));
        if (const auto count = rows.integer(0, 0); count > 0) {
            row.exception = std::to_string(count) + " " + std::string(population.gapWords) + ".";
        }
        return {};
    }

    static std::string idOf(const Rows& rows, std::size_t row, const Population& population)
    {
        return population.prefix.empty()
            ? std::string(rows.text(row, 0))
            : std::string(population.prefix) + rows.uuid(row, 0).base32();
    }

    Transaction& m_transaction;
    Soc2Evidence& m_evidence;
    const Period& m_period;
};

void addStatement(report::Soc2Bundle& bundle,
                  const std::optional<report::Entered<report::ComplianceStatement>>& entered)
{
    if (!entered) {
        return;
    }
    const auto& statement = entered->value;
    if (bundle.compliancePeriodStart.empty()) {
        bundle.compliancePeriodStart = statement.periodStart;
        bundle.compliancePeriodEnd = statement.periodEnd;
    }
    bundle.controlObjectives = statement.controlObjectives;
    bundle.auditorNotes = statement.auditorNotes;
    bundle.statementVersion = entered->version;
    bundle.statementBy = entered->enteredBy;
    // A statement speaks for its own period alone.
    if (bundle.compliancePeriodStart == statement.periodStart
        && bundle.compliancePeriodEnd == statement.periodEnd) {
        bundle.attestationStatement = statement.attestationStatement;
    }
}

Result<Period> periodOf(const report::Soc2Bundle& bundle)
{
    if (bundle.compliancePeriodStart.empty()) {
        return fail(ErrorCode::InvalidInput,
                    "no period is given, and none is stated at /api/v1/compliance/statement",
                    "/period_start");
    }
    EXHIBIT_TRY(const auto from, report::parseDay(bundle.compliancePeriodStart, "/period_start"));
    EXHIBIT_TRY(const auto last, report::parseDay(bundle.compliancePeriodEnd, "/period_end"));
    if (last < from) {
        return fail(ErrorCode::InvalidInput, "the period ends before it starts", "/period_end");
    }
    return Period{from, last + std::chrono::days(1)};
}

/// What is known before anything is counted.
Result<report::Soc2Bundle> beginBundle(Database& database,
                                       TenantId tenant,
                                       const Soc2Request& request,
                                       Deadline deadline)
{
    report::Soc2Bundle bundle;
    bundle.bundleId = request.bundleId;
    bundle.createdAt = request.createdAt;
    bundle.exportedBy = request.exportedBy;
    bundle.exportReason = request.reason;
    bundle.tenantId = tenant;
    bundle.compliancePeriodStart = request.periodStart;
    bundle.compliancePeriodEnd = request.periodEnd;
    EXHIBIT_TRY(const auto statement, EnteredStore(database, tenant).compliance(deadline));
    addStatement(bundle, statement);
    return bundle;
}

} // namespace

Result<bool> hasMoreEntries(Database& database,
                            TenantId tenant,
                            const Soc2Request& request,
                            std::int64_t entries,
                            Deadline deadline)
{
    EXHIBIT_TRY(const auto bundle, beginBundle(database, tenant, request, deadline));
    EXHIBIT_TRY(const auto period, periodOf(bundle));
    return database.read(tenant, deadline, [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT count(*) FROM (SELECT FROM incident_log_chain"
                                      " WHERE tenant_id = $1 AND created_at >= $2"
                                      " AND created_at < $3 LIMIT $4) e",
                                      {transaction.tenant(), period.from, period.to, entries + 1}));
        return rows.integer(0, 0) > entries;
    });
}

Result<Soc2Evidence> readSoc2(Database& database,
                              TenantId tenant,
                              const Soc2Request& request,
                              Deadline deadline)
{
    Soc2Evidence evidence;
    auto& bundle = evidence.bundle;
    EXHIBIT_TRY(bundle, beginBundle(database, tenant, request, deadline));
    EXHIBIT_TRY(const auto period, periodOf(bundle));
    EXHIBIT_TRY(const Json criteria, readMapping("soc2_criteria.json"));
    bundle.criteriaSource = stringMember(criteria, "source");
    EXHIBIT_CHECK(database.read(tenant, deadline, [&](Transaction& transaction) -> Result<void> {
        EXHIBIT_TRY(const Rows rows,
                    transaction.query("SELECT coalesce(nullif(title, ''), slug) FROM tenants"
                                      " WHERE tenant_id = $1",
                                      {transaction.tenant()}));
        bundle.tenantName = rows.empty() ? "" : std::string(rows.text(0, 0));
        Builder builder(transaction, evidence, period);
        EXHIBIT_CHECK(builder.addLog());
        for (const auto& criterion : criteria.at("criteria").as_array()) {
            EXHIBIT_CHECK(builder.addRow(criterion));
        }
        return {};
    }));
    return evidence;
}

} // namespace exhibit::storage
