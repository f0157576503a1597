// SPDX-License-Identifier: Apache-2.0
#include "server/spool/journal.h"

#include "models/base/assert.h"
#include "server/spool/journal_reader.h"
#include "server/spool/journal_writer.h"
#include "server/spool/remembered_keys.h"

namespace exhibit::spool {
namespace {

// The file in use (twice its size when the next one came late), the next one, and a log to recycle.
constexpr std::size_t kFilesMin = 4;

} // namespace

/// The parts in the order they depend on one another; destroyed in reverse.
class Journal::Impl {
public:
    Impl(const JournalOptions& options,
         std::shared_ptr<KeyWrapper> keys,
         SpoolFolder folder,
         const Inventory& found,
         const Secret& dataKey,
         Bytes wrappedKey)
        : m_keys(std::move(keys))
        , m_bytesMax(options.bytesMax)
        , m_folder(std::move(folder))
        , m_keeper({.folder = options.directory,
                    .header = {.replica = m_folder.replica(), .wrappedKey = std::move(wrappedKey)},
                    .bytesMax = options.bytesMax,
                    .fileBytes = options.fileBytes},
                   found.entries,
                   found.firstFreeNumber)
        , m_reader(m_keeper, *m_keys)
        , m_writer(m_folder, m_keeper, dataKey, found.end, options.post)
    {
        m_keeper.waitForFirstAttempt();
    }

    const std::shared_ptr<KeyWrapper> m_keys;
    const std::size_t m_bytesMax;
    SpoolFolder m_folder;
    FileKeeper m_keeper;
    JournalReader m_reader;
    JournalWriter m_writer;
};

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options,
                                               std::shared_ptr<KeyWrapper> keys)
{
    EXHIBIT_ASSERT(options.post != nullptr && keys != nullptr);
    if (options.fileBytes == 0 || options.bytesMax / kFilesMin < options.fileBytes) {
        return fail(ErrorCode::InvalidInput,
                    "the spool's limit must hold at least four files of "
                        + std::to_string(options.fileBytes) + " bytes",
                    "spool-max-bytes");
    }
    keys = std::make_shared<RememberedKeys>(std::move(keys));
    EXHIBIT_TRY(auto folder, SpoolFolder::open(options.directory));
    EXHIBIT_TRY(const auto found, folder.takeInventory(*keys, options.fileBytes));
    const Secret dataKey = makeKey();
    EXHIBIT_TRY(auto wrappedKey, keys->wrap(dataKey));
    return std::unique_ptr<Journal>(new Journal(std::make_unique<Impl>(
        options, std::move(keys), std::move(folder), found, dataKey, std::move(wrappedKey))));
}

Journal::Journal(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

Journal::~Journal() = default;

void Journal::append(Record record)
{
    append(std::move(record), nullptr);
}

void Journal::append(Record record, Completion onDurable)
{
    m_impl->m_writer.append(std::move(record), std::move(onDurable));
}

Result<std::vector<StoredRecord>> Journal::read(std::int64_t after, std::size_t countMax)
{
    return m_impl->m_reader.read(after, m_impl->m_writer.durableRecordNo(), countMax);
}

void Journal::release(std::int64_t recordNo)
{
    m_impl->m_reader.forgetBelow(m_impl->m_keeper.release(recordNo));
}

ReplicaId Journal::replica() const
{
    return m_impl->m_folder.replica();
}

JournalStats Journal::stats() const
{
    JournalStats stats;
    m_impl->m_writer.addTo(stats);
    stats.bytesOnDisk = m_impl->m_keeper.bytesOnDisk();
    stats.bytesMax = m_impl->m_bytesMax;
    stats.full = m_impl->m_keeper.full();
    return stats;
}

} // namespace exhibit::spool
