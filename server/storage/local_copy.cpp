// SPDX-License-Identifier: Apache-2.0
#include "server/storage/local_copy.h"

#include "server/ops/log.h"
#include "server/storage/local_copy_store.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace exhibit::storage {
namespace {

using namespace std::chrono_literals;

/// How long a state nobody waits for may stay in memory; states of one run within it are one write.
constexpr auto kWriteDelay = 500ms;

constexpr std::string_view kCatalogue = "catalogue";
constexpr std::string_view kComplete = "complete";

} // namespace

/// Two connections: one writes, on this class's thread or a caller's, one reads. What is queued or
/// being written stands in memory until it is durable, so that readers never miss it.
class LocalCopy::Impl {
public:
    using Post = std::function<void(std::function<void()>)>;

    Impl(LocalCopyStore writer, LocalCopyStore reader, bool complete, Post post)
        : m_post(std::move(post))
        , m_writer(std::move(writer))
        , m_reader(std::move(reader))
        , m_complete(complete)
    {
        m_thread = std::thread([this] { run(); });
    }
    ~Impl()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_stopping = true;
        }
        m_wake.notify_all();
        m_thread.join();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void save(domain::LiveRun run, Completion onDurable)
    {
        bool wake = false;
        {
            const std::scoped_lock lock(m_mutex);
            // The writer counts its delay from the first state on.
            wake = m_queued.empty() || onDurable != nullptr;
            if (onDurable) {
                m_waiting.push_back(std::move(onDurable));
            }
            const RunKey key{run.tenantId, run.runId};
            m_queued.insert_or_assign(key, std::move(run));
        }
        if (wake) {
            m_wake.notify_one();
        }
    }

    [[nodiscard]] Result<void> commitQueued();
    [[nodiscard]] std::optional<domain::LiveRun> inMemory(const RunKey& key) const;
    [[nodiscard]] RunStates inMemory() const;
    template <class Write>
    auto write(Write write)
    {
        const std::scoped_lock lock(m_writeMutex);
        return write(m_writer);
    }
    template <class Read>
    auto read(Read read)
    {
        const std::scoped_lock lock(m_readMutex);
        return read(m_reader);
    }

    std::atomic<bool>& complete() { return m_complete; }

private:
    void run();

    const Post m_post;

    mutable std::mutex m_mutex; ///< Held for moments only.
    std::condition_variable m_wake;
    RunStates m_queued;
    RunStates m_beingWritten; ///< Changed under both mutexes, read under either.
    std::vector<Completion> m_waiting;
    bool m_stopping = false;

    std::mutex m_writeMutex;
    LocalCopyStore m_writer;
    bool m_failing = false; ///< For the log: once per failure, not per attempt.

    std::mutex m_readMutex;
    LocalCopyStore m_reader;

    std::atomic<bool> m_complete;
    std::thread m_thread;
};

void LocalCopy::Impl::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_wake.wait(lock, [this] { return m_stopping || !m_queued.empty(); });
        m_wake.wait_for(lock, kWriteDelay, [this] { return m_stopping || !m_waiting.empty(); });
        lock.unlock();
        // The outcome went to those who wait; states that failed stay queued.
        [[maybe_unused]] const auto outcome = commitQueued();
        lock.lock();
    }
    lock.unlock();
    [[maybe_unused]] const auto last = commitQueued(); // What came during the last one.
}

Result<void> LocalCopy::Impl::commitQueued()
{
    const std::scoped_lock writing(m_writeMutex);
    auto waiting = std::make_shared<std::vector<Completion>>();
    {
        const std::scoped_lock lock(m_mutex);
        m_beingWritten.swap(m_queued);
        waiting->swap(m_waiting);
    }
    Result<void> outcome;
    if (!m_beingWritten.empty()) {
        outcome = m_writer.putRuns(m_beingWritten);
    }
    {
        const std::scoped_lock lock(m_mutex);
        if (!outcome) {
            m_queued.merge(m_beingWritten); // Keeps what was queued meanwhile: it is newer.
        }
        m_beingWritten.clear();
    }
    if (!outcome && !m_failing) {
        ops::logError("local copy: {} ({})", outcome.error().message, outcome.error().subject);
    }
    m_failing = !outcome;
    if (!waiting->empty()) {
        m_post([waiting, outcome] {
            for (const auto& onDurable : *waiting) {
                onDurable(outcome);
            }
        });
    }
    return outcome;
}

std::optional<domain::LiveRun> LocalCopy::Impl::inMemory(const RunKey& key) const
{
    const std::scoped_lock lock(m_mutex);
    for (const auto* states : {&m_queued, &m_beingWritten}) {
        if (const auto found = states->find(key); found != states->end()) {
            return found->second;
        }
    }
    return std::nullopt;
}

RunStates LocalCopy::Impl::inMemory() const
{
    const std::scoped_lock lock(m_mutex);
    RunStates states = m_queued;
    states.insert(m_beingWritten.begin(), m_beingWritten.end());
    return states;
}

Result<std::unique_ptr<LocalCopy>> LocalCopy::open(const std::filesystem::path& file,
                                                   std::function<void(std::function<void()>)> post)
{
    EXHIBIT_TRY(auto writer, LocalCopyStore::open(file));
    EXHIBIT_TRY(auto reader, LocalCopyStore::open(file));
    EXHIBIT_TRY(const auto complete, reader.findDocument(kComplete));
    return std::unique_ptr<LocalCopy>(new LocalCopy(std::make_unique<Impl>(
        std::move(writer), std::move(reader), complete.has_value(), std::move(post))));
}

LocalCopy::LocalCopy(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

LocalCopy::~LocalCopy() = default;

Result<void> LocalCopy::saveCatalogue(const Catalogue& catalogue)
{
    const Bytes body = printJson(catalogueToJson(catalogue));
    return m_impl->write([&body](LocalCopyStore& store) -> Result<void> {
        EXHIBIT_CHECK(store.putDocument(kCatalogue, body));
        return store.emptyLog(); // Of people who were erased from it.
    });
}

Result<std::optional<Catalogue>> LocalCopy::loadCatalogue()
{
    EXHIBIT_TRY(const auto text,
                m_impl->read([](LocalCopyStore& store) { return store.findDocument(kCatalogue); }));
    if (!text) {
        return std::optional<Catalogue>{};
    }
    auto catalogue
        = parseJson(*text).and_then([](const Json& json) { return catalogueFromJson(json); });
    if (!catalogue) {
        return fail(ErrorCode::Corrupt,
                    "the saved catalogue cannot be read: " + catalogue.error().message);
    }
    return std::optional<Catalogue>(*std::move(catalogue));
}

void LocalCopy::saveRun(domain::LiveRun run)
{
    m_impl->save(std::move(run), nullptr);
}

void LocalCopy::saveRun(domain::LiveRun run, Completion onDurable)
{
    m_impl->save(std::move(run), std::move(onDurable));
}

Result<std::optional<domain::LiveRun>> LocalCopy::findRun(TenantId tenant, RunId run)
{
    const RunKey key{tenant, run};
    // Memory first: a state leaves it only when the file has it.
    if (auto found = m_impl->inMemory(key)) {
        return found;
    }
    return m_impl->read([&key](LocalCopyStore& store) { return store.findRun(key); });
}

Result<std::vector<domain::LiveRun>> LocalCopy::idleRuns(UtcTime before, std::size_t countMax)
{
    const RunStates newer = m_impl->inMemory();
    EXHIBIT_TRY(auto runs, m_impl->read([&](LocalCopyStore& store) {
        return store.idleRuns(before, countMax + newer.size());
    }));
    std::erase_if(runs, [&newer](const domain::LiveRun& run) {
        return newer.contains({run.tenantId, run.runId});
    });
    for (const auto& [key, run] : newer) {
        if (isOpen(run) && run.lastActiveAt < before) {
            runs.push_back(run);
        }
    }
    std::sort(runs.begin(), runs.end(), [](const domain::LiveRun& a, const domain::LiveRun& b) {
        return a.lastActiveAt < b.lastActiveAt;
    });
    if (runs.size() > countMax) {
        runs.resize(countMax);
    }
    return runs;
}

Result<std::vector<domain::LiveRun>> LocalCopy::endedRuns(
    UtcTime before, const std::optional<domain::LiveRun>& after, std::size_t countMax)
{
    return m_impl->read(
        [&](LocalCopyStore& store) { return store.endedRuns(before, after, countMax); });
}

Result<void> LocalCopy::dropRuns(const std::vector<domain::LiveRun>& runs)
{
    return m_impl->write([&runs](LocalCopyStore& store) { return store.dropRuns(runs); });
}

Result<bool> LocalCopy::wasDropped(RunId run)
{
    return m_impl->read([run](LocalCopyStore& store) { return store.wasDropped(run); });
}

Result<void> LocalCopy::flush()
{
    return m_impl->commitQueued();
}

bool LocalCopy::complete() const
{
    return m_impl->complete();
}

Result<void> LocalCopy::markComplete()
{
    // The runs it vouches for first.
    EXHIBIT_CHECK(m_impl->commitQueued());
    EXHIBIT_CHECK(
        m_impl->write([](LocalCopyStore& store) { return store.putDocument(kComplete, "1"); }));
    m_impl->complete() = true;
    return {};
}

Result<void> LocalCopy::markIncomplete()
{
    m_impl->complete() = false;
    return m_impl->write([](LocalCopyStore& store) { return store.removeDocument(kComplete); });
}

} // namespace exhibit::storage
