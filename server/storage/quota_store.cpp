// SPDX-License-Identifier: Apache-2.0
#include "server/storage/quota_store.h"

#include "models/base/limits.h"
#include "models/base/traffic_limits.h"
#include "server/ops/log.h"
#include "server/storage/cost_currency.h"
#include "server/storage/ingest_insert.h"

#include <array>

namespace exhibit::storage {
namespace {

constexpr const char* kPolicies
    = "SELECT coalesce(q.policy, d.policy) FROM tier_defaults d LEFT JOIN quota_policies q"
      " ON q.tenant_id = $1 AND q.tier = d.tier ORDER BY d.tier";
constexpr const char* kAssignments
    = "SELECT jsonb_build_object('scope', scope, 'subject', subject, 'tier', tier)"
      " FROM quota_assignments WHERE tenant_id = $1 ORDER BY scope, subject";
constexpr const char* kWhitelist
    = "SELECT user_id, added_by, reason, expires_at, added_at FROM alpha_whitelist"
      " WHERE tenant_id = $1 ORDER BY user_id";

/// What a newer server wrote must not stop this one.
template <class T>
void readInto(std::vector<T>& list, const char* table, const Rows& rows)
{
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (auto value = fromJson<T>(rows.json(row, 0))) {
            list.push_back(*std::move(value));
        } else {
            ops::logError("a row of {} cannot be used: {}", table, value.error().message);
        }
    }
}

domain::WhitelistEntry entryOf(const Rows& rows, std::size_t row)
{
    domain::WhitelistEntry entry;
    entry.userId = rows.text(row, 0);
    entry.addedBy = rows.text(row, 1);
    entry.reason = rows.text(row, 2);
    if (!rows.isNull(row, 3)) {
        entry.expires = rows.time(row, 3);
    }
    entry.addedAt = rows.time(row, 4);
    return entry;
}

/// Whom it names is personal: the record says that somebody's tier was set, the table whose.
AuditedAction assignmentAction(const char* name,
                               const domain::QuotaAssignment& assignment,
                               JsonObject details)
{
    const std::string scope(wireName(assignment.scope));
    details.emplace("scope", scope);
    return {name,
            assignment.scope == domain::QuotaScope::User ? scope : assignment.subject,
            Json(std::move(details)),
            {}};
}

} // namespace

Result<domain::TenantQuotas> loadQuotas(Transaction& transaction)
{
    const auto tenant = transaction.tenant();
    const std::array statements{Statement{kPolicies, {tenant}},
                                Statement{kAssignments, {tenant}},
                                Statement{kWhitelist, {tenant}}};
    EXHIBIT_TRY(const auto results, transaction.pipeline(statements));
    domain::TenantQuotas quotas;
    quotas.tenantId = tenant;
    readInto(quotas.policies, "quota_policies", results[0]);
    readInto(quotas.assignments, "quota_assignments", results[1]);
    for (std::size_t row = 0; row < results[2].size(); ++row) {
        quotas.whitelist.push_back(entryOf(results[2], row));
    }
    return quotas;
}

Result<domain::TenantQuotas> QuotaStore::get(TenantId tenant, Deadline deadline)
{
    return m_database.read(tenant, deadline, loadQuotas);
}

/// The statement must touch a row.
Result<void> QuotaStore::change(TenantId tenant,
                                const Statement& statement,
                                const AuditedAction& action,
                                const ChangedBy& by,
                                Deadline deadline)
{
    const auto work = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const Rows rows, transaction.query(statement.sql, statement.parameters));
        if (rows.affected() == 0) {
            return fail(ErrorCode::NotFound, "there is no such entry", action.resource);
        }
        EXHIBIT_CHECK(recordAction(transaction, by.ledger, by.actor, action));
        return true;
    };
    return m_database.write(tenant, deadline, work).map([](bool) {});
}

Result<void> QuotaStore::setPolicy(TenantId tenant,
                                   const domain::QuotaPolicy& policy,
                                   const ChangedBy& by,
                                   Deadline deadline)
{
    const std::string tier(wireName(policy.tier));
    return change(tenant,
                  {"INSERT INTO quota_policies (tenant_id, tier, policy, updated_by)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, tier) DO UPDATE"
                   " SET policy = excluded.policy, updated_by = excluded.updated_by,"
                   " updated_at = now()",
                   {tenant, tier, toJson(policy), by.actor.id}},
                  {"quota.changed", tier, toJson(policy), {}},
                  by,
                  deadline);
}

Result<void> QuotaStore::assign(TenantId tenant,
                                const domain::QuotaAssignment& assignment,
                                const ChangedBy& by,
                                Deadline deadline)
{
    EXHIBIT_TRY(const auto quotas, get(tenant, deadline));
    if (quotas.assignments.size() >= limits::kQuotaAssignmentsMax) {
        return fail(ErrorCode::Conflict, "there are too many assignments", "/subject");
    }
    return change(
        tenant,
        {"INSERT INTO quota_assignments (tenant_id, scope, subject, tier, updated_by)"
         " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, scope, subject)"
         " DO UPDATE SET tier = excluded.tier, updated_by = excluded.updated_by,"
         " updated_at = now()",
         {tenant,
          std::string(wireName(assignment.scope)),
          storable(assignment.subject),
          std::string(wireName(assignment.tier)),
          by.actor.id}},
        assignmentAction("quota.assigned", assignment, {{"tier", wireName(assignment.tier)}}),
        by,
        deadline);
}

Result<void> QuotaStore::unassign(TenantId tenant,
                                  const domain::QuotaAssignment& assignment,
                                  const ChangedBy& by,
                                  Deadline deadline)
{
    return change(tenant,
                  {"DELETE FROM quota_assignments WHERE tenant_id = $1 AND scope = $2"
                   " AND subject = $3",
                   {tenant, std::string(wireName(assignment.scope)), storable(assignment.subject)}},
                  assignmentAction("quota.unassigned", assignment, {}),
                  by,
                  deadline);
}

Result<void> QuotaStore::whitelist(TenantId tenant,
                                   const domain::WhitelistEntry& entry,
                                   const ChangedBy& by,
                                   Deadline deadline)
{
    EXHIBIT_TRY(const auto quotas, get(tenant, deadline));
    if (quotas.whitelist.size() >= limits::kWhitelistMax) {
        return fail(ErrorCode::Conflict, "the whitelist is full", "/user_id");
    }
    // Whom it names is personal: the record says that somebody was added, the table who.
    return change(
        tenant,
        {"INSERT INTO alpha_whitelist (tenant_id, user_id, added_by, reason, expires_at)"
         " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant_id, user_id) DO UPDATE"
         " SET added_by = excluded.added_by, reason = excluded.reason,"
         " expires_at = excluded.expires_at, added_at = now()",
         {tenant, storable(entry.userId), by.actor.id, storable(entry.reason), entry.expires}},
        {"whitelist.added", "alpha", JsonObject{{"reason", entry.reason}}, {}},
        by,
        deadline);
}

Result<void> QuotaStore::removeFromWhitelist(TenantId tenant,
                                             const std::string& userId,
                                             const ChangedBy& by,
                                             Deadline deadline)
{
    return change(tenant,
                  {"DELETE FROM alpha_whitelist WHERE tenant_id = $1 AND user_id = $2",
                   {tenant, storable(userId)}},
                  {"whitelist.removed", "alpha", JsonObject{}, {}},
                  by,
                  deadline);
}

Result<UsageDays> QuotaStore::usage(TenantId tenant,
                                    const std::optional<std::string>& userId,
                                    Deadline deadline)
{
    return m_database.read(tenant, deadline, [&](Transaction& transaction) -> Result<UsageDays> {
        EXHIBIT_TRY(
            const Rows rows,
            transaction.query(
                "SELECT day::text, user_id, runs, calls, prompt_tokens,"
                " completion_tokens, cost_microcents"
                " FROM usage_daily_rollups WHERE tenant_id = $1"
                " AND ($2::text IS NULL OR user_id = $2)"
                " ORDER BY day DESC, user_id LIMIT $3",
                {tenant, storable(userId), static_cast<std::int64_t>(limits::kPageRowsMax)}));
        UsageDays usage;
        EXHIBIT_TRY(usage.currency, currencyOf(transaction));
        for (std::size_t row = 0; row < rows.size(); ++row) {
            usage.days.push_back({std::string(rows.text(row, 0)),
                                  std::string(rows.text(row, 1)),
                                  rows.integer(row, 2),
                                  rows.integer(row, 3),
                                  rows.integer(row, 4),
                                  rows.integer(row, 5),
                                  rows.integer(row, 6)});
        }
        return usage;
    });
}

Result<std::optional<std::string>> QuotaStore::currency(TenantId tenant, Deadline deadline)
{
    return m_database.read(tenant, deadline, currencyOf);
}

Result<std::int64_t> QuotaStore::taken(const security::BudgetKey& key, Deadline deadline)
{
    const bool slots = key.kind == security::BudgetKind::Slots;
    return m_database.read(
        key.tenant, deadline, [&](Transaction& transaction) -> Result<std::int64_t> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query(slots ? "SELECT coalesce(sum(s.slots), 0)::bigint"
                                                  " FROM budget_slots s JOIN replicas r"
                                                  " ON r.replica_id = s.replica_id"
                                                  " AND r.lease_until > clock_timestamp()"
                                                  " WHERE s.tenant_id = $1 AND s.budget = $2"
                                                : "SELECT coalesce(sum(taken), 0)::bigint"
                                                  " FROM budget_counters"
                                                  " WHERE tenant_id = $1 AND budget = $2",
                                          {key.tenant, storable(key.name)}));
            return rows.integer(0, 0);
        });
}

Result<AnswerLengths> QuotaStore::answerLengths(TenantId tenant,
                                                const std::string& model,
                                                Deadline deadline)
{
    return m_database.read(
        tenant, deadline, [&](Transaction& transaction) -> Result<AnswerLengths> {
            EXHIBIT_TRY(const Rows rows,
                        transaction.query(
                            "SELECT count(*),"
                            " percentile_disc(0.1) WITHIN GROUP (ORDER BY completion_tokens),"
                            " round(avg(completion_tokens))::bigint,"
                            " percentile_disc(0.95) WITHIN GROUP (ORDER BY completion_tokens)"
                            " FROM (SELECT model, outcome, completion_tokens FROM proxy_calls"
                            "  WHERE tenant_id = $1 AND closed_at IS NOT NULL"
                            "  ORDER BY opened_at DESC LIMIT 5000) AS newest"
                            " WHERE model = $2 AND outcome = 'completed' AND completion_tokens > 0",
                            {tenant, storable(model)}));
            return AnswerLengths{
                rows.integer(0, 0), rows.integer(0, 1), rows.integer(0, 2), rows.integer(0, 3)};
        });
}

Result<void> QuotaStore::keepEstimate(TenantId tenant,
                                      const std::string& createdBy,
                                      const Json& document,
                                      Deadline deadline)
{
    const auto work = [&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(transaction.query("INSERT INTO run_estimates (tenant_id, estimate_id,"
                                        " created_by, document) VALUES ($1, $2, $3, $4)",
                                        {tenant, Uuid::v7(), createdBy, storable(document)}));
        return true;
    };
    return m_database.write(tenant, deadline, work).map([](bool) {});
}

} // namespace exhibit::storage
