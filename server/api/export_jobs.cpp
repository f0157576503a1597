// SPDX-License-Identifier: Apache-2.0
#include "server/api/export_jobs.h"

#include "server/http/message.h"
#include "server/ops/log.h"
#include "server/ops/priority.h"
#include "server/storage/entry_names.h"

#include <algorithm>
#include <set>

namespace exhibit::api {
namespace {

using namespace std::chrono_literals;

constexpr int kMakers = 2;
constexpr std::size_t kTasksMax = 1000; ///< Of all tenants.
constexpr auto kBeatEvery = 1s;
constexpr int kBeatsBetweenSweeps = 60;
/// Of one that waits: many may, and each beat is a transaction.
constexpr int kBeatsOfWaiting = 10;
constexpr auto kBeatTimeout = 5s;
constexpr auto kStoreTimeout = 60s;
/// For a turn while a client waits.
constexpr auto kPatience = 2s;

constexpr std::string_view kInternal = "internal";
constexpr std::string_view kUnavailable = "unavailable";
constexpr std::string_view kInterrupted = "export_interrupted";

Error cancelled()
{
    return {ErrorCode::Cancelled, "nobody wants this export any more", {}};
}

Error interrupted()
{
    return {ErrorCode::Unavailable,
            "the server was stopped; order it again",
            std::string(kInterrupted)};
}

/// Code and words for whoever ordered it: nothing of ours, as in a refusal.
std::pair<std::string, std::string> failureOf(const Error& error)
{
    if (error.subject == kInterrupted) {
        return {std::string(kInterrupted), error.message};
    }
    if (error.code == ErrorCode::Unavailable || error.code == ErrorCode::DeadlineExceeded) {
        return {std::string(kUnavailable), "the evidence store did not answer; order it again"};
    }
    if (error.subject == storage::kEvidenceDamaged) {
        return {error.subject, error.message};
    }
    const auto reply = http::replyFor(error);
    if (reply.status == 500) {
        return {std::string(kInternal), "the server failed to make it; its log names this export"};
    }
    return {reply.code, reply.message};
}

} // namespace

ExportJobs::ExportJobs(Services services)
    : m_services(services)
    , m_maker{services.replica, Uuid::v7()}
{
    for (int i = 0; i < kMakers; ++i) {
        m_threads.emplace_back([this] { work(); });
    }
    m_threads.emplace_back([this] { keep(); });
}

ExportJobs::~ExportJobs()
{
    stop();
}

Result<storage::ExportJob> ExportJobs::start(ExportOrder order)
{
    auto task = std::make_shared<Task>();
    auto& job = task->job;
    job.id = storage::ExportJobId::generate();
    job.orderedBy = order.actor.id;
    job.format = order.format;
    job.incident = order.incident;
    job.createdAt = utcNow();
    job.expiresAt = job.createdAt + storage::kExportKept;
    const TenantId tenant = order.tenant;
    task->order = std::move(order);
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopping || m_tasks.size() >= kTasksMax) {
            return fail(ErrorCode::Unavailable, "no more exports are taken now");
        }
    }
    const auto added = m_services.database.write(
        tenant, Deadline::after(kBeatTimeout), [&](storage::Transaction& transaction) {
            return storage::addExportJob(transaction, m_maker, job);
        });
    if (!added) {
        return tl::make_unexpected(added.error());
    }
    auto stored = job;
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_changed.notify_all();
    return stored;
}

std::optional<Result<Exported>> ExportJobs::makeNow(const ExportOrder& order)
{
    std::optional<Result<Exported>> made;
    const bool begun = m_gate.run(
        [&] {
            try {
                made = order.make({});
            } catch (const std::exception& exception) {
                made = fail(ErrorCode::Internal, std::string("an exception: ") + exception.what());
            }
        },
        kPatience);
    return begun ? std::move(made) : std::nullopt;
}

void ExportJobs::stop()
{
    m_gate.stop();
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    for (auto& thread : std::exchange(m_threads, {})) {
        thread.join();
    }
    for (const auto& task : std::exchange(m_tasks, {})) {
        storeFailure(*task, interrupted());
    }
}

std::shared_ptr<ExportJobs::Task> ExportJobs::next()
{
    using storage::ExportJobState;
    std::set<TenantId> busy;
    for (const auto& task : m_tasks) {
        if (task->job.state == ExportJobState::Running) {
            busy.insert(task->order.tenant);
        }
    }
    std::shared_ptr<Task> first;
    for (const auto& task : m_tasks) {
        if (task->job.state != ExportJobState::Waiting) {
            continue;
        }
        if (!busy.contains(task->order.tenant)) {
            return task;
        }
        first = first ? first : task;
    }
    return first;
}

void ExportJobs::work()
{
    ops::workBehindCalls();
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        const auto task = next();
        if (!task) {
            m_changed.wait(lock);
            continue;
        }
        task->job.state = storage::ExportJobState::Running;
        lock.unlock();
        beat(*task); // It may have been cancelled since it was last asked for.
        make(*task);
        lock.lock();
        m_tasks.remove(task);
        m_changed.notify_all();
    }
}

void ExportJobs::make(Task& task)
{
    auto exported = made(task);
    const auto stored = exported ? store(task, *exported)
                                 : Result<void>(tl::make_unexpected(std::move(exported).error()));
    if (!stored) {
        storeFailure(task, stored.error());
    }
}

Result<void> ExportJobs::progress(Task& task,
                                  std::string_view phase,
                                  std::int64_t done,
                                  std::int64_t total)
{
    const std::lock_guard lock(m_mutex);
    task.job.phase = phase;
    task.job.done = done;
    task.job.total = total;
    if (m_stopping) {
        return tl::make_unexpected(interrupted());
    }
    return task.unwanted ? Result<void>(tl::make_unexpected(cancelled())) : Result<void>();
}

Result<Exported> ExportJobs::made(Task& task)
{
    const auto tell = [this, &task](std::string_view phase, std::int64_t done, std::int64_t total) {
        return progress(task, phase, done, total);
    };
    try {
        EXHIBIT_CHECK(tell("reading", 0, 0));
        EXHIBIT_TRY(auto exported, task.order.make(tell));
        if (exported.bytes.size() > static_cast<std::size_t>(storage::kExportFileBytesMax)) {
            return fail(ErrorCode::TooLarge, "the file has more bytes than an export may");
        }
        return exported;
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal, std::string("an exception: ") + exception.what());
    }
}

Result<void> ExportJobs::storeParts(Task& task, BytesView file)
{
    constexpr auto kPart = static_cast<std::size_t>(storage::kExportPartBytes);
    const auto parts = static_cast<std::int64_t>((file.size() + kPart - 1) / kPart);
    for (std::int64_t part = 0; part < parts; ++part) {
        EXHIBIT_CHECK(progress(task, "storing", part, parts));
        const auto content = file.substr(0, kPart);
        EXHIBIT_CHECK(m_services.database.write(
            task.order.tenant, Deadline::after(kStoreTimeout), [&](storage::Transaction& tx) {
                return storage::addExportPart(tx, task.job.id, part, content);
            }));
        file.remove_prefix(content.size());
    }
    return progress(task, "storing", parts, parts);
}

Result<void> ExportJobs::store(Task& task, const Exported& exported)
{
    EXHIBIT_CHECK(storeParts(task, exported.bytes));
    storage::ExportJob job = task.job;
    job.fileName = exported.name;
    job.contentType = exported.type;
    job.sha256 = sha256(exported.bytes);
    job.bytes = static_cast<std::int64_t>(exported.bytes.size());
    // That the file is there and the entry of the log are one.
    return m_services.database.write(task.order.tenant,
                                     Deadline::after(kStoreTimeout),
                                     [&](storage::Transaction& transaction) -> Result<void> {
                                         EXHIBIT_CHECK(storage::finishExportJob(transaction, job));
                                         return storage::recordExport(transaction,
                                                                      m_services.ledger,
                                                                      task.order.actor,
                                                                      exported.record);
                                     });
}

void ExportJobs::storeFailure(const Task& task, const Error& error)
{
    const auto [code, message] = failureOf(error);
    if (code == kInternal || code == kUnavailable) {
        ops::logError(
            "export {}: {}: {}", task.job.id.text(), errorCodeName(error.code), error.message);
    }
    const auto stored = m_services.database.write(
        task.order.tenant, Deadline::after(kBeatTimeout), [&](storage::Transaction& transaction) {
            // One that was cancelled has its state, or is gone.
            return error.code == ErrorCode::Cancelled
                ? storage::dropExportParts(transaction, task.job.id)
                : storage::failExportJob(transaction, task.job.id, code, message);
        });
    if (!stored) {
        // Without a word of its maker it soon reads as failed.
        ops::logWarning("export {}: how it ended could not be stored", task.job.id.text());
    }
}

void ExportJobs::keep()
{
    std::unique_lock lock(m_mutex);
    for (int beats = 0; !m_stopping; ++beats) {
        Tasks tasks = m_tasks;
        if (beats % kBeatsOfWaiting != 0) {
            tasks.remove_if([](const auto& task) {
                return task->job.state == storage::ExportJobState::Waiting;
            });
        }
        lock.unlock();
        for (const auto& task : tasks) {
            beat(*task);
        }
        if (beats % kBeatsBetweenSweeps == 0) {
            dropExpired();
        }
        lock.lock();
        m_changed.wait_for(lock, kBeatEvery, [this] { return m_stopping; });
    }
}

void ExportJobs::beat(Task& task)
{
    storage::ExportJob job;
    {
        const std::lock_guard lock(m_mutex);
        job = task.job;
    }
    const auto wanted = m_services.database.write(
        task.order.tenant, Deadline::after(kBeatTimeout), [&](storage::Transaction& transaction) {
            return storage::beatExportJob(transaction, job);
        });
    if (wanted && !*wanted) {
        const std::lock_guard lock(m_mutex);
        task.unwanted = true;
    }
}

void ExportJobs::dropExpired()
{
    std::set<TenantId> tenants;
    const auto catalogue = m_services.catalogue.get();
    for (const auto& project : catalogue->projects) {
        tenants.insert(project.tenantId);
    }
    for (const auto tenant : tenants) {
        const auto dropped = m_services.database.write(
            tenant, Deadline::after(kBeatTimeout), storage::dropExpiredExports);
        if (!dropped) {
            return; // The database is away; the next turn finds them.
        }
    }
}

} // namespace exhibit::api
