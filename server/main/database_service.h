// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/main/configuration.h"
#include "server/main/periodic.h"
#include "server/storage/change_listener.h"
#include "server/storage/database_setup.h"
#include "server/storage/local_copy.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace exhibit::server {

/// PostgreSQL as exhibitd depends on it: found or managed, migrated, with roles, first contents and
/// a catalogue read from it. With a local copy of the catalogue the server serves before any of
/// this has succeeded and goes on trying (INV-8); without one there is nothing to decide from.
class DatabaseService {
public:
    struct Events {
        std::function<void()> onReady; ///< Once, on whichever thread brought it up.
        std::function<void(std::string_view)> onNotice; ///< As ChangeListener::Handlers.
        /// How often partitions are looked after.
        Periodic::Timing partitions{std::chrono::hours(24), std::chrono::minutes(1)};
    };

    DatabaseService(const Configuration& configuration,
                    storage::LocalCopy& copy,
                    storage::CatalogueHolder& catalogue);
    /// Stops trying; the managed cluster ends with the object.
    ~DatabaseService();

    /// Finds out where the database is, and starts the managed cluster; database() is valid then.
    [[nodiscard]] Result<void> find();
    /// Brings everything up, or, when there is a local catalogue, leaves that to a thread of its
    /// own that tries until it succeeds.
    [[nodiscard]] Result<void> start(Events events);

    [[nodiscard]] storage::Database& database() { return *m_database; }
    [[nodiscard]] const storage::DatabaseUrls& urls() const { return m_setup->urls(); }
    /// Re-reads the catalogue and keeps a local copy of it. Any thread.
    [[nodiscard]] Result<void> reloadCatalogue();
    /// Adds the snapshot to the catalogue when it is not in it. Any thread; waits.
    [[nodiscard]] Result<void> ensureSnapshot(TenantId tenant,
                                              const std::string& snapshotId,
                                              Deadline deadline);
    [[nodiscard]] bool ready() const { return m_ready; }
    /// One sentence for /health: why it is not ready, or empty.
    [[nodiscard]] std::string trouble() const;
    /// The administrator's key of the first start, to be shown once; empty later.
    [[nodiscard]] const Secret& newAdminKey() const { return m_newAdminKey; }

private:
    [[nodiscard]] Result<void> prepare(Deadline deadline);
    [[nodiscard]] Result<void> bootstrap(Deadline deadline);
    void listen();
    void keepTrying(const std::stop_token& stop);
    void noteTrouble(const std::string& why);

    const Configuration& m_configuration;
    storage::LocalCopy& m_copy;
    storage::CatalogueHolder& m_catalogue;
    std::optional<storage::DatabaseSetup> m_setup;
    std::unique_ptr<storage::Database> m_database;
    Events m_events;
    Secret m_newAdminKey;
    std::atomic<bool> m_ready{false};
    std::mutex m_reload; ///< One change at a time, so that an older one never replaces a newer.
    mutable std::mutex m_mutex;
    std::string m_trouble;
    std::unique_ptr<storage::ChangeListener> m_listener;
    std::unique_ptr<Periodic> m_partitions;
    std::jthread m_trying;
};

} // namespace exhibit::server
