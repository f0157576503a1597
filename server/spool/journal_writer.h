// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"
#include "server/spool/spool_folder.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace exhibit::spool {

/// Group commit: one thread takes what is queued, seals it, commits it as one row of the file in
/// use and posts all completions of the batch at once.
class JournalWriter {
public:
    using Completion = Journal::Completion;
    using Post = std::function<void(std::function<void()>)>;

    /// All must outlive the writer. The chain goes on after `end`.
    JournalWriter(
        SpoolFolder& folder, FileKeeper& keeper, const Secret& dataKey, ChainEnd end, Post post);
    /// Commits what is queued.
    ~JournalWriter();

    void append(Record record, Completion onDurable);

    [[nodiscard]] std::int64_t durableRecordNo() const { return m_durable; }
    /// Adds what this class knows.
    void addTo(JournalStats& stats) const;

private:
    struct Entry {
        Record record;
        Completion onDurable; ///< Empty: nobody waits.
    };

    void run();
    [[nodiscard]] bool waitForWork();
    void waitForAwaited(std::unique_lock<std::mutex>& lock);
    void gather(std::unique_lock<std::mutex>& lock);
    void makePayloads();
    void commitBacklog();
    void probe();
    [[nodiscard]] std::size_t sealBatch(ChainEnd& end);
    [[nodiscard]] Result<void> commit(const ChainEnd& end, std::size_t count);
    [[nodiscard]] Result<void> makeRoom();
    [[nodiscard]] std::unique_ptr<WritableSpoolFile> takeNext();
    void finish(std::size_t count, const Result<void>& outcome);
    void noteOutcome(const Result<void>& outcome);
    void boundBacklog();

    SpoolFolder& m_folder;
    FileKeeper& m_keeper;
    const Post m_post;

    // Shared with the threads that append.
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<Entry> m_queue;
    std::size_t m_awaited = 0; ///< Entries of the queue that someone waits for.
    std::size_t m_wakeAt = 1; ///< The writer wants to be woken at so many.
    bool m_asleep = false; ///< The writer looks at nothing: any record wakes it.
    bool m_stopping = false;

    // The writer thread's own.
    std::vector<Entry> m_taken; ///< Swapped with the queue.
    std::vector<Entry> m_backlog; ///< Oldest first; survivors of a failed commit lead it.
    Bytes m_batch;
    RecordSealer m_sealer;
    ChainEnd m_end;
    std::unique_ptr<WritableSpoolFile> m_file;
    bool m_fileHasRecords = false;
    std::size_t m_lastAwaited = 0;

    // Read by stats().
    std::atomic<std::int64_t> m_durable;
    std::atomic<std::int64_t> m_waiting{0}; ///< Queued and not yet durable.
    std::atomic<std::uint64_t> m_commits{0};
    std::atomic<std::uint64_t> m_lost{0};
    std::atomic<bool> m_failing{false};

    std::thread m_thread;
};

} // namespace exhibit::spool
