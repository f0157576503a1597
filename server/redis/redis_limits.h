// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/redis/redis_client.h"
#include "server/security/budgets.h"
#include "server/security/rate_windows.h"

#include <map>
#include <mutex>

namespace exhibit::redis {

/// Budgets that replicas share through Redis (docs/redis.md). Any thread; calls wait.
class RedisLimitStore final : public security::LimitStore {
public:
    /// How long the slots of a replica that says nothing more still count.
    static constexpr std::chrono::seconds kSlotsKept{15};

    /// `client` outlives this.
    RedisLimitStore(Client& client, ReplicaId replica)
        : m_client(client)
        , m_replica(replica)
    {
    }

    [[nodiscard]] Result<security::BudgetLease> lease(
        const security::BudgetDemand& demand) override;
    [[nodiscard]] std::vector<security::BudgetAmount> giveBack(
        std::vector<security::BudgetAmount> amounts) override;
    /// This replica lives: its slots count on. More often than kSlotsKept.
    [[nodiscard]] Result<void> renewSlots(Deadline deadline);

private:
    using Held = std::map<std::string, std::int64_t>;

    [[nodiscard]] Result<security::BudgetLease> granted(const Command& command);
    [[nodiscard]] Command leaseSlots(const security::BudgetDemand& demand,
                                     const std::string& key) const;
    [[nodiscard]] Command holdSlots(const std::string& key, std::int64_t slots) const;

    Client& m_client;
    const ReplicaId m_replica;
    std::mutex m_mutex; ///< Of what follows; held while Redis is told of it.
    /// How many slots this process holds, by key. Redis is always told the whole number, so that
    /// the next word mends what it did not hear and what an earlier process has left there.
    Held m_slots;
};

/// Tells the other replicas what was let in, and reads what they let in of `keys` in the last
/// minute. Keys leave the process as digests alone. Waits.
[[nodiscard]] Result<std::vector<security::RateUse>> exchangeRates(
    Client& client,
    ReplicaId replica,
    const std::vector<security::RateUse>& uses,
    const std::vector<std::string>& keys,
    Deadline deadline);

} // namespace exhibit::redis
