// SPDX-License-Identifier: Apache-2.0
#include "server/gateway/run_shares.h"

namespace exhibit::gateway {

void RunShares::join(const security::BudgetKey& key, RunId run)
{
    ++m_shares[{key.name, run}].calls;
}

SharedByRun* RunShares::find(const security::BudgetKey& key, RunId run)
{
    const auto found = m_shares.find({key.name, run});
    return found != m_shares.end() ? &found->second : nullptr;
}

std::optional<SharedByRun> RunShares::leave(const security::BudgetKey& key, RunId run, bool used)
{
    const auto found = m_shares.find({key.name, run});
    if (found == m_shares.end()) {
        return std::nullopt;
    }
    auto& share = found->second;
    share.used = share.used || used;
    if (--share.calls > 0) {
        return std::nullopt;
    }
    return std::move(m_shares.extract(found).mapped());
}

} // namespace exhibit::gateway
