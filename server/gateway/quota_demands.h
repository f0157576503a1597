// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/quotas.h"

namespace exhibit::gateway {

struct QuotaDemands {
    std::vector<QuotaDemand> demands;
    std::optional<QuotaRefusal> refusal; ///< No budget needs to be asked.
};

/// What the call needs of each quota that applies to it; refused at once when its user is not
/// whitelisted, its run is over a limit of its own, or a cost is limited that nobody knows.
[[nodiscard]] QuotaDemands demandsOf(const QuotaCall& call);

/// A limit of the run itself was reached.
[[nodiscard]] http::ErrorReply runLimitReply(const domain::RunLimitBreach& breach);
/// The budget is used up; `taken` is what all replicas have taken of it.
[[nodiscard]] QuotaRefusal exhausted(const QuotaDemand& demand, std::int64_t taken, UtcTime now);
/// A run whose answer was ended because of that.
[[nodiscard]] RunOverrun overBudget(const QuotaDemand& demand, const http::ErrorReply& exhausted);
/// Whether it is cannot be known.
[[nodiscard]] QuotaRefusal storeAway(const Error& error);

} // namespace exhibit::gateway
