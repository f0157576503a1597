// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "server/main/configuration.h"
#include "server/main/rate_sharing.h"
#include "server/redis/redis_kills.h"
#include "server/redis/redis_limits.h"
#include "server/storage/database.h"

namespace exhibit::server {

/// What replicas share their limits through: PostgreSQL, or Redis when one is configured
/// (docs/redis.md). Made before anything is served, destroyed after it.
class SharedLimits {
public:
    struct Services {
        boost::asio::io_context& io;
        storage::Database& database;
        ReplicaId replica;
        redis::KillBoard::Heard heard; ///< Another replica's kill; on the io thread.
    };
    /// InvalidInput when the configured address is none.
    [[nodiscard]] static Result<std::unique_ptr<SharedLimits>> open(
        const Configuration& configuration, Services services);

    [[nodiscard]] security::LimitStore& budgets() { return *m_budgets; }
    /// Tells the other replicas through Redis; nothing without one. Waits.
    void announceKill(TenantId tenant, RunId run, domain::KillReason reason);
    /// From now on rates are told every second. `windows` belong to the io thread; `shared` says
    /// whether other replicas live, any thread.
    void start(security::RateWindows& windows, std::function<bool()> shared);
    void stop();
    /// For /health; nullopt without Redis.
    [[nodiscard]] std::optional<Json> health() const;

private:
    explicit SharedLimits(Services services)
        : m_services(std::move(services))
    {
    }
    void useRedis(redis::Options options);
    [[nodiscard]] RateExchange exchange();

    Services m_services;
    std::unique_ptr<redis::Client> m_client; ///< nullptr: PostgreSQL.
    std::unique_ptr<redis::Client> m_rateClient; ///< Of its own: leases do not wait for rates.
    std::unique_ptr<security::LimitStore> m_budgets;
    redis::RedisLimitStore* m_redisBudgets = nullptr; ///< m_budgets, when they are Redis'.
    std::unique_ptr<redis::KillBoard> m_kills;
    std::unique_ptr<Periodic> m_renewing;
    std::unique_ptr<RateSharing> m_rates;
};

} // namespace exhibit::server
