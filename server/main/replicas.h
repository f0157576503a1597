// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/periodic.h"
#include "server/prevention/run_registry.h"
#include "server/storage/catalogue.h"
#include "server/storage/replica_store.h"
#include "server/storage/run_store.h"

#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace exhibit::server {

/// Makes sure that the catalogue has a snapshot which a run is bound to. Any thread; waits.
using EnsureSnapshot = std::function<Result<void>(TenantId, const std::string&, Deadline)>;

struct ReplicaServices {
    boost::asio::io_context& io;
    storage::DatabaseUrls urls;
    ReplicaId replica;
    storage::LocalCopy& copy;
    storage::CatalogueHolder& catalogue;
    prevention::RunRegistry& runs;
    EnsureSnapshot ensureSnapshot;
    /// Says a kill in a second way; waits, any thread. Empty: there is none.
    std::function<void(TenantId, RunId, domain::KillReason)> alsoTellKill = {};
};

/// This exhibitd among others on the same database (rulings.md 1 and 2): holds its lease, knows
/// whether it is alone, and while it is not, looks runs up and publishes stops. How standing
/// changes without a gap in which a stop could be missed is told in docs/decisions/0010.
class Replicas : public prevention::SharedRuns {
public:
    explicit Replicas(ReplicaServices services);
    ~Replicas() override;
    Replicas(const Replicas&) = delete;
    Replicas& operator=(const Replicas&) = delete;

    /// Takes the lease and waits until the others know of it; before serving, on the thread that
    /// will be the io thread. Without PostgreSQL a complete local copy counts as being alone.
    void join(Deadline deadline);
    /// Renews from now on. Just before the io thread runs.
    void start();
    /// Gives the lease up: once nothing is served and everything is ingested.
    void leave();
    /// What the ChangeListener hears. Any thread.
    void notice(std::string_view payload);
    /// For /health.
    [[nodiscard]] Json health() const;

    [[nodiscard]] bool shared() const override { return m_standing != Standing::Alone; }
    void look(TenantId tenant, RunId run, Looked done) override;
    void publishStop(domain::LiveRun stopped, Published done) override;
    void publishKill(TenantId tenant, RunId run, domain::KillReason reason) override;

private:
    enum class Standing : std::uint8_t {
        Unknown, ///< PostgreSQL has not said yet, and the local copy does not suffice.
        Joining, ///< Others live that do not know of this one yet.
        Shared,
        Alone,
    };

    [[nodiscard]] Result<void> renew();
    [[nodiscard]] Result<void> standAlone();
    [[nodiscard]] Result<storage::OtherReplicas> takeLease(bool sharing);
    [[nodiscard]] Result<bool> copyMayLack();
    [[nodiscard]] Result<void> rebuildCopy();
    [[nodiscard]] Result<void> adopt(const std::vector<domain::LiveRun>& runs);
    void stand(Standing standing, std::int64_t others);
    void hearOfRun(std::string_view payload, bool killed);
    [[nodiscard]] bool mayLook() const;
    [[nodiscard]] Result<std::optional<domain::LiveRun>> lookNow(TenantId tenant,
                                                                 RunId run,
                                                                 Deadline deadline);

    ReplicaServices m_services;
    storage::Database m_database; ///< Its own few connections: handlers cannot use them up.
    storage::ReplicaStore m_store;
    storage::RunStore m_rows;
    const std::string m_name;
    std::atomic<Standing> m_standing{Standing::Unknown};
    std::atomic<std::int64_t> m_others{0};
    std::atomic<SteadyTime> m_leaseUntil{SteadyTime{}};
    bool m_joined = false; ///< The renewing thread's: PostgreSQL has answered once.
    bool m_serving = false; ///< Written before any other thread exists.
    boost::asio::thread_pool m_lookers;
    std::unique_ptr<Periodic> m_renewing;
};

} // namespace exhibit::server
