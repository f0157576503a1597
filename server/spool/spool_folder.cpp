// SPDX-License-Identifier: Apache-2.0
#include "server/spool/spool_folder.h"

#include "server/ops/log.h"
#include "server/spool/little_endian.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace exhibit::spool {
namespace {

constexpr std::size_t kReplicaBytesMax = 64;

std::vector<std::int64_t> fileNumbers(const std::filesystem::path& folder)
{
    std::vector<std::int64_t> numbers;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (const auto number = spoolFileNumber(entry.path())) {
            numbers.push_back(*number);
        }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

/// A log whose header was never written holds nothing.
bool hasContent(const std::filesystem::path& log)
{
    std::array<char, 4> start{};
    const FileDescriptor descriptor(::open(log.c_str(), O_RDONLY | O_CLOEXEC));
    const ssize_t got = ::pread(descriptor.get(), start.data(), start.size(), 0);
    return got > 0 && std::any_of(start.begin(), start.end(), [](char c) { return c != 0; });
}

tl::unexpected<Error> inFile(Error error, const std::filesystem::path& file)
{
    if (error.code == ErrorCode::Corrupt) {
        error.message = file.filename().string() + ": " + error.message;
    }
    error.subject = file.string();
    return tl::make_unexpected(std::move(error));
}

/// Checks the chain over one batch. The oldest record there is, unless it is the first of all, is
/// taken at its word: the one before it was released.
Result<void> checkBatch(ChainEnd& end, const StoredBatch& batch, bool oldest)
{
    BytesView rest = batch.body;
    std::int64_t count = 0;
    while (!rest.empty()) {
        EXHIBIT_TRY(const StoredView view, takeStored(rest));
        if (oldest && count == 0 && view.recordNo > 1) {
            end = {.recordNo = view.recordNo - 1, .hash = view.previousHash};
        }
        if (count == 0 && view.recordNo != batch.firstRecordNo) {
            return fail(ErrorCode::Corrupt,
                        "the batch of record " + std::to_string(batch.firstRecordNo)
                            + " holds another one");
        }
        EXHIBIT_CHECK(advance(end, view));
        ++count;
    }
    if (count != batch.recordCount) {
        return fail(ErrorCode::Corrupt,
                    "the batch of record " + std::to_string(batch.firstRecordNo)
                        + " is not complete");
    }
    return {};
}

/// Follows the chain through one file; nullopt when it holds no record.
Result<std::optional<FileEntry>> checkFile(ReadableSpoolFile& file,
                                           std::int64_t number,
                                           ChainEnd& end,
                                           bool oldest)
{
    FileEntry entry{.number = number};
    std::int64_t next = 0;
    for (;;) {
        EXHIBIT_TRY(const auto batch, file.batchFor(next));
        if (!batch) {
            break;
        }
        const bool first = entry.lastRecordNo == 0;
        EXHIBIT_CHECK(checkBatch(end, *batch, oldest && first));
        entry.firstRecordNo = first ? batch->firstRecordNo : entry.firstRecordNo;
        entry.lastRecordNo = end.recordNo;
        next = end.recordNo + 1;
    }
    return entry.lastRecordNo == 0 ? std::nullopt : std::optional(entry);
}

} // namespace

Result<SpoolFolder> SpoolFolder::open(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return systemError("cannot be created", folder);
    }
    SpoolFolder opened;
    opened.m_folder = folder;
    EXHIBIT_TRY(opened.m_lock, lockFile(folder / "lock"));
    EXHIBIT_CHECK(opened.readReplica());
    const auto durable = folder / "durable";
    opened.m_durable = FileDescriptor(::open(durable.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (opened.m_durable.get() < 0) {
        return systemError("cannot be opened", durable);
    }
    return opened;
}

Result<void> SpoolFolder::readReplica()
{
    const auto file = m_folder / "replica";
    EXHIBIT_TRY(auto text, readPrivateFile(file, kReplicaBytesMax));
    if (!text) {
        if (!fileNumbers(m_folder).empty()) {
            return fail(ErrorCode::Corrupt,
                        "the spool has records but its file 'replica' is missing",
                        file.string());
        }
        text = ReplicaId::generate().text();
        EXHIBIT_CHECK(createPrivateFile(file, *text));
    }
    const auto replica = ReplicaId::parse(*text);
    if (!replica) {
        return fail(ErrorCode::Corrupt, "the file does not hold a replica id", file.string());
    }
    m_replica = *replica;
    return {};
}

Result<Inventory> SpoolFolder::takeInventory(KeyWrapper& keys, std::size_t fileBytes)
{
    Inventory inventory;
    std::vector<std::filesystem::path> unused;
    std::vector<std::filesystem::path> sparse;
    for (const std::int64_t number : fileNumbers(m_folder)) {
        const auto path = spoolFilePath(m_folder, number);
        inventory.firstFreeNumber = number + 1;
        EXHIBIT_TRY(auto file, openChecked(path, keys));
        auto entry = checkFile(file, number, inventory.end, inventory.entries.empty());
        if (!entry) {
            return inFile(std::move(entry).error(), path);
        }
        if (*entry) {
            inventory.entries.push_back(**entry);
        }
        const auto isSparse = file.isSparse(fileBytes);
        if (!*entry) {
            unused.push_back(path);
        } else if (isSparse && *isSparse) {
            sparse.push_back(path);
        }
    }
    // Nothing is changed before everything was checked: what is damaged stays as it is.
    EXHIBIT_CHECK(checkNoneLost(inventory));
    EXHIBIT_CHECK(removeLeftovers());
    for (const auto& path : unused) {
        removeSpoolFile(path);
    }
    // A mostly empty log would cost its full size until it is released, once per restart.
    for (const auto& path : sparse) {
        if (const auto done = compactSpoolFile(path, fileBytes); !done) {
            ops::logWarning("spool: {}: {}", path.string(), done.error().message);
        }
    }
    return inventory;
}

Result<ReadableSpoolFile> SpoolFolder::openChecked(const std::filesystem::path& path,
                                                   KeyWrapper& keys) const
{
    auto file = ReadableSpoolFile::open(path);
    if (!file) {
        return inFile(std::move(file).error(), path);
    }
    if (file->header().replica != m_replica) {
        return fail(ErrorCode::Corrupt, "the spool file is of another replica", path.string());
    }
    if (const auto key = keys.unwrap(file->header().wrappedKey); !key) {
        return inFile(key.error(), path);
    }
    return file;
}

Result<void> SpoolFolder::checkNoneLost(const Inventory& inventory) const
{
    std::array<char, sizeof(std::int64_t)> stored{};
    const ssize_t got = ::pread(m_durable.get(), stored.data(), stored.size(), 0);
    const auto acknowledged = got == ssize_t{stored.size()}
        ? readLittleEndian<std::int64_t>({stored.data(), stored.size()})
        : 0;
    if (acknowledged > inventory.end.recordNo) {
        const auto file = inventory.entries.empty()
            ? m_folder
            : spoolFilePath(m_folder, inventory.entries.back().number);
        return fail(ErrorCode::Corrupt,
                    fmt::format("{}: records {} to {} were durable and are missing",
                                file.filename().string(),
                                inventory.end.recordNo + 1,
                                acknowledged),
                    file.string());
    }
    return {};
}

Result<void> SpoolFolder::removeLeftovers() const
{
    std::vector<std::filesystem::path> leftovers;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, error)) {
        const auto& path = entry.path();
        const std::string name = path.string();
        const auto dash = name.rfind("-wal");
        const bool draft = name.find(".draft") != std::string::npos;
        const bool log = name.ends_with("-wal") && !draft;
        const bool orphan = (log || name.ends_with("-shm"))
            && !std::filesystem::exists(name.substr(0, name.size() - 4));
        if (log && orphan && hasContent(path)) {
            return fail(ErrorCode::Corrupt,
                        "the log has lost its database file " + name.substr(0, dash),
                        name);
        }
        if (draft || orphan || path.filename() == "recycled.log") {
            leftovers.push_back(path);
        }
    }
    for (const auto& path : leftovers) {
        std::filesystem::remove(path, error);
    }
    return {};
}

void SpoolFolder::noteDurable(std::int64_t recordNo)
{
    // Failure is harmless: the mark then stays too low.
    [[maybe_unused]] const ssize_t written
        = ::pwrite(m_durable.get(), &recordNo, sizeof recordNo, 0);
}

} // namespace exhibit::spool
