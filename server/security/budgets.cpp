// SPDX-License-Identifier: Apache-2.0
#include "server/security/budgets.h"

#include <algorithm>

namespace exhibit::security {

Budgets::Taking Budgets::take(std::span<const BudgetDemand> demands)
{
    Taking taking;
    for (std::size_t i = 0; i < demands.size(); ++i) {
        if (available(demands[i].key) < demands[i].least) {
            taking.lacking = i;
            return taking;
        }
    }
    for (const auto& demand : demands) {
        auto& block = m_blocks[demand.key];
        const auto amount = std::clamp(block.available, demand.least, demand.wanted);
        block.available -= amount;
        block.touched = true;
        taking.taken.push_back(amount);
    }
    return taking;
}

std::int64_t Budgets::takeSome(const BudgetDemand& demand)
{
    const auto found = m_blocks.find(demand.key);
    if (found == m_blocks.end() || found->second.available <= 0) {
        return 0;
    }
    auto& block = found->second;
    const auto amount = std::min(block.available, demand.wanted);
    block.available -= amount;
    block.touched = true;
    return amount;
}

void Budgets::add(const BudgetKey& key, std::int64_t granted)
{
    auto& block = m_blocks[key];
    block.available += granted;
    block.touched = true;
}

void Budgets::settle(const BudgetKey& key, std::int64_t reserved, std::int64_t used)
{
    m_blocks[key].available += reserved - used;
}

std::vector<BudgetAmount> Budgets::takeIdle()
{
    std::vector<BudgetAmount> amounts;
    for (auto found = m_blocks.begin(); found != m_blocks.end();) {
        auto& [key, block] = *found;
        const bool touched = std::exchange(block.touched, false);
        const auto surplus = touched ? std::min<std::int64_t>(block.available, 0)
            : block.available > 1    ? (block.available + 1) / 2
                                     : block.available;
        if (surplus != 0) {
            amounts.push_back({key, surplus});
            block.available -= surplus;
        }
        found = !touched && block.available == 0 ? m_blocks.erase(found) : std::next(found);
    }
    return amounts;
}

std::vector<BudgetAmount> Budgets::takeAll()
{
    std::vector<BudgetAmount> amounts;
    for (const auto& [key, block] : m_blocks) {
        if (block.available != 0) {
            amounts.push_back({key, block.available});
        }
    }
    m_blocks.clear();
    return amounts;
}

void Budgets::restore(const std::vector<BudgetAmount>& amounts)
{
    for (const auto& [key, amount] : amounts) {
        m_blocks[key].available += amount;
    }
}

std::int64_t Budgets::available(const BudgetKey& key) const
{
    const auto found = m_blocks.find(key);
    return found == m_blocks.end() ? 0 : found->second.available;
}

} // namespace exhibit::security
