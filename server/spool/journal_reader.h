// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/file_keeper.h"
#include "server/spool/key_wrapper.h"
#include "server/spool/stored_record.h"

#include <mutex>
#include <optional>
#include <vector>

namespace exhibit::spool {

/// Reads durable records while the writer goes on. Keeps the file it read last open.
class JournalReader {
public:
    /// Both must outlive the reader.
    JournalReader(const FileKeeper& keeper, KeyWrapper& keys)
        : m_keeper(keeper)
        , m_keys(keys)
    {
    }

    /// See Journal::read(); nothing beyond `durable`.
    [[nodiscard]] Result<std::vector<StoredRecord>> read(std::int64_t after,
                                                         std::int64_t durable,
                                                         std::size_t countMax);
    /// Closes the file it keeps open if its number is below.
    void forgetBelow(std::int64_t number);

private:
    struct OpenFile {
        std::filesystem::path path;
        ReadableSpoolFile file;
        AesGcm cipher;
    };
    [[nodiscard]] Result<void> openFileOf(std::int64_t recordNo);
    [[nodiscard]] Result<std::optional<StoredBatch>> batchFor(std::int64_t recordNo);

    const FileKeeper& m_keeper;
    KeyWrapper& m_keys;
    std::mutex m_mutex;
    std::optional<OpenFile> m_open;
};

} // namespace exhibit::spool
