// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// What the gateway works with; everything outlives it.
struct GatewayServices {
    boost::asio::io_context& io;
    storage::CatalogueHolder& catalogue;
    prevention::SnapshotCache& snapshots;
    prevention::RunRegistry& runs;
    spool::Journal& journal;
    ops::Metrics& metrics;
};

/// The providers' wire: POST /v1/chat/completions and GET /v1/models, recorded, judged and passed
/// on byte for byte (wire.md). Io thread only.
class Gateway {
public:
    explicit Gateway(GatewayServices services);
    ~Gateway();
    void addRoutes(http::Router& router);

    /// Calls under way; drained when it reaches 0.
    [[nodiscard]] std::size_t openCalls() const;

private:
    class Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::gateway
