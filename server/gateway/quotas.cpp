// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/quotas.h"

#include "server/gateway/quota_demands.h"
#include "server/gateway/wakeup.h"
#include "server/ops/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <map>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLeasers = 2;
constexpr auto kIdlePause = 1s;
/// Others may take what one has leased before it gets its turn; so often it asks again.
constexpr int kLeaseTries = 32;

} // namespace

class Quotas::Impl : public std::enable_shared_from_this<Quotas::Impl> {
public:
    Impl(asio::io_context& io, security::LimitStore& store)
        : m_io(io)
        , m_store(store)
        , m_timer(io)
        , m_leasers(kLeasers)
    {
    }

    asio::awaitable<QuotaAnswer> reserve(QuotaCall call);
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

    void endSlot(const security::BudgetKey& key, RunId run);
    void endBeginning(const security::BudgetKey& key, RunId run);
    void settle(const security::BudgetKey& key, std::int64_t reserved, std::int64_t used)
    {
        m_budgets.settle(key, reserved, used);
    }

private:
    using Lease = Result<security::BudgetLease>;
    asio::awaitable<Lease> lease(security::BudgetDemand demand);
    void giveIdleBack();
    void noteTrouble(const Error& error);
    using ByRun = std::map<std::pair<std::string, RunId>, std::size_t>;
    /// True when another call of the run has taken what counts once for all of them.
    [[nodiscard]] bool isTaken(const QuotaDemand& demand, RunId run) const;
    void noteTaken(const QuotaDemand& demand, RunId run);

    asio::io_context& m_io;
    security::LimitStore& m_store;
    security::Budgets m_budgets;
    ByRun m_slots; ///< Calls under way of runs that hold a slot, by slot and run.
    ByRun m_beginning; ///< Those that found their run new, by the budget of runs and run.
    bool m_failing = false; ///< The last lease; the log says so once.
    asio::steady_timer m_timer;
    asio::thread_pool m_leasers;
};

bool Quotas::Impl::isTaken(const QuotaDemand& demand, RunId run) const
{
    const std::pair key{demand.budget.key.name, run};
    return !demand.metric ? m_slots.contains(key)
                          : demand.metric == domain::QuotaMetric::Runs && m_beginning.contains(key);
}

void Quotas::Impl::noteTaken(const QuotaDemand& demand, RunId run)
{
    const std::pair key{demand.budget.key.name, run};
    if (!demand.metric) {
        ++m_slots[key];
    } else if (demand.metric == domain::QuotaMetric::Runs) {
        ++m_beginning[key];
    }
}

void Quotas::Impl::endBeginning(const security::BudgetKey& key, RunId run)
{
    const auto found = m_beginning.find({key.name, run});
    if (found != m_beginning.end() && --found->second == 0) {
        m_beginning.erase(found);
    }
}

void Quotas::Impl::endSlot(const security::BudgetKey& key, RunId run)
{
    const auto found = m_slots.find({key.name, run});
    if (found != m_slots.end() && --found->second == 0) {
        m_slots.erase(found);
        m_budgets.settle(key, 1, 0);
    }
}

asio::awaitable<QuotaAnswer> Quotas::Impl::reserve(QuotaCall call)
{
    auto wanted = demandsOf(call);
    if (wanted.refusal) {
        co_return tl::make_unexpected(*std::move(wanted.refusal));
    }
    for (int tries = 0; tries < kLeaseTries; ++tries) {
        std::vector<security::BudgetDemand> open;
        for (const auto& demand : wanted.demands) {
            open.push_back(demand.budget);
            if (isTaken(demand, call.run)) {
                open.back().least = open.back().wanted = 0;
            }
        }
        const auto taking = m_budgets.take(open);
        if (!taking.lacking) {
            QuotaReservation reservation;
            reservation.m_owner = weak_from_this();
            reservation.m_run = call.run;
            for (std::size_t i = 0; i < open.size(); ++i) {
                const auto& demand = wanted.demands[i];
                reservation.m_held.push_back({open[i].key, taking.taken[i], demand.metric});
                noteTaken(demand, call.run);
            }
            co_return reservation;
        }
        auto asked = open[*taking.lacking];
        asked.least -= m_budgets.available(asked.key);
        const auto leased = co_await lease(asked);
        if (!leased) {
            noteTrouble(leased.error());
            co_return tl::make_unexpected(storeAway(leased.error()));
        }
        // Another call may have leased enough meanwhile, or taken it for the whole run.
        const auto& lacking = wanted.demands[*taking.lacking];
        const bool enough
            = m_budgets.available(asked.key) + leased->granted >= open[*taking.lacking].least;
        if (leased->granted == 0 && !enough && !isTaken(lacking, call.run)) {
            co_return tl::make_unexpected(exhausted(lacking, leased->taken, call.now));
        }
        m_failing = false;
        m_budgets.add(asked.key, leased->granted);
    }
    co_return tl::make_unexpected(
        storeAway({ErrorCode::Unavailable, "too many calls want the last of a budget", {}}));
}

asio::awaitable<Quotas::Impl::Lease> Quotas::Impl::lease(security::BudgetDemand demand)
{
    struct Waiting {
        explicit Waiting(asio::io_context& io)
            : wakeup(io)
        {
        }
        Wakeup wakeup;
        Lease lease;
    };
    const auto waiting = std::make_shared<Waiting>(m_io);
    asio::post(m_leasers, [this, waiting, demand = std::move(demand)] {
        auto leased = m_store.lease(demand);
        asio::post(m_io, [waiting, leased = std::move(leased)]() mutable {
            waiting->lease = std::move(leased);
            waiting->wakeup.raise();
        });
    });
    co_await waiting->wakeup.wait();
    co_return std::move(waiting->lease);
}

void Quotas::Impl::noteTrouble(const Error& error)
{
    if (!std::exchange(m_failing, true)) {
        ops::logWarning("budgets cannot be leased: {}", error.message);
    }
}

void Quotas::Impl::giveIdleBackLater()
{
    m_timer.expires_after(kIdlePause);
    m_timer.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self) {
            self->giveIdleBack();
            self->giveIdleBackLater();
        }
    });
}

void Quotas::Impl::giveIdleBack()
{
    auto idle = m_budgets.takeIdle();
    if (idle.empty()) {
        return;
    }
    asio::post(m_leasers, [this, idle = std::move(idle)]() mutable {
        auto kept = m_store.giveBack(std::move(idle));
        asio::post(m_io, [weak = weak_from_this(), kept = std::move(kept)] {
            if (const auto self = weak.lock()) {
                self->m_budgets.restore(kept);
            }
        });
    });
}

Quotas::Quotas(asio::io_context& io, security::LimitStore& store)
    : m_impl(std::make_shared<Impl>(io, store))
{
}

Quotas::~Quotas()
{
    m_impl->stop();
}

asio::awaitable<QuotaAnswer> Quotas::reserve(QuotaCall call)
{
    return m_impl->reserve(std::move(call));
}

void Quotas::start()
{
    m_impl->giveIdleBackLater();
}

void Quotas::leave()
{
    m_impl->leave();
}

QuotaReservation& QuotaReservation::operator=(QuotaReservation&& other) noexcept
{
    release();
    m_owner = std::move(other.m_owner);
    m_held = std::move(other.m_held);
    m_run = other.m_run;
    other.m_held.clear();
    return *this;
}

QuotaReservation::~QuotaReservation()
{
    release();
}

void QuotaReservation::settle(const domain::Usage& usage, domain::Microcents cost)
{
    const auto owner = m_owner.lock();
    for (const auto& held : m_held) {
        if (owner && held.metric) {
            const auto used = *held.metric == domain::QuotaMetric::Runs ? held.reserved
                : *held.metric == domain::QuotaMetric::Tokens           ? usage.total()
                                                                        : cost;
            owner->settle(held.key, held.reserved, used);
            owner->endBeginning(held.key, m_run);
        }
    }
    std::erase_if(m_held, [](const Held& held) { return held.metric.has_value(); });
}

void QuotaReservation::runWasKnown()
{
    const auto owner = m_owner.lock();
    std::erase_if(m_held, [this, &owner](const Held& held) {
        const bool run = held.metric == domain::QuotaMetric::Runs;
        if (run && owner) {
            owner->settle(held.key, held.reserved, 0);
            owner->endBeginning(held.key, m_run);
        }
        return run;
    });
}

bool QuotaReservation::countsUsage() const
{
    return std::any_of(m_held.begin(), m_held.end(), [](const Held& held) {
        return held.metric && *held.metric != domain::QuotaMetric::Runs;
    });
}

void QuotaReservation::release()
{
    const auto owner = m_owner.lock();
    for (const auto& held : m_held) {
        if (owner && held.metric) {
            owner->settle(held.key, held.reserved, 0);
            owner->endBeginning(held.key, m_run);
        } else if (owner) {
            owner->endSlot(held.key, m_run);
        }
    }
    m_held.clear();
}

} // namespace exhibit::gateway
