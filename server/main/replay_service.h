// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/places.h"
#include "server/api/replays.h"
#include "server/gateway/gateway.h"
#include "server/gateway/provider_answer.h"
#include "server/main/embeddings.h"

#include <atomic>

namespace exhibit::server {

/// Replays for the API's threads: judges there, sends on the io thread.
class ReplayService final : public api::Replays {
public:
    struct Services {
        boost::asio::io_context& io;
        gateway::Gateway& gateway;
        storage::CatalogueHolder& catalogue;
        prevention::SnapshotCache& snapshots;
        EmbeddingSettings embeddings;
    };
    /// What is given outlives it.
    explicit ReplayService(Services services);

    [[nodiscard]] Result<replay::Outcome> replay(const api::ReplayOrder& order) override;
    /// Nobody waits for a provider any more.
    void stop() { m_stopped = true; }

private:
    [[nodiscard]] Result<replay::Judgement> judge(
        const api::ReplayOrder& order,
        const std::shared_ptr<const domain::PolicySnapshot>& snapshot,
        const gateway::ProviderAnswer& answer) const;
    [[nodiscard]] Result<replay::Outcome> judgeOriginal(const api::ReplayOrder& order) const;
    [[nodiscard]] Result<replay::ReplayedCall> send(const api::ReplayOrder& order);

    Services m_services;
    std::optional<Embeddings> m_embeddings;
    api::Places m_places{2}; ///< Each waits for its provider.
    std::atomic<bool> m_stopped{false};
};

} // namespace exhibit::server
