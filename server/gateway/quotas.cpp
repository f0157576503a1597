// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/quotas.h"

#include "server/gateway/quota_demands.h"
#include "server/gateway/run_shares.h"
#include "server/ops/log.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kLeasers = 2;
constexpr auto kIdlePause = 1s;
/// Others may take what one has leased before it gets its turn; so often it asks again.
constexpr int kLeaseTries = 32;

/// A run has one place in the day and one slot, however many of its calls are under way.
bool isShared(const std::optional<domain::QuotaMetric>& metric)
{
    return !metric || *metric == domain::QuotaMetric::Runs;
}

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

    /// One call fewer shares it; what nobody used is there again when the last one leaves.
    void leaveShared(const security::BudgetKey& key, RunId run, bool used);
    SharedByRun* find(const security::BudgetKey& key, RunId run) { return m_shares.find(key, run); }
    void settle(const security::BudgetKey& key, std::int64_t reserved, std::int64_t used)
    {
        m_budgets.settle(key, reserved, used);
    }

private:
    using Lease = Result<security::BudgetLease>;
    asio::awaitable<Lease> lease(security::BudgetDemand demand);
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
    asio::awaitable<std::optional<QuotaRefusal>> fetch(const QuotaDemand& demand,
                                                       security::BudgetDemand asked,
                                                       const QuotaCall& call);
    std::optional<QuotaRefusal> refusedBy(const QuotaDemand& demand,
                                          const security::BudgetLease& leased,
                                          std::int64_t least,
                                          const QuotaCall& call);

    asio::io_context& m_io;
    security::LimitStore& m_store;
    security::Budgets m_budgets;
    RunShares m_shares;
    bool m_failing = false; ///< The last lease; the log says so once.
    asio::steady_timer m_timer;
    asio::thread_pool m_leasers;
};

SharedByRun* Quotas::Impl::shared(const QuotaDemand& demand, RunId run)
{
    return isShared(demand.metric) ? m_shares.find(demand.budget.key, run) : nullptr;
}

void Quotas::Impl::leaveShared(const security::BudgetKey& key, RunId run, bool used)
{
    if (const auto share = m_shares.leave(key, run, used)) {
        m_budgets.settle(key, share->reserved, share->used ? share->reserved : 0);
    }
}

QuotaReservation Quotas::Impl::join(const Demands& demands, RunId run)
{
    QuotaReservation reservation;
    reservation.m_owner = weak_from_this();
    reservation.m_run = run;
    for (const auto& demand : demands) {
        if (isShared(demand.metric)) {
            m_shares.join(demand.budget.key, run);
            reservation.m_held.push_back({demand.budget.key, 0, demand.metric});
        }
    }
    return reservation;
}

std::vector<security::BudgetDemand> Quotas::Impl::stillOpen(const Demands& demands, RunId run)
{
    std::vector<security::BudgetDemand> open;
    for (const auto& demand : demands) {
        open.push_back(demand.budget);
        if (const auto* share = shared(demand, run); share != nullptr && share->reserved > 0) {
            open.back().least = open.back().wanted = 0;
        }
    }
    return open;
}

void Quotas::Impl::hold(QuotaReservation& reservation,
                        const Demands& demands,
                        const std::vector<std::int64_t>& taken)
{
    for (std::size_t i = 0; i < demands.size(); ++i) {
        if (auto* share = shared(demands[i], reservation.m_run)) {
            share->reserved += taken[i];
        } else {
            reservation.m_held.push_back({demands[i].budget.key, taken[i], demands[i].metric});
        }
    }
}

asio::awaitable<QuotaAnswer> Quotas::Impl::reserve(QuotaCall call)
{
    auto wanted = demandsOf(call);
    if (wanted.refusal) {
        co_return tl::make_unexpected(*std::move(wanted.refusal));
    }
    auto reservation = join(wanted.demands, call.run);
    for (int leases = 0; leases < kLeaseTries;) {
        auto open = stillOpen(wanted.demands, call.run);
        const auto taking = m_budgets.take(open);
        if (!taking.lacking) {
            hold(reservation, wanted.demands, taking.taken);
            co_return reservation;
        }
        const auto& lacking = wanted.demands[*taking.lacking];
        if (auto* share = shared(lacking, call.run); share != nullptr && share->leasing) {
            const auto waiting = std::make_shared<SharedWait>(m_io);
            share->waiting.push_back(waiting);
            co_await waiting->wakeup.wait();
            if (waiting->refusal) {
                co_return tl::make_unexpected(*std::move(waiting->refusal));
            }
            continue;
        }
        ++leases;
        auto refusal = co_await fetch(lacking, std::move(open[*taking.lacking]), call);
        if (refusal) {
            co_return tl::make_unexpected(*std::move(refusal));
        }
    }
    co_return tl::make_unexpected(
        storeAway({ErrorCode::Unavailable, "too many calls want the last of a budget", {}}));
}

asio::awaitable<std::optional<QuotaRefusal>> Quotas::Impl::fetch(const QuotaDemand& demand,
                                                                 security::BudgetDemand asked,
                                                                 const QuotaCall& call)
{
    const auto least = asked.least;
    asked.least -= m_budgets.available(asked.key);
    auto* const share = shared(demand, call.run); // As long as the call has its part in it.
    if (share != nullptr) {
        share->leasing = true;
    }
    const auto leased = co_await lease(asked);
    std::optional<QuotaRefusal> refusal;
    if (leased) {
        refusal = refusedBy(demand, *leased, least, call);
    } else {
        refusal = noteTrouble(leased.error());
    }
    if (share != nullptr) {
        share->leasing = false;
        for (const auto& waiting : std::exchange(share->waiting, {})) {
            waiting->refusal = refusal;
            waiting->wakeup.raise();
        }
    }
    co_return refusal;
}

std::optional<QuotaRefusal> Quotas::Impl::refusedBy(const QuotaDemand& demand,
                                                    const security::BudgetLease& leased,
                                                    std::int64_t least,
                                                    const QuotaCall& call)
{
    m_failing = false;
    m_budgets.add(demand.budget.key, leased.granted);
    // Another call may have leased enough meanwhile, or taken it for the whole run.
    const auto* share = shared(demand, call.run);
    const bool taken = share != nullptr && share->reserved > 0;
    const bool lacks = leased.granted == 0 && m_budgets.available(demand.budget.key) < least;
    return lacks && !taken ? std::optional(exhausted(demand, leased.taken, call.now))
                           : std::nullopt;
}

asio::awaitable<Quotas::Impl::Lease> Quotas::Impl::lease(security::BudgetDemand demand)
{
    struct Answer {
        explicit Answer(asio::io_context& io)
            : wakeup(io)
        {
        }
        Wakeup wakeup;
        Lease lease;
    };
    const auto waiting = std::make_shared<Answer>(m_io);
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

QuotaRefusal Quotas::Impl::noteTrouble(const Error& error)
{
    if (!std::exchange(m_failing, true)) {
        ops::logWarning("budgets cannot be leased: {}", error.message);
    }
    return storeAway(error);
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
        if (!owner || !held.metric) {
            continue;
        }
        if (isShared(held.metric)) {
            owner->leaveShared(held.key, m_run, true);
        } else {
            const bool tokens = *held.metric == domain::QuotaMetric::Tokens;
            owner->settle(held.key, held.reserved, tokens ? usage.total() : cost);
        }
    }
    std::erase_if(m_held, [](const Held& held) { return held.metric.has_value(); });
}

void QuotaReservation::runBegan()
{
    const auto owner = m_owner.lock();
    for (const auto& held : m_held) {
        if (owner && held.metric == domain::QuotaMetric::Runs) {
            owner->find(held.key, m_run)->begun = true;
        }
    }
}

void QuotaReservation::runWasKnown()
{
    const auto owner = m_owner.lock();
    std::erase_if(m_held, [this, &owner](const Held& held) {
        const bool leaves = owner && held.metric == domain::QuotaMetric::Runs
            && !owner->find(held.key, m_run)->begun;
        if (leaves) {
            owner->leaveShared(held.key, m_run, false);
        }
        return leaves;
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
        if (owner && isShared(held.metric)) {
            owner->leaveShared(held.key, m_run, false);
        } else if (owner) {
            owner->settle(held.key, held.reserved, 0);
        }
    }
    m_held.clear();
}

} // namespace exhibit::gateway
