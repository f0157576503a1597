// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/spool/journal.h"
#include "tests/server/spool/completion_loop.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <optional>

namespace exhibit::spool {

/// A journal in a private folder, with files so small that a test fills several.
class JournalOnTest {
public:
    static constexpr std::size_t kFileBytes = 512 * 1024;

    explicit JournalOnTest(std::filesystem::path parent = {})
        : m_parent(parent.empty() ? m_dir.path() : std::move(parent))
    {
    }
    ~JournalOnTest() { close(); }

    [[nodiscard]] Result<void> open(std::size_t bytesMax = 64 * kFileBytes)
    {
        close();
        EXHIBIT_TRY(auto keys, keyFileWrapper(m_parent / "spool.key"));
        EXHIBIT_TRY(m_journal,
                    Journal::open({.directory = folder(),
                                   .bytesMax = bytesMax,
                                   .fileBytes = kFileBytes,
                                   .post = m_loop.poster()},
                                  std::move(keys)));
        return {};
    }
    void close() { m_journal.reset(); }

    /// Appends and waits for the completion.
    [[nodiscard]] Result<void> appendAndWait(Record record)
    {
        std::optional<Result<void>> outcome;
        m_journal->append(std::move(record),
                          [&outcome](const Result<void>& durable) { outcome = durable; });
        m_loop.runUntil([&outcome] { return outcome.has_value(); });
        return *outcome;
    }
    /// Appends awaited records until the files number `count` at least.
    void fillFiles(std::size_t count)
    {
        while (files().size() < count) {
            ASSERT_TRUE(appendAndWait(record(Bytes(20'000, 'f'))));
        }
    }
    /// The spool files that hold records or are prepared, oldest first.
    [[nodiscard]] std::vector<std::filesystem::path> files() const
    {
        std::vector<std::filesystem::path> found;
        for (const auto& entry : std::filesystem::directory_iterator(folder())) {
            if (entry.path().extension() == ".spool") {
                found.push_back(entry.path());
            }
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    /// Of every file of the journal, as it is now.
    [[nodiscard]] std::size_t bytesOnDisk() const
    {
        std::size_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder())) {
            std::error_code gone;
            const auto size = entry.file_size(gone);
            bytes += gone ? 0 : size;
        }
        return bytes;
    }
    /// Everything that can be read, in pieces of `step`.
    [[nodiscard]] std::vector<StoredRecord> readAll(std::size_t step = 7)
    {
        std::vector<StoredRecord> all;
        for (;;) {
            auto some = m_journal->read(all.empty() ? 0 : all.back().recordNo, step);
            if (!some) {
                ADD_FAILURE() << some.error().message;
                return all;
            }
            if (some->empty()) {
                return all;
            }
            std::move(some->begin(), some->end(), std::back_inserter(all));
        }
    }

    [[nodiscard]] static Record record(Bytes payload)
    {
        return {.tenant = TenantId::generate(),
                .call = CallId::generate(),
                .at = fromMicroseconds(1'790'000'000'000'001),
                .kind = RecordKind::CallClosed,
                .payload = std::move(payload)};
    }

    [[nodiscard]] Journal& operator*() const { return *m_journal; }
    [[nodiscard]] Journal* operator->() const { return m_journal.get(); }
    [[nodiscard]] CompletionLoop& loop() { return m_loop; }
    [[nodiscard]] std::filesystem::path folder() const { return m_parent / "spool"; }

private:
    test::TempDir m_dir;
    std::filesystem::path m_parent;
    CompletionLoop m_loop;
    std::unique_ptr<Journal> m_journal;
};

} // namespace exhibit::spool
