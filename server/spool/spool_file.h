// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/strong_id.h"
#include "server/spool/sqlite.h"

#include <filesystem>
#include <memory>
#include <optional>

/// One numbered file of the journal: an SQLite database whose write-ahead log holds the records
/// and is never checkpointed while the file is in use, because a checkpoint stalls commits.
///
///   spool_file (format, replica, wrapped_key)              one row
///   batch      (first_record_no, record_count, body)       one row per commit
namespace exhibit::spool {

struct SpoolFileHeader {
    ReplicaId replica;
    Bytes wrappedKey; ///< The data key of the process that wrote the file.
};

/// "00000012.spool" and back; nullopt for other names.
[[nodiscard]] std::filesystem::path spoolFilePath(const std::filesystem::path& folder,
                                                  std::int64_t number);
[[nodiscard]] std::optional<std::int64_t> spoolFileNumber(const std::filesystem::path& file);
[[nodiscard]] std::filesystem::path logPathOf(const std::filesystem::path& spoolFile);

/// What the file and its log take on disk.
[[nodiscard]] std::size_t bytesOnDisk(const std::filesystem::path& spoolFile);
/// Deletes the file. Its log goes first: what a crash leaves behind is then either whole or
/// recognisably empty. The log is moved to `recycledLog` unless that is empty.
void removeSpoolFile(const std::filesystem::path& spoolFile,
                     const std::filesystem::path& recycledLog = {});

/// The file that records are committed to.
class WritableSpoolFile {
public:
    /// Makes a file whose log is `bytes` of zeros (or the recycled log), all durable, and opens it.
    /// Nothing is left behind on failure.
    [[nodiscard]] static Result<std::unique_ptr<WritableSpoolFile>> prepare(
        const std::filesystem::path& folder,
        std::int64_t number,
        const SpoolFileHeader& header,
        std::size_t bytes,
        const std::filesystem::path& recycledLog = {});
    /// Leaves the log where it is.
    ~WritableSpoolFile() = default;
    WritableSpoolFile(const WritableSpoolFile&) = delete;
    WritableSpoolFile& operator=(const WritableSpoolFile&) = delete;

    /// One row, one transaction, on disk when it returns. After an error the batch is not in the
    /// file, except that after a failed sync a crash before the next commit may bring it back.
    [[nodiscard]] Result<void> commit(std::int64_t firstRecordNo,
                                      std::int64_t recordCount,
                                      BytesView batch);
    /// True when a batch of that size stays within the prepared log.
    [[nodiscard]] bool hasRoomFor(std::size_t batchBytes) const;
    /// True when the log is twice as long as it was prepared.
    [[nodiscard]] bool hasOutgrown() const { return m_logBytesUsed >= 2 * m_logBytes; }
    /// Overwrites what a failed commit may have left at the log's end. To be called before the
    /// file is left for the next one, so that no number can be found in both.
    [[nodiscard]] Result<void> settle();
    [[nodiscard]] bool isSettled() const { return m_settled; }

    [[nodiscard]] std::int64_t number() const { return m_number; }

private:
    WritableSpoolFile(std::int64_t number, SqliteConnection connection, std::size_t bytes);
    [[nodiscard]] Result<void> begin();
    void cutLog();

    std::int64_t m_number;
    SqliteConnection m_connection;
    SqliteStatement m_insert;
    SqliteStatement m_touch;
    std::size_t m_logBytes;
    std::size_t m_logBytesUsed = 0; ///< Kept by SQLite's write-ahead log hook.
    bool m_settled = true;
};

struct StoredBatch {
    std::int64_t firstRecordNo = 0;
    std::int64_t recordCount = 0;
    Bytes body;
};

/// A reader's own connection. Holds no read open between calls.
class ReadableSpoolFile {
public:
    [[nodiscard]] static Result<ReadableSpoolFile> open(const std::filesystem::path& file);

    [[nodiscard]] const SpoolFileHeader& header() const { return m_header; }
    /// The batch that holds `recordNo`, else the first one after it, else nullopt.
    [[nodiscard]] Result<std::optional<StoredBatch>> batchFor(std::int64_t recordNo);
    /// True when the records take less than half of `fileBytes`.
    [[nodiscard]] Result<bool> isSparse(std::size_t fileBytes);
    /// Moves the log into the database and cuts it to nothing. For files that are no longer
    /// written to.
    [[nodiscard]] Result<void> compact();

private:
    explicit ReadableSpoolFile(SqliteConnection connection)
        : m_connection(std::move(connection))
    {
    }
    SqliteConnection m_connection;
    SqliteStatement m_selectUpTo;
    SqliteStatement m_selectFrom;
    SpoolFileHeader m_header;
};

/// Compacts the file when it is sparse.
[[nodiscard]] Result<void> compactSpoolFile(const std::filesystem::path& file,
                                            std::size_t fileBytes);

} // namespace exhibit::spool
