// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/api/export_gate.h"
#include "server/storage/catalogue.h"
#include "server/storage/export_job_store.h"
#include "server/storage/export_record.h"

#include <functional>
#include <list>
#include <memory>
#include <thread>

/// Exports that take longer than a reply may: made one after the other on threads of their own,
/// behind everything else, stored in the database, fetched from any replica.
namespace exhibit::api {

/// What leaves the building, and what the log has to say of it before it does.
struct Exported {
    Bytes bytes;
    std::string type;
    std::string name; ///< Of the file.
    storage::ExportRecord record; ///< What the log will say of it.
};

/// Told now and then how far the work is ("pages", 12, 300); an error of it ends the work. Empty:
/// nobody asks.
using ExportProgress
    = std::function<Result<void>(std::string_view phase, std::int64_t done, std::int64_t total)>;

struct ExportOrder {
    TenantId tenant;
    storage::Actor actor;
    std::string format;
    std::optional<IncidentId> incident;
    std::function<Result<Exported>(const ExportProgress&)> make;
};

/// `subject` of an error that says: not while somebody waits, but as a job.
inline constexpr std::string_view kNeedsJob = "export_job";

class ExportJobs {
public:
    struct Services {
        storage::Database& database;
        storage::LedgerAppender& ledger;
        storage::CatalogueHolder& catalogue; ///< Whose expired files are looked for.
        ReplicaId replica;
    };
    /// What is given outlives it.
    explicit ExportJobs(Services services);
    /// As stop().
    ~ExportJobs();
    ExportJobs(const ExportJobs&) = delete;
    ExportJobs& operator=(const ExportJobs&) = delete;

    /// Stored as waiting, and made in its turn: jobs of a tenant that has none running come first.
    /// Errors as of addExportJob(); Unavailable when the queue is full or the server stops.
    [[nodiscard]] Result<storage::ExportJob> start(ExportOrder order);
    /// Made while the caller waits; nullopt: others are being made, it may become a job.
    [[nodiscard]] std::optional<Result<Exported>> makeNow(const ExportOrder& order);
    /// For the store's functions: jobs of an earlier life of this server read as failed.
    [[nodiscard]] const storage::ExportMaker& maker() const { return m_maker; }
    /// Ends what is being made, waits for it and says so in the database, as far as it answers.
    void stop();

private:
    struct Task {
        ExportOrder order;
        storage::ExportJob job; ///< As known here; under m_mutex but for its id.
        bool unwanted = false;
    };
    using Tasks = std::list<std::shared_ptr<Task>>;

    void work();
    void keep();
    /// The next one to be made; m_mutex is held.
    [[nodiscard]] std::shared_ptr<Task> next();
    void make(Task& task);
    /// An error when nobody wants the export any more, or the server stops.
    [[nodiscard]] Result<void> progress(Task& task,
                                        std::string_view phase,
                                        std::int64_t done,
                                        std::int64_t total);
    [[nodiscard]] Result<Exported> made(Task& task);
    [[nodiscard]] Result<void> storeParts(Task& task, BytesView file);
    [[nodiscard]] Result<void> store(Task& task, const Exported& exported);
    void storeFailure(const Task& task, const Error& error);
    void beat(Task& task);
    void dropExpired();

    Services m_services;
    storage::ExportMaker m_maker;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    Tasks m_tasks; ///< Waiting and running.
    bool m_stopping = false;
    ExportGate m_gate;
    std::vector<std::thread> m_threads;
};

} // namespace exhibit::api
