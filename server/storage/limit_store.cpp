// SPDX-License-Identifier: Apache-2.0
#include "server/storage/limit_store.h"

#include "models/base/traffic_limits.h"
#include "server/storage/ingest_insert.h"

#include <algorithm>

namespace exhibit::storage {
namespace {

using security::BudgetAmount;
using security::BudgetDemand;
using security::BudgetKind;
using security::BudgetLease;

Result<BudgetLease> leaseIn(Transaction& transaction, const BudgetDemand& demand, ReplicaId replica)
{
    const bool slots = demand.key.kind == BudgetKind::Slots;
    // A day's budget is counted from its first use on, so that it ends with the day after.
    EXHIBIT_TRY(const Rows rows,
                slots ? transaction.query(
                    "SELECT granted, taken_now FROM lease_slots($1, $2, $3, $4, $5, $6)",
                    {demand.key.tenant,
                     storable(demand.key.name),
                     replica,
                     demand.limit,
                     demand.least,
                     limits::kBudgetBlockDivisor})
                      : transaction.query("SELECT granted, taken_now FROM lease_budget($1, $2,"
                                          " current_date + 2, $3, $4, $5)",
                                          {demand.key.tenant,
                                           storable(demand.key.name),
                                           demand.limit,
                                           demand.least,
                                           limits::kBudgetBlockDivisor}));
    return BudgetLease{rows.integer(0, 0), rows.integer(0, 1)};
}

Result<void> giveBackIn(Transaction& transaction,
                        std::span<const BudgetAmount> amounts,
                        ReplicaId replica)
{
    std::vector<Statement> statements;
    for (const auto& [key, amount] : amounts) {
        if (key.kind == BudgetKind::Slots) {
            statements.push_back({"UPDATE budget_slots SET slots = slots - $4 WHERE tenant_id = $1"
                                  " AND budget = $2 AND replica_id = $3",
                                  {key.tenant, storable(key.name), replica, amount}});
        } else {
            statements.push_back({"UPDATE budget_counters SET taken = taken - $3"
                                  " WHERE tenant_id = $1 AND budget = $2",
                                  {key.tenant, storable(key.name), amount}});
        }
    }
    EXHIBIT_CHECK(transaction.pipeline(statements));
    return {};
}

} // namespace

Result<BudgetLease> PostgresLimitStore::lease(const BudgetDemand& demand)
{
    const auto deadline = Deadline::after(limits::kBudgetLeaseTimeout);
    EXHIBIT_CHECK(tidyUp(demand.key.tenant, deadline));
    return m_database.write(demand.key.tenant, deadline, [&](Transaction& transaction) {
        return leaseIn(transaction, demand, m_replica);
    });
}

/// Once a day and tenant: what a crash of this replica left of its slots, and budgets of days that
/// are over. Nobody leases anything of the tenant before that is committed: slots that are leased
/// are never taken for a crash's.
Result<void> PostgresLimitStore::tidyUp(TenantId tenant, Deadline deadline)
{
    const auto today = formatTime(utcNow()).substr(0, 10);
    const std::scoped_lock lock(m_mutex);
    auto& day = m_tidied[tenant];
    if (day == today) {
        return {};
    }
    const auto work = [&](Transaction& transaction) -> Result<bool> {
        if (day.empty()) {
            EXHIBIT_CHECK(transaction.query(
                "DELETE FROM budget_slots WHERE tenant_id = $1 AND replica_id = $2",
                {tenant, m_replica}));
        }
        EXHIBIT_CHECK(transaction.query("DELETE FROM budget_counters WHERE tenant_id = $1"
                                        " AND expires_on < current_date",
                                        {tenant}));
        return true;
    };
    EXHIBIT_CHECK(m_database.write(tenant, deadline, work));
    day = today;
    return {};
}

std::vector<BudgetAmount> PostgresLimitStore::giveBack(std::vector<BudgetAmount> amounts)
{
    // In one order, so that replicas never wait for each other in a circle.
    std::sort(amounts.begin(), amounts.end(), [](const BudgetAmount& a, const BudgetAmount& b) {
        return std::tie(a.key.tenant, a.key.name) < std::tie(b.key.tenant, b.key.name);
    });
    std::vector<BudgetAmount> kept;
    for (auto begin = amounts.begin(); begin != amounts.end();) {
        const auto tenant = begin->key.tenant;
        const auto end = std::find_if(begin, amounts.end(), [tenant](const BudgetAmount& amount) {
            return amount.key.tenant != tenant;
        });
        const std::span<const BudgetAmount> own(begin, end);
        bool committing = false;
        const auto give = [&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(giveBackIn(transaction, own, m_replica));
            committing = true;
            return true;
        };
        const auto given
            = m_database.write(tenant, Deadline::after(limits::kBudgetLeaseTimeout), give);
        if (!given && !committing) {
            kept.insert(kept.end(), begin, end);
        }
        begin = end;
    }
    return kept;
}

} // namespace exhibit::storage
