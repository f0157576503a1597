// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/spool_file.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace exhibit::spool {

/// A spool file that holds records.
struct FileEntry {
    std::int64_t number = 0;
    std::int64_t firstRecordNo = 0;
    std::int64_t lastRecordNo = 0;
    bool compacted = false; ///< Its log was moved into the database, or it was tried in vain.
};

struct FileKeeperOptions {
    std::filesystem::path folder;
    SpoolFileHeader header;
    std::size_t bytesMax = 0;
    std::size_t fileBytes = 0;
};

/// Keeps the journal's files: a helper thread has the next one ready before the writer needs it,
/// closes the old ones and deletes those that were released. Everything slow about files is here,
/// so that commits never wait for it.
class FileKeeper {
public:
    /// `entries` were found at start, oldest first.
    FileKeeper(FileKeeperOptions options,
               std::vector<FileEntry> entries,
               std::int64_t firstFreeNumber);
    /// Finishes what is queued and deletes the prepared file that was not needed.
    ~FileKeeper();

    /// Waits until the first file is there or could not be made.
    void waitForFirstAttempt();
    /// The prepared file, now the writer's; nullptr when none is ready. Writer thread.
    [[nodiscard]] std::unique_ptr<WritableSpoolFile> take();
    /// The same, but waits until one is ready; nullptr when none can be made.
    [[nodiscard]] std::unique_ptr<WritableSpoolFile> waitAndTake();
    /// A file the writer has left. Writer thread.
    void retire(std::unique_ptr<WritableSpoolFile> file);
    /// These records are durable in the file. Writer thread.
    void noteCommitted(std::int64_t number, std::int64_t first, std::int64_t last);

    /// Queues the deletion of files whose records all are at or below `recordNo`; the newest file
    /// with records stays, it says where the numbers go on. Returns the oldest number kept.
    std::int64_t release(std::int64_t recordNo);
    /// The file that holds `recordNo`, else the first one after it.
    [[nodiscard]] std::optional<std::filesystem::path> find(std::int64_t recordNo) const;

    /// No further file can be made: bytesMax or the disk. Any thread, as are the following.
    [[nodiscard]] bool full() const;
    [[nodiscard]] bool nearLimit() const; ///< So few files are left that each byte counts.
    [[nodiscard]] std::size_t bytesOnDisk() const;

private:
    void run();
    /// What the helper does next; decided under the lock, done outside it.
    enum class Task : std::uint8_t { Close, Remove, Prepare, Compact, Stop };
    [[nodiscard]] Task nextTask(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] bool mayPrepare() const;
    /// Runs `work` outside the lock and measures the folder again.
    template <class Work>
    void unlocked(std::unique_lock<std::mutex>& lock, Work work);
    void closeRetired(std::unique_lock<std::mutex>& lock);
    void removeReleased(std::unique_lock<std::mutex>& lock);
    void prepareNext(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] FileEntry* worthCompacting();
    void compactOldest(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] std::filesystem::path recycledLogPath() const;

    const FileKeeperOptions m_options;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::condition_variable m_attempted;
    std::deque<FileEntry> m_entries;
    std::vector<FileEntry> m_released;
    std::vector<std::unique_ptr<WritableSpoolFile>> m_retired;
    std::unique_ptr<WritableSpoolFile> m_next;
    std::int64_t m_nextNumber;
    std::size_t m_bytes = 0; ///< Of all files in the folder, measured after each change.
    bool m_writerHasFile = false;
    bool m_recycledLog = false; ///< A drained log waits to be used again.
    bool m_full = false;
    bool m_retryLater = false; ///< The last attempt to prepare failed; tried again in a second.
    bool m_triedOnce = false;
    bool m_stopping = false;
    std::thread m_thread;
};

} // namespace exhibit::spool
