// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "server/spool/call_record.h"
#include "server/spool/key_wrapper.h"
#include "server/spool/record.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace exhibit::spool {

struct JournalOptions {
    std::filesystem::path directory; ///< Created with mode 0700.
    /// All files together; at least four files; exceeded by at most one and a batch, when a file
    /// had to grow because the next came late. The file in use when no further one may be made is
    /// the reserve in which open calls can still close.
    std::size_t bytesMax = limits::kSpoolBytesMaxDefault;
    std::size_t fileBytes = limits::kSpoolFileBytes;
    /// Runs a closure on the thread that completions belong to; one call per committed batch.
    std::function<void(std::function<void()>)> post;
};

struct JournalStats {
    std::int64_t lastRecordNo = 0; ///< Of what is queued, if it all becomes durable.
    std::int64_t durableRecordNo = 0;
    std::size_t bytesOnDisk = 0; ///< Prepared files count with their full size.
    std::size_t bytesMax = 0; ///< As in the options.
    std::uint64_t commits = 0;
    bool full = false; ///< bytesMax reached or the disk is full: refuse new calls with 503.
    bool failing = false; ///< The last commit failed: refuse new calls as well.
    std::uint64_t lost = 0; ///< Records without a waiter given up, see append().
};

/// The durable local journal: numbered SQLite files (WAL, synchronous=FULL), group commit by one
/// writer thread, payloads sealed with AES-256-GCM (rulings.md 21). How it is kept fast is
/// measured in facts.md, "Gateway hot path"; the formats are in stored_record.h, spool_file.h and
/// spool_folder.h.
///
/// What is promised: a record whose completion was called without an error, and every record
/// appended before it, survives kill -9 and a crash of the operating system, and a power loss as
/// far as the disk honours fdatasync (each commit ends with one; files are allocated and their
/// names synced before they are used). A disk that acknowledges a flush and forgets it breaks that
/// promise; damage and loss are found at the next open as Corrupt, not passed over. A record whose
/// completion got an error is not in the journal and is not tried again; only when the sync itself
/// failed and the process dies before the next commit may it be found afterwards.
class Journal {
public:
    using Completion = std::function<void(const Result<void>&)>;

    /// Opens or creates the journal and starts the writer. Continues after the last durable record,
    /// in a new file and under a new data key. Conflict when another process has it open; Corrupt,
    /// naming file and record, when the chain of stored hashes does not hold or durable records are
    /// missing; to go on without them, move the folder away and keep it. Reads all that is stored
    /// (about 1 GB/s). A full disk is no error: the journal opens full and can be drained.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(JournalOptions options,
                                                               std::shared_ptr<KeyWrapper> keys);
    /// Commits what is queued, then stops the writer; the completions are still posted.
    ~Journal();

    /// Queues a record; order is kept (FIFO). Nobody waits for it: it alone does not wake the
    /// writer, it rides along with the next awaited record or after 5 ms. When a commit fails it is
    /// kept and tried again, up to limits::kSpoolUnwrittenBytesMax. Any thread.
    void append(Record record);
    /// Queues a record and calls `onDurable` through options.post once it (and so everything before
    /// it) is on disk; with Unavailable when it can not be made durable, with TooLarge when the
    /// payload is over limits::kSpoolRecordBytesMax. Any thread.
    void append(Record record, Completion onDurable);

    /// Up to `countMax` durable records after `after` (fewer when they are large:
    /// limits::kSpoolReadBytesMax), oldest first, unsealed; after a release, from the oldest that
    /// is left. Reads with its own connection, which never blocks the writer. Any thread, one at a
    /// time; made for reading on from where the last call ended.
    [[nodiscard]] Result<std::vector<StoredRecord>> read(std::int64_t after, std::size_t countMax);
    /// Everything up to and including `recordNo` is in PostgreSQL and no open call begins at or
    /// before it: whole files below it are deleted, except the newest one with records. Any thread.
    void release(std::int64_t recordNo);

    [[nodiscard]] ReplicaId replica() const; ///< Made at first open, kept with the files.
    [[nodiscard]] JournalStats stats() const; ///< Any thread.

private:
    class Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::spool
