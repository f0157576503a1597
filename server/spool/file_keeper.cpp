// SPDX-License-Identifier: Apache-2.0
#include "server/spool/file_keeper.h"

#include "server/ops/log.h"

#include <algorithm>

namespace exhibit::spool {
namespace {

constexpr auto kRetryDelay = std::chrono::seconds{1};
/// From so many files on ingest is taken to be away: the files are then kept small rather than
/// quick to recycle. A log holds a page again for each commit that touched it, two to ten times
/// what the records take when few callers share a commit.
constexpr std::size_t kBacklogFiles = 6;
/// The newest files: in use, being closed, being read.
constexpr std::size_t kFilesLeftAlone = 3;
/// What one in use has grown by since it was measured, the one being made, and the reserve.
constexpr std::size_t kFilesNearLimit = 3;

std::size_t measure(const std::filesystem::path& folder)
{
    std::size_t sum = 0;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        std::error_code gone;
        const auto size = entry.file_size(gone);
        sum += gone ? 0 : size;
    }
    return sum;
}

} // namespace

FileKeeper::FileKeeper(FileKeeperOptions options,
                       std::vector<FileEntry> entries,
                       std::int64_t firstFreeNumber)
    : m_options(std::move(options))
    , m_entries(entries.begin(), entries.end())
    , m_nextNumber(firstFreeNumber)
    , m_bytes(measure(m_options.folder))
{
    m_thread = std::thread([this] { run(); });
}

FileKeeper::~FileKeeper()
{
    {
        const std::scoped_lock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
    if (m_next) {
        const auto file = spoolFilePath(m_options.folder, m_next->number());
        m_next.reset();
        removeSpoolFile(file);
    }
    std::error_code ignored;
    std::filesystem::remove(recycledLogPath(), ignored);
}

void FileKeeper::waitForFirstAttempt()
{
    std::unique_lock lock(m_mutex);
    m_attempted.wait(lock, [this] { return m_triedOnce; });
}

std::unique_ptr<WritableSpoolFile> FileKeeper::take()
{
    std::unique_ptr<WritableSpoolFile> taken;
    {
        const std::scoped_lock lock(m_mutex);
        taken = std::move(m_next);
        m_writerHasFile = m_writerHasFile || taken != nullptr;
        // Said here and not when the helper comes to it: the file just taken is the reserve.
        m_full = m_full || (taken && !mayPrepare() && worthCompacting() == nullptr);
    }
    if (taken) {
        m_wake.notify_all();
    }
    return taken;
}

std::unique_ptr<WritableSpoolFile> FileKeeper::waitAndTake()
{
    {
        std::unique_lock lock(m_mutex);
        m_attempted.wait(lock, [this] { return m_next != nullptr || m_full; });
    }
    return take();
}

void FileKeeper::retire(std::unique_ptr<WritableSpoolFile> file)
{
    {
        const std::scoped_lock lock(m_mutex);
        m_retired.push_back(std::move(file));
    }
    m_wake.notify_all();
}

void FileKeeper::noteCommitted(std::int64_t number, std::int64_t first, std::int64_t last)
{
    const std::scoped_lock lock(m_mutex);
    if (m_entries.empty() || m_entries.back().number != number) {
        m_entries.push_back({.number = number, .firstRecordNo = first, .lastRecordNo = last});
    } else {
        m_entries.back().lastRecordNo = last;
    }
}

std::int64_t FileKeeper::release(std::int64_t recordNo)
{
    std::int64_t oldestKept = 0;
    bool any = false;
    {
        const std::scoped_lock lock(m_mutex);
        while (m_entries.size() > 1 && m_entries.front().lastRecordNo <= recordNo) {
            m_released.push_back(m_entries.front());
            m_entries.pop_front();
            any = true;
        }
        oldestKept = m_entries.empty() ? 0 : m_entries.front().number;
    }
    if (any) {
        m_wake.notify_all();
    }
    return oldestKept;
}

std::optional<std::filesystem::path> FileKeeper::find(std::int64_t recordNo) const
{
    const std::scoped_lock lock(m_mutex);
    const auto found = std::lower_bound(
        m_entries.begin(), m_entries.end(), recordNo, [](const FileEntry& entry, std::int64_t no) {
            return entry.lastRecordNo < no;
        });
    return found == m_entries.end() ? std::nullopt
                                    : std::optional(spoolFilePath(m_options.folder, found->number));
}

bool FileKeeper::full() const
{
    const std::scoped_lock lock(m_mutex);
    return m_full;
}

bool FileKeeper::nearLimit() const
{
    const std::scoped_lock lock(m_mutex);
    return m_bytes + kFilesNearLimit * m_options.fileBytes > m_options.bytesMax;
}

std::size_t FileKeeper::bytesOnDisk() const
{
    const std::scoped_lock lock(m_mutex);
    return m_bytes;
}

bool FileKeeper::mayPrepare() const
{
    // Drained files cannot be given back before a newer one has records. So the first file is made
    // in any case, and a next one while only one holds records: full must mean undrained.
    const std::size_t needed = m_recycledLog ? 0 : m_options.fileBytes;
    return !m_writerHasFile || m_entries.size() <= 1 || m_bytes + needed <= m_options.bytesMax;
}

FileKeeper::Task FileKeeper::nextTask(std::unique_lock<std::mutex>& lock)
{
    for (;;) {
        if (!m_retired.empty()) {
            return Task::Close;
        }
        if (!m_released.empty()) {
            return Task::Remove;
        }
        if (m_stopping) {
            return Task::Stop;
        }
        if (m_next && worthCompacting() != nullptr) {
            return Task::Compact;
        }
        if (m_next) {
            m_wake.wait(lock);
            continue;
        }
        // Measured anew: the file in use may have grown since.
        m_bytes = measure(m_options.folder);
        if (!mayPrepare()) {
            if (worthCompacting() != nullptr) {
                return Task::Compact;
            }
            m_full = true;
            m_attempted.notify_all();
            m_wake.wait(lock);
        } else if (!m_retryLater) {
            return Task::Prepare;
        } else if (m_wake.wait_for(lock, kRetryDelay) == std::cv_status::timeout) {
            m_retryLater = false;
        }
    }
}

void FileKeeper::run()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        switch (nextTask(lock)) {
        case Task::Close:
            closeRetired(lock);
            break;
        case Task::Remove:
            removeReleased(lock);
            break;
        case Task::Prepare:
            prepareNext(lock);
            break;
        case Task::Compact:
            compactOldest(lock);
            break;
        case Task::Stop:
            return;
        }
    }
}

template <class Work>
void FileKeeper::unlocked(std::unique_lock<std::mutex>& lock, Work work)
{
    lock.unlock();
    work();
    const std::size_t bytes = measure(m_options.folder);
    lock.lock();
    m_bytes = bytes;
}

void FileKeeper::closeRetired(std::unique_lock<std::mutex>& lock)
{
    auto retired = std::move(m_retired);
    m_retired.clear();
    unlocked(lock, [&retired] { retired.clear(); });
}

void FileKeeper::removeReleased(std::unique_lock<std::mutex>& lock)
{
    const auto released = std::move(m_released);
    m_released.clear();
    bool recycled = m_recycledLog;
    unlocked(lock, [this, &released, &recycled] {
        for (const auto& entry : released) {
            const auto file = spoolFilePath(m_options.folder, entry.number);
            std::error_code missing;
            const auto logBytes = std::filesystem::file_size(logPathOf(file), missing);
            const bool usual = logBytes >= m_options.fileBytes
                && logBytes < m_options.fileBytes + m_options.fileBytes / 4;
            const bool keepLog = !recycled && !missing && usual;
            removeSpoolFile(file, keepLog ? recycledLogPath() : std::filesystem::path{});
            recycled = recycled || keepLog;
        }
    });
    m_recycledLog = recycled;
    m_retryLater = false;
}

void FileKeeper::prepareNext(std::unique_lock<std::mutex>& lock)
{
    const auto recycledLog = m_recycledLog ? recycledLogPath() : std::filesystem::path{};
    m_recycledLog = false;
    Result<std::unique_ptr<WritableSpoolFile>> made;
    unlocked(lock, [this, &made, &recycledLog] {
        made = WritableSpoolFile::prepare(
            m_options.folder, m_nextNumber, m_options.header, m_options.fileBytes, recycledLog);
    });
    const bool failed = !made;
    if (!failed) {
        m_next = *std::move(made);
        ++m_nextNumber;
    } else if (!m_full) {
        ops::logError("spool: the next file cannot be prepared, new calls are refused: {} ({})",
                      made.error().message,
                      made.error().subject);
    }
    m_full = failed;
    m_retryLater = failed;
    m_triedOnce = true;
    m_attempted.notify_all();
}

FileEntry* FileKeeper::worthCompacting()
{
    if (m_entries.size() < kBacklogFiles) {
        return nullptr;
    }
    const auto end = m_entries.end() - kFilesLeftAlone;
    const auto found = std::find_if(
        m_entries.begin(), end, [](const FileEntry& entry) { return !entry.compacted; });
    return found == end ? nullptr : &*found;
}

void FileKeeper::compactOldest(std::unique_lock<std::mutex>& lock)
{
    FileEntry* const entry = worthCompacting();
    // Once only, also when a reader is in the file just then: it costs room, not records.
    entry->compacted = true;
    const auto path = spoolFilePath(m_options.folder, entry->number);
    unlocked(lock, [this, &path] {
        if (const auto done = compactSpoolFile(path, m_options.fileBytes); !done) {
            ops::logWarning("spool: {}: {}", path.string(), done.error().message);
        }
    });
}

std::filesystem::path FileKeeper::recycledLogPath() const
{
    return m_options.folder / "recycled.log";
}

} // namespace exhibit::spool
