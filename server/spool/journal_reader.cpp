// SPDX-License-Identifier: Apache-2.0
#include "server/spool/journal_reader.h"

#include "models/base/limits.h"

#include <algorithm>

namespace exhibit::spool {
namespace {

/// Collects records until a limit is reached.
struct Harvest {
    std::vector<StoredRecord> records;
    std::size_t bytes = 0;
    std::size_t countMax = 0;

    [[nodiscard]] bool isFull() const
    {
        return records.size() >= countMax || bytes >= limits::kSpoolReadBytesMax;
    }
};

/// Takes the records of `batch` after `after`; each must follow from the one before it.
Result<void> harvest(const StoredBatch& batch, std::int64_t after, AesGcm& cipher, Harvest& into)
{
    BytesView rest = batch.body;
    while (!rest.empty() && !into.isFull()) {
        EXHIBIT_TRY(const StoredView view, takeStored(rest));
        if (view.recordNo <= after) {
            continue;
        }
        ChainEnd end{.recordNo = view.recordNo - 1, .hash = view.previousHash};
        if (!into.records.empty()) {
            end = {.recordNo = into.records.back().recordNo, .hash = into.records.back().hash};
        }
        EXHIBIT_CHECK(advance(end, view));
        EXHIBIT_TRY(auto record, openStored(view, cipher));
        into.bytes += record.payload.size();
        into.records.push_back({.recordNo = view.recordNo,
                                .previousHash = view.previousHash,
                                .hash = end.hash,
                                .record = std::move(record)});
    }
    return {};
}

} // namespace

Result<std::vector<StoredRecord>> JournalReader::read(std::int64_t after,
                                                      std::int64_t durable,
                                                      std::size_t countMax)
{
    const std::scoped_lock lock(m_mutex);
    Harvest harvested;
    harvested.countMax = countMax;
    std::int64_t last = std::max<std::int64_t>(after, 0);
    while (last < durable && !harvested.isFull()) {
        EXHIBIT_TRY(const auto batch, batchFor(last + 1));
        if (!batch) {
            break;
        }
        auto taken = harvest(*batch, last, m_open->cipher, harvested);
        if (taken && (harvested.records.empty() || harvested.records.back().recordNo <= last)) {
            taken = fail(ErrorCode::Corrupt,
                         "record " + std::to_string(last + 1) + " is not in its batch");
        }
        if (!taken) {
            auto error = std::move(taken).error();
            error.message = m_open->path.filename().string() + ": " + error.message;
            error.subject = m_open->path.string();
            return tl::make_unexpected(std::move(error));
        }
        last = harvested.records.back().recordNo;
    }
    return std::move(harvested.records);
}

void JournalReader::forgetBelow(std::int64_t number)
{
    const std::scoped_lock lock(m_mutex);
    if (m_open && spoolFileNumber(m_open->path).value_or(0) < number) {
        m_open.reset();
    }
}

Result<void> JournalReader::openFileOf(std::int64_t recordNo)
{
    const auto path = m_keeper.find(recordNo);
    if (!path) {
        m_open.reset();
        return {};
    }
    if (m_open && m_open->path == *path) {
        return {};
    }
    m_open.reset();
    EXHIBIT_TRY(auto file, ReadableSpoolFile::open(*path));
    auto key = m_keys.unwrap(file.header().wrappedKey);
    if (!key) {
        return fail(key.error().code, key.error().message, path->string());
    }
    m_open = OpenFile{*path, std::move(file), AesGcm(*key)};
    return {};
}

Result<std::optional<StoredBatch>> JournalReader::batchFor(std::int64_t recordNo)
{
    EXHIBIT_CHECK(openFileOf(recordNo));
    if (!m_open) {
        return std::optional<StoredBatch>{};
    }
    return m_open->file.batchFor(recordNo);
}

} // namespace exhibit::spool
