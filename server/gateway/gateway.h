// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/domain/routing.h"
#include "server/gateway/replay.h"
#include "server/gateway/upstream_keys.h"
#include "server/http/router.h"
#include "server/ops/metrics.h"
#include "server/prevention/compiled_snapshot.h"
#include "server/prevention/run_registry.h"
#include "server/spool/journal.h"
#include "server/storage/catalogue.h"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace exhibit::gateway {

class Quotas;

struct GatewayOptions {
    std::size_t bodyBytesMax = limits::kGatewayBodyBytesMax;
    std::size_t answerBytesMax = limits::kAnswerBytesMax; ///< Of answers that are no streams.
    std::chrono::milliseconds connectTimeout = limits::kUpstreamConnectTimeout;
    std::chrono::milliseconds firstByteTimeout = limits::kUpstreamFirstByteTimeout;
    std::chrono::milliseconds idleTimeout = limits::kUpstreamIdleTimeout;
    std::chrono::milliseconds callTimeout = limits::kCallTimeout;
    UpstreamKeys upstreamKeys;
};

/// What the gateway works with; everything outlives it.
struct GatewayServices {
    boost::asio::io_context& io;
    storage::CatalogueHolder& catalogue;
    prevention::SnapshotCache& snapshots;
    prevention::RunRegistry& runs;
    spool::Journal& journal;
    ops::Metrics& metrics;
    GatewayOptions options = {};
    Quotas* quotas = nullptr; ///< nullptr: nothing is limited.
    // Counters that other modules share; nullptr: not counted here.
    ops::Counter* authnFailures = nullptr; ///< cai_authn_failures
    ops::Counter* authzDenials = nullptr; ///< cai_authz_denials
};

/// The providers' wire: POST /v1/chat/completions and GET /v1/models, recorded, judged and passed
/// on byte for byte (wire.md). Io thread only.
class Gateway {
public:
    explicit Gateway(GatewayServices services);
    ~Gateway();
    void addRoutes(http::Router& router);

    /// Ends what is live of a run at once: its providers are cut, its clients told. Returns how
    /// many calls. The run's stop must have been noted, or is about to be.
    std::size_t cutRun(TenantId tenant, RunId run, domain::KillReason reason);
    /// What was seen of a service here lately. Any thread.
    [[nodiscard]] domain::ServiceRecord serviceRecord(UpstreamId service) const;
    /// Sends a recorded call once more; `done` is called on the io thread (replay.h).
    void replay(ReplayOrder order, ReplayDone done);
    /// Calls under way; drained when it reaches 0.
    [[nodiscard]] std::size_t openCalls() const;

    class Impl;

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::gateway
