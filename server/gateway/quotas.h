// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/price_table.h"
#include "server/gateway/run_limits.h"
#include "server/http/message.h"
#include "server/security/budgets.h"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace exhibit::gateway {

/// A call as quotas see it.
struct QuotaCall {
    const domain::TenantQuotas* quotas = nullptr; ///< Outlives the reservation's making.
    std::vector<domain::AppliedQuota> applied; ///< Those of `quotas` that the call is under.
    std::string userId; ///< Empty: nobody.
    std::string project; ///< Slug.
    RunId run;
    bool newRun = false;
    domain::RunCounters counters; ///< Of the run, this call among its calls.
    std::int64_t promptTokens = 0; ///< Estimated.
    std::optional<std::int64_t> outputTokensMax; ///< All choices; absent: the request says nothing.
    bool streaming = false; ///< Its answer can be ended while it comes.
    const domain::ModelPrice* price = nullptr;
    UtcTime now{};
};

/// Why a quota refuses a call.
struct QuotaRefusal {
    http::ErrorReply reply;
    std::optional<RunOverrun> endsRun; ///< It is over: by a limit of its own, or mid-answer.
};

/// One budget that a call draws on.
struct QuotaDemand {
    security::BudgetDemand budget;
    domain::QuotaScope scope = domain::QuotaScope::User;
    std::optional<domain::QuotaMetric> metric; ///< Empty: a slot for its run.
    domain::Tier tier = domain::Tier::Enterprise; ///< That sets the limit.
    /// While the call answers it holds so much more than it has used, and reserves that and `step`
    /// more when it does not.
    std::int64_t margin = 0;
    std::int64_t step = 0;
};

/// What a call has used so far.
struct QuotaUse {
    std::int64_t tokens = 0;
    domain::Microcents cost = 0;
};

class QuotaReservation;
using QuotaAnswer = tl::expected<QuotaReservation, QuotaRefusal>;

/// Reserves before a call and settles after it, so that calls at once cannot use a budget twice
/// (rulings.md 5). Out of what this replica has leased that takes no look anywhere; near a limit
/// each call waits for a lease of its own. While the store is away calls go on with what was
/// leased. Io thread only; `store` is called on threads of its own.
class Quotas {
public:
    Quotas(boost::asio::io_context& io, security::LimitStore& store);
    ~Quotas();
    Quotas(const Quotas&) = delete;
    Quotas& operator=(const Quotas&) = delete;

    [[nodiscard]] boost::asio::awaitable<QuotaAnswer> reserve(QuotaCall call);
    /// Gives idle leases back now and then from now on.
    void start();
    /// Gives everything back and waits for it; when the io thread no longer runs.
    void leave();

    class Impl;

private:
    std::shared_ptr<Impl> m_impl;
};

/// What a call holds. Io thread only; may outlive the Quotas.
class QuotaReservation {
public:
    QuotaReservation() = default;
    QuotaReservation(QuotaReservation&& other) noexcept = default;
    QuotaReservation& operator=(QuotaReservation&& other) noexcept;
    /// Unless it was settled, nothing was used.
    ~QuotaReservation();

    /// The call went to a provider and used so much. Its slot is given back with the object.
    void settle(const domain::Usage& usage, domain::Microcents cost);
    /// This call is the run's first.
    void runBegan();
    /// Another call of the run began it meanwhile: if not under the same budget, this one takes
    /// none of the day's runs.
    void runWasKnown();
    /// While it answers: true when it comes to the end of what it has reserved and nothing is
    /// leased that it could take; then topUp() has to be waited for.
    [[nodiscard]] bool lacks(QuotaUse used);
    /// Leases more; the refusal says why there is none. This stays where it is meanwhile.
    [[nodiscard]] boost::asio::awaitable<std::optional<QuotaRefusal>> topUp(QuotaUse used);
    /// True when a budget counts what the call uses: then that should be the provider's word.
    [[nodiscard]] bool countsUsage() const;

private:
    friend class Quotas;
    friend class Quotas::Impl;
    struct Held {
        QuotaDemand demand;
        std::int64_t reserved = 0;

        /// What it should have more; `least` is 0 or less when it has enough.
        [[nodiscard]] security::BudgetDemand lack(QuotaUse used) const;
    };
    /// Takes what is leased; the first that still lacks, or nullptr.
    Held* extend(QuotaUse used);
    void release();

    std::weak_ptr<Quotas::Impl> m_owner;
    std::vector<Held> m_held;
    RunId m_run;
};

} // namespace exhibit::gateway
