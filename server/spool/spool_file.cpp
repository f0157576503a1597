// SPDX-License-Identifier: Apache-2.0
#include "server/spool/spool_file.h"

#include "models/base/limits.h"
#include "server/spool/local_file.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fcntl.h>

namespace exhibit::spool {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kLogHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::string_view kSuffix = ".spool";

// 16 KiB pages are a tenth cheaper for large batches, but a small commit writes one or two whole
// pages into the log. Beside the batch: the b-tree's root, leaf and a split.
constexpr std::size_t kPageBytes = 8192;
constexpr std::size_t kPagesBesideBatch = 4;

constexpr const char* kSchema = "PRAGMA page_size=8192;"
                                "PRAGMA journal_mode=WAL;"
                                "PRAGMA synchronous=FULL;"
                                "CREATE TABLE spool_file (format INTEGER NOT NULL,"
                                " replica BLOB NOT NULL, wrapped_key BLOB NOT NULL,"
                                " settled INTEGER NOT NULL DEFAULT 0);"
                                "CREATE TABLE batch (first_record_no INTEGER PRIMARY KEY,"
                                " record_count INTEGER NOT NULL, body BLOB NOT NULL);";
constexpr const char* kSettings = "PRAGMA synchronous=FULL;"
                                  "PRAGMA wal_autocheckpoint=0;"
                                  "PRAGMA mmap_size=0;"
                                  "PRAGMA cache_size=-4096;";

std::filesystem::path withSuffix(const std::filesystem::path& file, const char* suffix)
{
    return {file.string() + suffix};
}

void removeDatabase(const std::filesystem::path& database)
{
    for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
        ::unlink(withSuffix(database, suffix).c_str());
    }
}

/// A database with its schema and no log, durable but for its name.
Result<void> createDatabase(const std::filesystem::path& file, const SpoolFileHeader& header)
{
    EXHIBIT_TRY(auto connection, SqliteConnection::open(file, SqliteConnection::Open::Create));
    EXHIBIT_CHECK(connection.execute(kSchema));
    EXHIBIT_TRY(auto insert,
                connection.prepare("INSERT INTO spool_file (format, replica, wrapped_key)"
                                   " VALUES (?, ?, ?)"));
    insert.bind(1, kFormat);
    insert.bind(2, asView(header.replica.value.bytes));
    insert.bind(3, BytesView(header.wrappedKey));
    EXHIBIT_CHECK(insert.step().map([](bool) {}));
    // Closing the last connection copies the log into the database, syncs it and deletes the log.
    return {};
}

/// Without its header a log's old frames have no salt to match: they cannot come back.
Result<void> blankLog(const std::filesystem::path& log)
{
    const FileDescriptor descriptor(::open(log.c_str(), O_WRONLY | O_CLOEXEC));
    const char zeros[kLogHeaderBytes] = {};
    if (descriptor.get() < 0
        || ::pwrite(descriptor.get(), zeros, sizeof zeros, 0) != ssize_t{sizeof zeros}
        || ::fdatasync(descriptor.get()) != 0) {
        return systemError("cannot be recycled", log);
    }
    return {};
}

Result<void> placeLog(const std::filesystem::path& log,
                      std::size_t bytes,
                      const std::filesystem::path& recycledLog)
{
    if (recycledLog.empty()) {
        return createZeroFile(log, bytes);
    }
    EXHIBIT_CHECK(blankLog(recycledLog));
    if (::rename(recycledLog.c_str(), log.c_str()) != 0) {
        return systemError("cannot be recycled", recycledLog);
    }
    return {};
}

} // namespace

std::filesystem::path spoolFilePath(const std::filesystem::path& folder, std::int64_t number)
{
    return folder / fmt::format("{:08}{}", number, kSuffix);
}

std::optional<std::int64_t> spoolFileNumber(const std::filesystem::path& file)
{
    const std::string name = file.filename().string();
    const char* const end = name.data() + name.size() - std::min(name.size(), kSuffix.size());
    std::int64_t number = 0;
    const auto parsed = std::from_chars(name.data(), end, number);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == end && number > 0;
    return whole && std::string_view(name).ends_with(kSuffix) ? std::optional(number)
                                                              : std::nullopt;
}

std::filesystem::path logPathOf(const std::filesystem::path& spoolFile)
{
    return withSuffix(spoolFile, "-wal");
}

std::size_t bytesOnDisk(const std::filesystem::path& spoolFile)
{
    std::size_t sum = 0;
    for (const auto& file : {spoolFile, logPathOf(spoolFile)}) {
        std::error_code missing;
        const auto size = std::filesystem::file_size(file, missing);
        sum += missing ? 0 : size;
    }
    return sum;
}

void removeSpoolFile(const std::filesystem::path& spoolFile,
                     const std::filesystem::path& recycledLog)
{
    if (!recycledLog.empty()) {
        ::rename(logPathOf(spoolFile).c_str(), recycledLog.c_str());
    }
    removeDatabase(spoolFile);
}

WritableSpoolFile::WritableSpoolFile(std::int64_t number,
                                     SqliteConnection connection,
                                     std::size_t bytes)
    : m_number(number)
    , m_connection(std::move(connection))
    , m_logBytes(bytes)
{
}

Result<std::unique_ptr<WritableSpoolFile>> WritableSpoolFile::prepare(
    const std::filesystem::path& folder,
    std::int64_t number,
    const SpoolFileHeader& header,
    std::size_t bytes,
    const std::filesystem::path& recycledLog)
{
    const auto file = spoolFilePath(folder, number);
    // The database gets its name last: a *.spool always has a schema and a log. The order also
    // matters to SQLite, which deletes a log that stands beside an empty database.
    const auto draft = withSuffix(file, ".draft");
    removeDatabase(draft);
    auto made = createDatabase(draft, header);
    if (made) {
        made = placeLog(logPathOf(file), bytes, recycledLog);
    }
    if (made && ::rename(draft.c_str(), file.c_str()) != 0) {
        made = systemError("cannot be created", file);
    }
    if (made) {
        made = syncFolder(folder);
    }
    if (made) {
        auto connection = SqliteConnection::open(file, SqliteConnection::Open::Existing);
        if (connection) {
            std::unique_ptr<WritableSpoolFile> opened(
                new WritableSpoolFile(number, *std::move(connection), bytes));
            made = opened->begin();
            if (made) {
                return opened;
            }
        } else {
            made = tl::make_unexpected(std::move(connection).error());
        }
    }
    removeDatabase(draft);
    removeDatabase(file);
    return tl::make_unexpected(std::move(made).error());
}

Result<void> WritableSpoolFile::begin()
{
    m_connection.keepLogOnClose();
    EXHIBIT_CHECK(m_connection.execute(kSettings));
    EXHIBIT_TRY(m_insert, m_connection.prepare("INSERT INTO batch VALUES (?, ?, ?)"));
    EXHIBIT_TRY(m_touch, m_connection.prepare("UPDATE spool_file SET settled = settled + 1"));
    // Replaces SQLite's automatic checkpoint, which is such a hook itself.
    sqlite3_wal_hook(
        m_connection.get(),
        [](void* self, sqlite3*, const char*, int frames) {
            static_cast<WritableSpoolFile*>(self)->m_logBytesUsed = kLogHeaderBytes
                + static_cast<std::size_t>(frames) * (kFrameHeaderBytes + kPageBytes);
            return SQLITE_OK;
        },
        this);
    // Starts the log (its header, its index) here and not in the first commit that someone awaits.
    return settle();
}

Result<void> WritableSpoolFile::commit(std::int64_t firstRecordNo,
                                       std::int64_t recordCount,
                                       BytesView batch)
{
    m_insert.bind(1, firstRecordNo);
    m_insert.bind(2, recordCount);
    m_insert.bind(3, batch);
    // Without BEGIN the one statement is its own transaction, and is undone when it fails.
    const auto done = m_insert.step();
    if (!done) {
        m_connection.rollbackIfOpen();
        cutLog();
        m_settled = false;
        return tl::make_unexpected(done.error());
    }
    m_settled = true;
    return {};
}

/// Gives back what a failed commit has made the log grow by: it may be the rest of the disk.
void WritableSpoolFile::cutLog()
{
    sqlite3_file* log = nullptr;
    sqlite3_file_control(
        m_connection.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log));
    sqlite3_int64 size = 0;
    const auto kept = static_cast<sqlite3_int64>(std::max(m_logBytes, m_logBytesUsed));
    if (log != nullptr && log->pMethods != nullptr
        && log->pMethods->xFileSize(log, &size) == SQLITE_OK && size > kept) {
        log->pMethods->xTruncate(log, kept);
    }
}

bool WritableSpoolFile::hasRoomFor(std::size_t batchBytes) const
{
    const std::size_t pages = batchBytes / (kPageBytes - 4) + 1 + kPagesBesideBatch;
    return m_logBytesUsed + pages * (kPageBytes + kFrameHeaderBytes) <= m_logBytes;
}

Result<void> WritableSpoolFile::settle()
{
    const auto done = m_touch.step();
    if (!done) {
        m_connection.rollbackIfOpen();
        return tl::make_unexpected(done.error());
    }
    m_settled = true;
    return {};
}

Result<ReadableSpoolFile> ReadableSpoolFile::open(const std::filesystem::path& file)
{
    EXHIBIT_TRY(auto connection, SqliteConnection::open(file, SqliteConnection::Open::Existing));
    connection.keepLogOnClose();
    EXHIBIT_CHECK(connection.execute(kSettings));
    ReadableSpoolFile opened(std::move(connection));
    EXHIBIT_TRY(auto header,
                opened.m_connection.prepare("SELECT format, replica, wrapped_key FROM spool_file"));
    EXHIBIT_TRY(const bool row, header.step());
    if (!row || header.integer(0) != kFormat
        || header.bytes(1).size() != opened.m_header.replica.value.bytes.size()) {
        return fail(ErrorCode::Corrupt, "the spool file has no valid header", file.string());
    }
    std::memcpy(
        opened.m_header.replica.value.bytes.data(), header.bytes(1).data(), header.bytes(1).size());
    opened.m_header.wrappedKey = header.bytes(2);
    header.reset();
    EXHIBIT_TRY(opened.m_selectUpTo,
                opened.m_connection.prepare(
                    "SELECT first_record_no, record_count, body FROM batch"
                    " WHERE first_record_no <= ? ORDER BY first_record_no DESC LIMIT 1"));
    EXHIBIT_TRY(opened.m_selectFrom,
                opened.m_connection.prepare(
                    "SELECT first_record_no, record_count, body FROM batch"
                    " WHERE first_record_no >= ? ORDER BY first_record_no LIMIT 1"));
    return opened;
}

Result<std::optional<StoredBatch>> ReadableSpoolFile::batchFor(std::int64_t recordNo)
{
    for (auto* select : {&m_selectUpTo, &m_selectFrom}) {
        select->bind(1, recordNo);
        EXHIBIT_TRY(const bool row, select->step());
        if (!row) {
            continue;
        }
        StoredBatch batch{.firstRecordNo = select->integer(0), .recordCount = select->integer(1)};
        const bool endsBefore = batch.firstRecordNo + batch.recordCount <= recordNo;
        if (!endsBefore) {
            batch.body = select->bytes(2);
        }
        select->reset();
        if (!endsBefore) {
            return batch;
        }
    }
    return std::optional<StoredBatch>{};
}

Result<bool> ReadableSpoolFile::isSparse(std::size_t fileBytes)
{
    EXHIBIT_TRY(const std::int64_t content,
                m_connection.queryInteger("SELECT coalesce(sum(length(body)), 0) FROM batch"));
    return content < static_cast<std::int64_t>(fileBytes / 2);
}

Result<void> ReadableSpoolFile::compact()
{
    if (sqlite3_wal_checkpoint_v2(
            m_connection.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr)
        != SQLITE_OK) {
        return fail(ErrorCode::Unavailable,
                    "the spool file could not be compacted",
                    sqlite3_db_filename(m_connection.get(), "main"));
    }
    return {};
}

Result<void> compactSpoolFile(const std::filesystem::path& file, std::size_t fileBytes)
{
    EXHIBIT_TRY(auto opened, ReadableSpoolFile::open(file));
    EXHIBIT_TRY(const bool sparse, opened.isSparse(fileBytes));
    return sparse ? opened.compact() : Result<void>{};
}

} // namespace exhibit::spool
