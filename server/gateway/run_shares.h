// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/quotas.h"
#include "server/gateway/wakeup.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace exhibit::gateway {

/// A call waits for what another one of its run hears from the store.
struct SharedWait {
    explicit SharedWait(boost::asio::io_context& io)
        : wakeup(io)
    {
    }
    Wakeup wakeup;
    std::optional<QuotaRefusal> refusal;
};

/// What counts once for all calls of a run: its place in the day, or its slot.
struct SharedByRun {
    std::size_t calls = 0; ///< That hold it or wait for it.
    std::int64_t reserved = 0; ///< 0: none of them has it yet.
    bool begun = false; ///< One of them began the run.
    bool used = false; ///< By one that has ended.
    bool leasing = false; ///< One asks the store, for all of them.
    std::vector<std::shared_ptr<SharedWait>> waiting; ///< For its answer.
};

/// Those of this replica, by budget and run. Io thread only.
class RunShares {
public:
    void join(const security::BudgetKey& key, RunId run);
    /// Null when no call of the run has joined. Valid while one has.
    [[nodiscard]] SharedByRun* find(const security::BudgetKey& key, RunId run);
    /// One call fewer; what it was when that was the last one.
    std::optional<SharedByRun> leave(const security::BudgetKey& key, RunId run, bool used);

private:
    std::map<std::pair<std::string, RunId>, SharedByRun> m_shares;
};

} // namespace exhibit::gateway
