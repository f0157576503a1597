// SPDX-License-Identifier: Apache-2.0
// What one call holds of its budgets, until it settles.
#include "server/gateway/quotas_impl.h"

#include <algorithm>

namespace exhibit::gateway {
namespace {

/// Of a budget of tokens or of cost.
std::int64_t usedOf(const QuotaDemand& demand, QuotaUse used)
{
    return demand.metric == domain::QuotaMetric::Tokens ? used.tokens : used.cost;
}

} // namespace

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
        if (!owner || !held.demand.metric) {
            continue;
        }
        if (isShared(held.demand.metric)) {
            owner->leaveShared(held.demand.budget.key, m_run, true);
        } else {
            owner->settle(
                held.demand.budget.key, held.reserved, usedOf(held.demand, {usage.total(), cost}));
        }
    }
    std::erase_if(m_held, [](const Held& held) { return held.demand.metric.has_value(); });
}

void QuotaReservation::runBegan()
{
    const auto owner = m_owner.lock();
    for (const auto& held : m_held) {
        if (owner && held.demand.metric == domain::QuotaMetric::Runs) {
            owner->find(held.demand.budget.key, m_run)->begun = true;
        }
    }
}

void QuotaReservation::runWasKnown()
{
    const auto owner = m_owner.lock();
    std::erase_if(m_held, [this, &owner](const Held& held) {
        const bool leaves = owner && held.demand.metric == domain::QuotaMetric::Runs
            && !owner->find(held.demand.budget.key, m_run)->begun;
        if (leaves) {
            owner->leaveShared(held.demand.budget.key, m_run, false);
        }
        return leaves;
    });
}

bool QuotaReservation::lacks(QuotaUse used)
{
    return !m_owner.expired() && extend(used) != nullptr;
}

boost::asio::awaitable<std::optional<QuotaRefusal>> QuotaReservation::topUp(QuotaUse used)
{
    const auto owner = m_owner.lock(); // As long as this takes.
    if (!owner) {
        co_return std::nullopt;
    }
    co_return co_await owner->topUp(*this, used);
}

security::BudgetDemand QuotaReservation::Held::lack(QuotaUse used) const
{
    auto lacking = demand.budget;
    lacking.least = usedOf(demand, used) + demand.margin - reserved;
    lacking.wanted = lacking.least + demand.step;
    return lacking;
}

QuotaReservation::Held* QuotaReservation::extend(QuotaUse used)
{
    const auto owner = m_owner.lock();
    for (auto& held : m_held) {
        if (!owner || isShared(held.demand.metric)) {
            continue;
        }
        if (const auto lacking = held.lack(used); lacking.least > 0) {
            held.reserved += owner->takeSome(lacking);
            if (held.lack(used).least > 0) {
                return &held;
            }
        }
    }
    return nullptr;
}

bool QuotaReservation::countsUsage() const
{
    return std::any_of(m_held.begin(), m_held.end(), [](const Held& held) {
        return held.demand.metric && *held.demand.metric != domain::QuotaMetric::Runs;
    });
}

void QuotaReservation::release()
{
    const auto owner = m_owner.lock();
    for (const auto& held : m_held) {
        if (owner && isShared(held.demand.metric)) {
            owner->leaveShared(held.demand.budget.key, m_run, false);
        } else if (owner) {
            owner->settle(held.demand.budget.key, held.reserved, 0);
        }
    }
    m_held.clear();
}

} // namespace exhibit::gateway
