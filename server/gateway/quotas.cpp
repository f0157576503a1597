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

/// A run has one place in the day and one slot, however many of its calls are under way.
bool isShared(const std::optional<domain::QuotaMetric>& metric)
{
    return !metric || *metric == domain::QuotaMetric::Runs;
}

} // namespace

/// What counts once for all calls of a run: its place in the day, or its slot.
struct SharedByRun {
    std::size_t calls = 0; ///< That hold it or wait for it.
    std::int64_t reserved = 0; ///< 0: none of them has it yet.
    bool used = false; ///< By one that has ended.
    bool leasing = false; ///< One asks the store, for all of them.
    std::vector<std::shared_ptr<Wakeup>> waiting; ///< For its answer.
};

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
    void settle(const security::BudgetKey& key, std::int64_t reserved, std::int64_t used)
    {
        m_budgets.settle(key, reserved, used);
    }

private:
    using Lease = Result<security::BudgetLease>;
    asio::awaitable<Lease> lease(security::BudgetDemand demand);
    void giveIdleBack();
    void noteTrouble(const Error& error);
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

    asio::io_context& m_io;
    security::LimitStore& m_store;
    security::Budgets m_budgets;
    std::map<std::pair<std::string, RunId>, SharedByRun> m_shared; ///< By budget and run.
    bool m_failing = false; ///< The last lease; the log says so once.
    asio::steady_timer m_timer;
    asio::thread_pool m_leasers;
};

SharedByRun* Quotas::Impl::shared(const QuotaDemand& demand, RunId run)
{
    const auto found = m_shared.find({demand.budget.key.name, run});
    return isShared(demand.metric) && found != m_shared.end() ? &found->second : nullptr;
}

void Quotas::Impl::leaveShared(const security::BudgetKey& key, RunId run, bool used)
{
    const auto found = m_shared.find({key.name, run});
    if (found == m_shared.end()) {
        return;
    }
    auto& share = found->second;
    share.used = share.used || used;
    if (--share.calls == 0) {
        m_budgets.settle(key, share.reserved, share.used ? share.reserved : 0);
        m_shared.erase(found);
    }
}

QuotaReservation Quotas::Impl::join(const Demands& demands, RunId run)
{
    QuotaReservation reservation;
    reservation.m_owner = weak_from_this();
    reservation.m_run = run;
    for (const auto& demand : demands) {
        if (isShared(demand.metric)) {
            ++m_shared[{demand.budget.key.name, run}].calls;
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
            const auto wakeup = std::make_shared<Wakeup>(m_io);
            share->waiting.push_back(wakeup);
            co_await wakeup->wait();
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
    if (share != nullptr) {
        share->leasing = false;
        for (const auto& waiting : std::exchange(share->waiting, {})) {
            waiting->raise();
        }
    }
    if (!leased) {
        noteTrouble(leased.error());
        co_return storeAway(leased.error());
    }
    m_failing = false;
    m_budgets.add(asked.key, leased->granted);
    // Another call may have leased enough meanwhile, or taken it for the whole run.
    const bool taken = share != nullptr && share->reserved > 0;
    if (leased->granted == 0 && !taken && m_budgets.available(asked.key) < least) {
        co_return exhausted(demand, leased->taken, call.now);
    }
    co_return std::nullopt;
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

void QuotaReservation::runWasKnown()
{
    const auto owner = m_owner.lock();
    std::erase_if(m_held, [this, &owner](const Held& held) {
        const bool run = held.metric == domain::QuotaMetric::Runs;
        if (run && owner) {
            owner->leaveShared(held.key, m_run, false);
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
        if (owner && isShared(held.metric)) {
            owner->leaveShared(held.key, m_run, false);
        } else if (owner) {
            owner->settle(held.key, held.reserved, 0);
        }
    }
    m_held.clear();
}

} // namespace exhibit::gateway
