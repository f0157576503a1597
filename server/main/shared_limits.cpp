// SPDX-License-Identifier: Apache-2.0
#include "server/main/shared_limits.h"

#include "models/base/limits.h"
#include "server/ops/log.h"
#include "server/storage/limit_store.h"
#include "server/storage/rate_exchange.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace exhibit::server {
namespace {

using namespace std::chrono_literals;

constexpr Periodic::Timing kRenewing{5s, 1s};
constexpr auto kRenewTimeout = 2s;

} // namespace

Result<std::unique_ptr<SharedLimits>> SharedLimits::open(const Configuration& configuration,
                                                         Services services)
{
    std::unique_ptr<SharedLimits> limits(new SharedLimits(std::move(services)));
    if (configuration.redisUrl.empty()) {
        limits->m_budgets = std::make_unique<storage::PostgresLimitStore>(
            limits->m_services.database, limits->m_services.replica);
        return limits;
    }
    EXHIBIT_TRY(auto address, redis::parseAddress(configuration.redisUrl.expose()));
    limits->useRedis({std::move(address), configuration.redisCaFile});
    return limits;
}

void SharedLimits::useRedis(redis::Options options)
{
    m_client = std::make_unique<redis::Client>(options);
    m_rateClient = std::make_unique<redis::Client>(std::move(options));
    auto budgets = std::make_unique<redis::RedisLimitStore>(*m_client, m_services.replica);
    m_redisBudgets = budgets.get();
    m_budgets = std::move(budgets);
    m_kills = std::make_unique<redis::KillBoard>(
        *m_client, [this](TenantId tenant, RunId run, domain::KillReason reason) {
            boost::asio::post(m_services.io, [heard = m_services.heard, tenant, run, reason] {
                heard(tenant, run, reason);
            });
        });
    m_renewing = std::make_unique<Periodic>(
        "telling Redis that this replica lives", kRenewing, [this]() -> Result<void> {
            const auto deadline = Deadline::after(kRenewTimeout);
            EXHIBIT_CHECK(m_redisBudgets->renewSlots(deadline));
            return m_kills->beat(deadline);
        });
}

void SharedLimits::announceKill(TenantId tenant, RunId run, domain::KillReason reason)
{
    if (!m_kills) {
        return;
    }
    const auto said
        = m_kills->announce(tenant, run, reason, Deadline::after(limits::kStopPublishTimeout));
    if (!said) {
        ops::logWarning(
            "Redis does not know of the kill of {}: {}", run.text(), said.error().message);
    }
}

RateExchange SharedLimits::exchange()
{
    if (m_rateClient) {
        return [this](const auto& uses, const auto& keys, Deadline deadline) {
            return redis::exchangeRates(*m_rateClient, m_services.replica, uses, keys, deadline);
        };
    }
    return [this](const auto& uses, const auto& keys, Deadline deadline) {
        return storage::exchangeRates(
            m_services.database, m_services.replica, uses, keys, deadline);
    };
}

void SharedLimits::start(security::RateWindows& windows, std::function<bool()> shared)
{
    m_rates = std::make_unique<RateSharing>(
        RateSharing::Services{m_services.io, windows, exchange(), std::move(shared)});
}

void SharedLimits::stop()
{
    m_rates.reset();
}

std::optional<Json> SharedLimits::health() const
{
    if (!m_client) {
        return std::nullopt;
    }
    const auto trouble = m_client->trouble();
    const bool ok = trouble.empty();
    return JsonObject{{"ok", ok},
                      {"detail",
                       ok ? ""
                          : "each replica counts rates by itself, and calls go on with the budgets"
                            " that were leased: "
                               + trouble},
                      {"hears_kills", m_kills->listening()}};
}

} // namespace exhibit::server
