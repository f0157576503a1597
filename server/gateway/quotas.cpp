// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/quotas.h"

#include "server/gateway/quota_demands.h"
#include "server/gateway/quotas_impl.h"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace exhibit::gateway {

namespace asio = boost::asio;

namespace {

using namespace std::chrono_literals;

constexpr auto kIdlePause = 1s;
/// Others may take what one has leased before it gets its turn; so often it asks again.
constexpr int kLeaseTries = 32;
/// A stream that goes on leases such a part of a step more than it lacks, at least.
constexpr std::int64_t kStepsOfALease = 16;

} // namespace

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
            reservation.m_held.push_back({demand, 0});
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
            reservation.m_held.push_back({demands[i], taken[i]});
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

asio::awaitable<std::optional<QuotaRefusal>> Quotas::Impl::topUp(QuotaReservation& reservation,
                                                                 QuotaUse used)
{
    QuotaCall call;
    call.run = reservation.m_run;
    call.now = utcNow();
    for (int leases = 0; leases < kLeaseTries; ++leases) {
        const auto* lacking = reservation.extend(used);
        if (lacking == nullptr) {
            co_return std::nullopt;
        }
        const auto demand = lacking->demand;
        auto asked = lacking->lack(used);
        asked.least += demand.step / kStepsOfALease; // Near the limit, too, not for every word.
        auto refusal = co_await fetch(demand, std::move(asked), call);
        if (refusal && refusal->reply.limit) {
            refusal->endsRun = overBudget(demand, refusal->reply);
        }
        if (refusal) {
            co_return refusal;
        }
    }
    co_return storeAway({ErrorCode::Unavailable, "too many calls want the last of a budget", {}});
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

} // namespace exhibit::gateway
