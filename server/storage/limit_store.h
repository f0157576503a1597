// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/security/budgets.h"
#include "server/storage/database.h"

#include <map>
#include <mutex>

namespace exhibit::storage {

/// Budgets shared through PostgreSQL. Any thread; calls wait.
class PostgresLimitStore final : public security::LimitStore {
public:
    PostgresLimitStore(Database& database, ReplicaId replica)
        : m_database(database)
        , m_replica(replica)
    {
    }

    [[nodiscard]] Result<security::BudgetLease> lease(
        const security::BudgetDemand& demand) override;
    [[nodiscard]] std::vector<security::BudgetAmount> giveBack(
        std::vector<security::BudgetAmount> amounts) override;

private:
    [[nodiscard]] Result<void> tidyUp(TenantId tenant, Deadline deadline);

    Database& m_database;
    ReplicaId m_replica;
    std::mutex m_mutex; ///< Held while a tenant's are tidied.
    std::map<TenantId, std::string> m_tidied; ///< The day on which it was done last.
};

} // namespace exhibit::storage
