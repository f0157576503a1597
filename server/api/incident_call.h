// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/access.h"
#include "server/api/replays.h"

namespace exhibit::api {

/// What both kinds of replay begin with.
struct IncidentCall {
    std::shared_ptr<const storage::RecordedCall> call;
    std::shared_ptr<const domain::PolicySnapshot> recorded;
    std::optional<domain::PriceTable> prices; ///< That it was charged by.
    std::string policyId; ///< That the incident is about.
};

/// Of services that have the ledger. NotFound, or Conflict when it cannot be replayed: erased, or
/// not yet closed.
[[nodiscard]] Result<IncidentCall> readIncidentCall(const ApiServices& services,
                                                    TenantId tenant,
                                                    IncidentId incident);
/// As refusal(), and tells a provider's failure from ours.
[[nodiscard]] http::Response replayRefusal(const http::Request& request, const Error& error);

} // namespace exhibit::api
