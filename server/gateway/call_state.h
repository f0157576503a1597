// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/gateway/call_evidence.h"
#include "server/gateway/chat_request.h"
#include "server/gateway/forwarding.h"
#include "server/gateway/quotas.h"
#include "server/gateway/upstream_target.h"
#include "server/gateway/wakeup.h"
#include "server/prevention/run_registry.h"
#include "server/security/authenticator.h"
#include "server/storage/catalogue.h"

#include <memory>
#include <optional>
#include <set>

namespace exhibit::gateway {

/// Everything one admitted call is worked on with. Io thread only; shared by the coroutines of the
/// call and the callbacks of its records.
struct CallState {
    std::shared_ptr<const storage::Catalogue> catalogue; ///< The one in force when it began.
    const domain::Project* project = nullptr; ///< Of `catalogue`.
    const domain::Upstream* upstream = nullptr; ///< Of `catalogue`; the one that has the call now.
    std::vector<const domain::Upstream*> route; ///< Those that may have it, best first.
    const Surface* surface = nullptr; ///< Always set; static.
    UpstreamTarget target;
    std::unique_ptr<ChatRequest> chat;
    std::optional<Bytes> sentBody; ///< Set when it differs from what the client sent.
    bool usageAsked = false; ///< By us, on the client's behalf.
    domain::LiveRun run;
    bool bound = false; ///< The client named the run.
    std::shared_ptr<const prevention::CompiledSnapshot> snapshot;
    std::unique_ptr<prevention::CallGuard> guard;
    std::unique_ptr<UsageMeter> meter;
    std::unique_ptr<CallEvidence> evidence;
    std::optional<QuotaReservation> quota; ///< Empty when no quota applies.
    RunLimits limits; ///< Of the tiers in `catalogue`.
    std::optional<Durability> opened; ///< Of the record that opens the call; see StreamCall.
    const domain::ModelPrice* price = nullptr; ///< Of `catalogue`; nullptr: no known price.

    /// PASS decisions of the input stage wait for the output's: one record for a call
    /// (rulings.md 19).
    std::vector<domain::PassRecord> inputPasses;
    std::set<std::string> incidentPolicies; ///< One incident for each policy and call.
    std::optional<IncidentId> firstIncident;
    spool::CallClosed closing; ///< Filled as the call goes on.

    [[nodiscard]] const CallIdentity& identity() const { return evidence->identity(); }
};

} // namespace exhibit::gateway
