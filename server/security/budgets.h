// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/strong_id.h"

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace exhibit::security {

enum class BudgetKind : std::uint8_t {
    Daily, ///< Used up until its day ends.
    Slots, ///< Held while something runs.
};

/// One thing that is limited for all replicas together.
struct BudgetKey {
    TenantId tenant;
    std::string name; ///< "user/alice/tokens/2026-11-21"
    BudgetKind kind = BudgetKind::Daily;

    friend bool operator==(const BudgetKey&, const BudgetKey&) = default;
};

struct BudgetKeyHash {
    std::size_t operator()(const BudgetKey& key) const noexcept
    {
        return std::hash<std::string>()(key.name) ^ std::hash<TenantId>()(key.tenant);
    }
};

/// What a call wants of one budget.
struct BudgetDemand {
    BudgetKey key;
    std::int64_t limit = 0;
    std::int64_t least = 0; ///< It cannot begin with less,
    std::int64_t wanted = 0; ///< and takes so much if that is left. At least `least`.
};

struct BudgetLease {
    std::int64_t granted = 0; ///< At least what was asked for at least, or 0.
    std::int64_t taken = 0; ///< By all replicas, this grant included.
};

struct BudgetAmount {
    BudgetKey key;
    std::int64_t amount = 0; ///< Negative: spent beyond what was leased.
};

/// Where all replicas take their budgets from (PostgreSQL, or Redis). Any thread; calls wait.
class LimitStore {
public:
    virtual ~LimitStore() = default;
    /// All grants together never exceed the limit. Unavailable when the store is away.
    [[nodiscard]] virtual Result<BudgetLease> lease(const BudgetDemand& demand) = 0;
    /// Returns what certainly was not taken back. What is uncertain is lost to the budget rather
    /// than granted twice.
    [[nodiscard]] virtual std::vector<BudgetAmount> giveBack(std::vector<BudgetAmount> amounts) = 0;
};

/// What this replica has leased and not used (rulings.md 5): calls reserve out of it, and settle
/// when they know what they used. One thread.
class Budgets {
public:
    /// Takes from what is leased: all demands, or none of them, and then the index of the first
    /// that needs a lease. `taken` has what was reserved of each.
    struct Taking {
        std::optional<std::size_t> lacking;
        std::vector<std::int64_t> taken;
    };
    [[nodiscard]] Taking take(std::span<const BudgetDemand> demands);
    /// What is leased of what the demand wants, be it less than `least`.
    [[nodiscard]] std::int64_t takeSome(const BudgetDemand& demand);
    void add(const BudgetKey& key, std::int64_t granted);
    /// A reservation ends with what was used; may be more than was reserved.
    void settle(const BudgetKey& key, std::int64_t reserved, std::int64_t used);

    /// What nobody has used since this was last asked, and what was overspent: for the store. Half
    /// of an idle block stays the first time, so that it melts and a pause costs no call a look.
    [[nodiscard]] std::vector<BudgetAmount> takeIdle();
    /// Everything, at the end.
    [[nodiscard]] std::vector<BudgetAmount> takeAll();
    /// What could not be given back is still here.
    void restore(const std::vector<BudgetAmount>& amounts);

    [[nodiscard]] std::int64_t available(const BudgetKey& key) const;

private:
    struct Block {
        std::int64_t available = 0;
        bool touched = true; ///< Since takeIdle().
    };
    std::unordered_map<BudgetKey, Block, BudgetKeyHash> m_blocks;
};

} // namespace exhibit::security
