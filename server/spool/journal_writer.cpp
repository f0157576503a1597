// SPDX-License-Identifier: Apache-2.0
#include "server/spool/journal_writer.h"

#include "server/ops/log.h"
#include "server/ops/priority.h"

#include <sys/prctl.h>

#include <algorithm>

namespace exhibit::spool {
namespace {

using namespace std::chrono_literals;

/// How long a record nobody waits for may stay in memory.
constexpr auto kQuietDelay = 5ms;
/// Without a record for so long the writer stops looking every kQuietDelay.
constexpr auto kSleepAfter = 1s;
/// From three waiters on: commits are the cost, so one for many (facts: 100 to 200 us).
constexpr auto kGatherWindow = 150us;
constexpr std::size_t kGatherFrom = 3;
/// Records without a waiter are tried again after a failed commit.
constexpr auto kRetryDelay = 200ms;

} // namespace

JournalWriter::JournalWriter(
    SpoolFolder& folder, FileKeeper& keeper, const Secret& dataKey, ChainEnd end, Post post)
    : m_folder(folder)
    , m_keeper(keeper)
    , m_post(std::move(post))
    , m_sealer(dataKey)
    , m_end(end)
    , m_durable(end.recordNo)
{
    m_thread = std::thread([this] { run(); });
}

JournalWriter::~JournalWriter()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void JournalWriter::append(Record record, Completion onDurable)
{
    const bool awaited = onDurable != nullptr;
    bool wake = false;
    m_waiting.fetch_add(1, std::memory_order_relaxed);
    {
        const std::scoped_lock lock(m_mutex);
        m_queue.push_back({std::move(record), std::move(onDurable)});
        m_awaited += awaited ? 1 : 0;
        wake = m_asleep || (awaited && m_awaited >= m_wakeAt);
    }
    if (wake) {
        m_wake.notify_one();
    }
}

void JournalWriter::addTo(JournalStats& stats) const
{
    stats.durableRecordNo = m_durable;
    stats.lastRecordNo = stats.durableRecordNo + m_waiting;
    stats.commits = m_commits;
    stats.lost = m_lost;
    stats.failing = m_failing;
}

void JournalWriter::run()
{
    // The default slack of 50 us would lengthen every gather window by a third.
    ::prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
    // Whoever sends a call waits for its commit; main() says whether it is permitted.
    const ops::WorkBeforeOthers priority;
    while (waitForWork()) {
        commitBacklog();
    }
    if (m_file) {
        m_keeper.retire(std::move(m_file));
    }
}

/// False when the journal closes and nothing is left that can be written.
bool JournalWriter::waitForWork()
{
    std::unique_lock lock(m_mutex);
    waitForAwaited(lock);
    gather(lock);
    m_lastAwaited = m_awaited;
    m_awaited = 0;
    m_taken.swap(m_queue);
    const bool stopping = m_stopping;
    lock.unlock();
    const bool nothingNew = m_taken.empty();
    makePayloads();
    if (m_backlog.empty()) {
        m_backlog.swap(m_taken);
    } else {
        std::move(m_taken.begin(), m_taken.end(), std::back_inserter(m_backlog));
        m_taken.clear();
    }
    if (!stopping) {
        return true;
    }
    // Survivors of a failed commit were tried a moment ago: closing does not wait for the disk.
    if (nothingNew && m_failing && !m_backlog.empty()) {
        m_lost += m_backlog.size();
        ops::logError("spool: {} records could not be written before the end", m_backlog.size());
        return false;
    }
    return !m_backlog.empty();
}

/// Returns when somebody waits for a record, when one has waited for kQuietDelay, when a failed
/// commit is due again, or when the journal closes.
void JournalWriter::waitForAwaited(std::unique_lock<std::mutex>& lock)
{
    m_wakeAt = 1;
    const auto needed = [this] { return m_stopping || m_awaited > 0; };
    if (!m_backlog.empty() || m_failing) {
        m_wake.wait_for(lock, kRetryDelay, needed);
        return;
    }
    const auto idleSince = std::chrono::steady_clock::now();
    while (!needed()) {
        const bool quiet = m_queue.empty();
        if (quiet && std::chrono::steady_clock::now() - idleSince > kSleepAfter) {
            m_asleep = true;
            m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
            m_asleep = false;
        }
        // A record that came during one wait is written after the next at the latest.
        if (!m_wake.wait_for(lock, kQuietDelay / 2, needed) && !quiet) {
            return;
        }
    }
}

/// Many callers: waits for as many as last time, for a moment. One or two are not kept waiting.
void JournalWriter::gather(std::unique_lock<std::mutex>& lock)
{
    const std::size_t expected = std::max(m_awaited, m_lastAwaited);
    if (m_awaited == 0 || expected < kGatherFrom) {
        return;
    }
    m_wakeAt = expected;
    m_wake.wait_for(
        lock, kGatherWindow, [this, expected] { return m_stopping || m_awaited >= expected; });
}

/// Of the records just taken. One over the limit is out, and who waits for it is told.
void JournalWriter::makePayloads()
{
    for (auto& [record, onDurable] : m_taken) {
        if (record.encode) {
            record.payload = record.encode();
            record.encode = nullptr;
        }
    }
    const auto tooLarge = [this](const Entry& entry) {
        if (entry.record.payload.size() <= limits::kSpoolRecordBytesMax) {
            return false;
        }
        ops::logError("spool: a record of {} bytes is over the limit", entry.record.payload.size());
        if (entry.onDurable) {
            m_post([onDurable = entry.onDurable] {
                onDurable(fail(ErrorCode::TooLarge, "the record is too large for the spool"));
            });
        }
        return true;
    };
    m_waiting -= static_cast<std::int64_t>(std::erase_if(m_taken, tooLarge));
}

void JournalWriter::commitBacklog()
{
    if (m_backlog.empty() && m_failing) {
        probe();
    }
    while (!m_backlog.empty()) {
        ChainEnd end = m_end;
        const std::size_t count = sealBatch(end);
        const auto outcome = commit(end, count);
        if (!outcome) {
            // What stands behind the batch cannot be written before it either.
            finish(m_backlog.size(), outcome);
            boundBacklog();
            return; // Survivors are tried again with the next record or after kRetryDelay.
        }
        finish(count, outcome);
    }
}

/// While commits fail no call is let through, so that perhaps no record comes to find out with: an
/// empty transaction does.
void JournalWriter::probe()
{
    m_batch.clear();
    if (!m_keeper.full() && makeRoom()) {
        noteOutcome(m_file->settle());
    }
}

/// Seals from the front of the backlog into m_batch; returns how many.
std::size_t JournalWriter::sealBatch(ChainEnd& end)
{
    m_batch.clear();
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (const auto& entry : m_backlog) {
        bytes += entry.record.payload.size() + kStoredOverheadBytes;
        if (count > 0 && bytes > limits::kSpoolBatchBytesMax) {
            break;
        }
        m_sealer.seal(end, entry.record, m_batch);
        ++count;
    }
    return count;
}

/// The next file if it is ready. When the helper is late the log may grow, which only costs time,
/// but not for ever: one file that fills the disk could not be given back in parts. Near the limit
/// it does not: what it took would be missing from the reserve.
std::unique_ptr<WritableSpoolFile> JournalWriter::takeNext()
{
    const bool mustWait = m_file && (m_file->hasOutgrown() || m_keeper.nearLimit());
    return mustWait ? m_keeper.waitAndTake() : m_keeper.take();
}

Result<void> JournalWriter::makeRoom()
{
    if (m_file && m_file->hasRoomFor(m_batch.size())) {
        return {};
    }
    // A file that a failed commit may have left something in is settled before it is left.
    const bool mayLeave
        = !m_file || (m_fileHasRecords && (m_file->isSettled() || m_file->settle()));
    if (auto next = mayLeave ? takeNext() : nullptr) {
        if (m_file) {
            m_keeper.retire(std::move(m_file));
        }
        m_file = std::move(next);
        m_fileHasRecords = false;
        return {};
    }
    if (!m_file || m_keeper.full()) {
        return fail(ErrorCode::Unavailable, "the spool is full: no further file can be made");
    }
    return {}; // The log grows.
}

Result<void> JournalWriter::commit(const ChainEnd& end, std::size_t count)
{
    EXHIBIT_CHECK(makeRoom());
    const std::int64_t first = m_end.recordNo + 1;
    EXHIBIT_CHECK(m_file->commit(first, static_cast<std::int64_t>(count), m_batch));
    m_fileHasRecords = true;
    m_end = end;
    m_keeper.noteCommitted(m_file->number(), first, end.recordNo);
    m_folder.noteDurable(end.recordNo);
    m_durable = end.recordNo;
    ++m_commits;
    return {};
}

/// Tells the waiters of the first `count` entries. After a failure those are out: what somebody was
/// told is not durable never becomes so. Entries without a waiter stay, in their order.
void JournalWriter::finish(std::size_t count, const Result<void>& outcome)
{
    noteOutcome(outcome);
    auto told = std::make_shared<std::vector<Completion>>();
    const auto last = m_backlog.begin() + static_cast<std::ptrdiff_t>(count);
    auto kept = m_backlog.begin();
    for (auto entry = m_backlog.begin(); entry != last; ++entry) {
        if (entry->onDurable) {
            told->push_back(std::move(entry->onDurable));
        } else if (!outcome) {
            if (kept != entry) {
                *kept = std::move(*entry);
            }
            ++kept;
        }
    }
    m_waiting -= last - kept;
    m_backlog.erase(kept, last);
    if (told->empty()) {
        return;
    }
    Result<void> result;
    if (!outcome) {
        result = fail(ErrorCode::Unavailable, outcome.error().message);
    }
    m_post([told, result] {
        for (const auto& onDurable : *told) {
            onDurable(result);
        }
    });
}

void JournalWriter::noteOutcome(const Result<void>& outcome)
{
    if (!outcome && !m_failing) {
        ops::logError("spool: commit failed, calls are refused until it works again: {} ({})",
                      outcome.error().message,
                      outcome.error().subject);
    } else if (outcome && m_failing) {
        ops::logInfo("spool: commits work again");
    }
    m_failing = !outcome;
}

/// Memory is finite too: beyond the limit the newest records without a waiter are given up,
/// counted and logged.
void JournalWriter::boundBacklog()
{
    std::size_t bytes = 0;
    const auto beyond = [&bytes](const Entry& entry) {
        bytes += entry.record.payload.size();
        return bytes > limits::kSpoolUnwrittenBytesMax;
    };
    const auto lost = static_cast<std::int64_t>(std::erase_if(m_backlog, beyond));
    if (lost > 0) {
        m_lost += static_cast<std::uint64_t>(lost);
        m_waiting -= lost;
        ops::logError("spool: {} records were given up because the disk takes none", lost);
    }
}

} // namespace exhibit::spool
