// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/base/strong_id.h"
#include "server/spool/call_record.h"
#include "server/spool/key_wrapper.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace exhibit::spool {

struct Record {
    TenantId tenant;
    CallId call; ///< Null for RunEnded.
    UtcTime at{};
    RecordKind kind = RecordKind::Chunk;
    Bytes payload; ///< encodeRecord()
};

struct StoredRecord {
    std::int64_t recordNo = 0; ///< Per replica, from 1, without gaps.
    Digest previousHash{}; ///< Over the stored bytes of record recordNo - 1.
    Digest hash{};
    Record record;
};

struct JournalOptions {
    std::filesystem::path directory; ///< Created with mode 0700.
    std::size_t bytesMax = limits::kSpoolBytesMaxDefault;
    std::size_t fileBytes = limits::kSpoolFileBytes;
    /// Runs a closure on the thread that completions belong to; one call per committed batch.
    std::function<void(std::function<void()>)> post;
};

struct JournalStats {
    std::int64_t lastRecordNo = 0;
    std::int64_t durableRecordNo = 0;
    std::size_t bytesOnDisk = 0;
    std::uint64_t commits = 0;
    bool full = false; ///< bytesMax reached or the disk is full: refuse new calls with 503.
    bool failing = false; ///< The last commit failed; it is retried.
};

/// The durable local journal: numbered SQLite files (WAL, synchronous=FULL), group commit by one
/// writer thread, payloads sealed with AES-256-GCM (rulings.md 21). How it is kept fast is
/// measured in facts.md, "Gateway hot path".
class Journal {
public:
    using Completion = std::function<void(const Result<void>&)>;

    /// Opens or creates the journal and starts the writer. Continues after the last durable record;
    /// Corrupt when the chain of stored hashes does not hold.
    [[nodiscard]] static Result<std::unique_ptr<Journal>> open(JournalOptions options,
                                                               std::shared_ptr<KeyWrapper> keys);
    /// Commits what is queued, then stops the writer.
    ~Journal();

    /// Queues a record; order is kept (FIFO). Nobody waits for it: it alone does not wake the
    /// writer, it rides along with the next awaited record or after 5 ms. Any thread.
    void append(Record record);
    /// Queues a record and calls `onDurable` through options.post once it (and so everything before
    /// it) is on disk; with an error when it can not be made durable. Any thread.
    void append(Record record, Completion onDurable);

    /// Up to `countMax` durable records after `after`, oldest first, unsealed. For one reader
    /// thread with its own connection; an open read never blocks the writer.
    [[nodiscard]] Result<std::vector<StoredRecord>> read(std::int64_t after, std::size_t countMax);
    /// Everything up to and including `recordNo` is in PostgreSQL and no open call begins at or
    /// before it: whole files below it are deleted. Reader thread.
    void release(std::int64_t recordNo);

    [[nodiscard]] ReplicaId replica() const; ///< Made at first open, kept with the files.
    [[nodiscard]] JournalStats stats() const; ///< Any thread.

private:
    class Impl;
    explicit Journal(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace exhibit::spool
