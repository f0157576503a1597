// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/call_state.h"
#include "server/gateway/gateway.h"
#include "server/gateway/service_health.h"
#include "server/gateway/violations.h"

#include <boost/asio/awaitable.hpp>

namespace exhibit::gateway {

/// Who asks, and in whose catalogue.
struct Caller {
    std::shared_ptr<const storage::Catalogue> catalogue;
    security::Principal principal;
    PresentedKey presented;
};
/// Authenticates and checks the scope run:create; the reply says why not.
[[nodiscard]] tl::expected<Caller, http::ErrorReply> identify(const GatewayServices& services,
                                                              const http::Request& request);

/// What policies see of a call whose run is known; points into `call`.
[[nodiscard]] prevention::CallSubject subjectOf(const CallState& call);
/// Its first record, but for how it was routed.
[[nodiscard]] spool::CallOpened openedRecord(const CallState& call, const http::Request& request);
/// What the call asks of its tenant's quotas; `run` is what is known of its run.
[[nodiscard]] QuotaCall quotaCallOf(const CallState& call,
                                    const domain::TenantQuotas& quotas,
                                    const std::optional<domain::LiveRun>& run,
                                    UtcTime now);

/// What became of a request before the provider hears of it. `call` is absent when it was refused
/// and leaves no record. With neither `refusal` nor `stopped` the call may go on.
struct Admission {
    std::shared_ptr<CallState> call;
    PresentedKey presented;
    std::optional<http::ErrorReply> refusal;
    /// A policy or threshold refused the request: call->guard->stop() says which, this is what was
    /// decided and is still to be recorded.
    std::optional<prevention::StageOutcome> stopped;
};
/// What admission works with; everything outlives the call.
struct AdmissionParts {
    const GatewayServices& services;
    ops::Counter& violations;
    const ServiceHealth& health;
};
/// Everything up to the provider: key, spool, body, run, upstream, snapshot, input policies and
/// thresholds; records are written as they arise. Waits only for what PostgreSQL knows of the run,
/// and that only while this replica is not alone, for budgets that must be leased, and for others'
/// turns while a long request is read. `request` outlives the call.
[[nodiscard]] boost::asio::awaitable<Admission> admit(AdmissionParts parts,
                                                      const http::Request& request,
                                                      const Surface& surface);

} // namespace exhibit::gateway
