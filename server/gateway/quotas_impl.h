// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/quotas.h"
#include "server/gateway/run_shares.h"
#include "server/ops/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace exhibit::gateway {

/// A run has one place in the day and one slot, however many of its calls are under way.
[[nodiscard]] inline bool isShared(const std::optional<domain::QuotaMetric>& metric)
{
    return !metric || *metric == domain::QuotaMetric::Runs;
}

/// What Quotas and its reservations share. Io thread only.
class Quotas::Impl : public std::enable_shared_from_this<Quotas::Impl> {
public:
    Impl(boost::asio::io_context& io, security::LimitStore& store)
        : m_io(io)
        , m_store(store)
        , m_timer(io)
        , m_leasers(2)
    {
    }

    boost::asio::awaitable<QuotaAnswer> reserve(QuotaCall call);
    /// Waits for leases until the reservation holds more than `used`, as far as it must.
    boost::asio::awaitable<std::optional<QuotaRefusal>> topUp(QuotaReservation& reservation,
                                                              QuotaUse used);
    /// Out of what is leased here: what `demand` wants, at most what is there.
    [[nodiscard]] std::int64_t takeSome(const security::BudgetDemand& demand)
    {
        return m_budgets.takeSome(demand);
    }
    void giveIdleBackLater();
    void stop()
    {
        boost::system::error_code ignored;
        m_timer.cancel(ignored);
        m_leasers.join();
    }
    void leave()
    {
        stop();
        const auto kept = m_store.giveBack(m_budgets.takeAll());
        if (!kept.empty()) {
            ops::logInfo("{} budgets keep what this replica had leased of them", kept.size());
        }
    }

    /// One call fewer shares it; what nobody used is there again when the last one leaves.
    void leaveShared(const security::BudgetKey& key, RunId run, bool used);
    SharedByRun* find(const security::BudgetKey& key, RunId run) { return m_shares.find(key, run); }
    void settle(const security::BudgetKey& key, std::int64_t reserved, std::int64_t used)
    {
        m_budgets.settle(key, reserved, used);
    }

private:
    using Lease = Result<security::BudgetLease>;
    boost::asio::awaitable<Lease> lease(security::BudgetDemand demand);
    void giveIdleBack();
    QuotaRefusal noteTrouble(const Error& error);
    using Demands = std::vector<QuotaDemand>;
    /// A part in all that it shares; whatever ends the reservation ends that too.
    QuotaReservation join(const Demands& demands, RunId run);
    SharedByRun* shared(const QuotaDemand& demand, RunId run);
    std::vector<security::BudgetDemand> stillOpen(const Demands& demands, RunId run);
    void hold(QuotaReservation& reservation,
              const Demands& demands,
              const std::vector<std::int64_t>& taken);
    /// What `demand` lacks; nullopt: ask again what is there.
    boost::asio::awaitable<std::optional<QuotaRefusal>> fetch(const QuotaDemand& demand,
                                                              security::BudgetDemand asked,
                                                              const QuotaCall& call);
    std::optional<QuotaRefusal> refusedBy(const QuotaDemand& demand,
                                          const security::BudgetLease& leased,
                                          std::int64_t least,
                                          const QuotaCall& call);

    boost::asio::io_context& m_io;
    security::LimitStore& m_store;
    security::Budgets m_budgets;
    RunShares m_shares;
    bool m_failing = false; ///< The last lease; the log says so once.
    boost::asio::steady_timer m_timer;
    boost::asio::thread_pool m_leasers;
};

} // namespace exhibit::gateway
