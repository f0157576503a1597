// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/body_field_store.h"
#include "server/storage/ingest.h"
#include "server/storage/unproven_ledger.h"
#include "tests/server/storage/call_on_test.h"
#include "tests/server/storage/test_database.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace exhibit::storage {

/// A journal in a private folder and the ingest that empties it.
class IngestOnTest {
public:
    explicit IngestOnTest(TestDatabase& server = TestDatabase::instance())
        : m_server(server)
        , m_keys(must(spool::keyFileWrapper(m_folder.path() / "fields.key")))
        , m_fields(m_keys)
    {
        openJournal();
    }

    void openJournal()
    {
        auto keys = spool::keyFileWrapper(m_folder.path() / "spool.key");
        auto opened = spool::Journal::open({.directory = m_folder.path() / "spool",
                                            .fileBytes = 512 * 1024,
                                            .post = [](std::function<void()> work) { work(); }},
                                           *keys);
        ASSERT_TRUE(opened) << opened.error().message;
        m_journal = *std::move(opened);
    }
    void closeJournal()
    {
        stop();
        m_journal.reset();
    }

    /// Returns when the records are on disk.
    void append(std::vector<spool::Record> records)
    {
        std::promise<void> durable;
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (i + 1 < records.size()) {
                m_journal->append(std::move(records[i]));
            } else {
                m_journal->append(std::move(records[i]),
                                  [&durable](const Result<void>&) { durable.set_value(); });
            }
        }
        durable.get_future().wait();
    }
    void start()
    {
        m_metrics = std::make_unique<ops::Metrics>();
        m_ingest = std::make_unique<Ingest>(
            Ingest::Services{m_server.database(), *m_journal, m_ledger, m_fields, *m_metrics},
            IngestOptions{.idlePause = std::chrono::milliseconds(2)});
        m_ingest->start();
    }
    void stop() { m_ingest.reset(); }
    [[nodiscard]] std::string metrics() const { return m_metrics->expose(); }
    /// Until everything durable has arrived; false after 30 seconds.
    [[nodiscard]] bool finish()
    {
        const auto deadline = TestDatabase::soon();
        while (m_ingest->state().waiting > 0 || m_ingest->state().failing) {
            if (deadline.reached()) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }
    [[nodiscard]] bool ingestNow(std::vector<spool::Record> records)
    {
        append(std::move(records));
        if (!m_ingest) {
            start();
        }
        return finish();
    }
    /// One value of one row, as the reader role sees it within the tenant.
    [[nodiscard]] std::string ask(TenantId tenant,
                                  const std::string& sql,
                                  Parameters parameters = {})
    {
        auto text = m_server.database().read(
            tenant, TestDatabase::soon(), [&](Transaction& transaction) -> Result<std::string> {
                EXHIBIT_TRY(const Rows rows, transaction.query(sql, parameters));
                return rows.empty() ? std::string("(no row)") : std::string(rows.text(0, 0));
            });
        return text ? *text : "(error: " + text.error().message + ")";
    }

    [[nodiscard]] Ingest& ingest() { return *m_ingest; }
    [[nodiscard]] spool::Journal& journal() { return *m_journal; }
    [[nodiscard]] LedgerAppender& ledger() { return m_ledger; }
    [[nodiscard]] FieldStore& fields() { return m_fields; }
    /// The recorded bytes of a call.
    [[nodiscard]] Bytes body(TenantId tenant, CallId call, std::string_view path)
    {
        return must(
            m_server.database().read(tenant, TestDatabase::soon(), [&](Transaction& transaction) {
                return m_fields.readCall(transaction, call, path);
            }));
    }

private:
    TestDatabase& m_server;
    test::TempDir m_folder;
    UnprovenLedger m_ledger;
    SubjectKeys m_keys;
    BodyFieldStore m_fields;
    std::unique_ptr<ops::Metrics> m_metrics;
    std::unique_ptr<spool::Journal> m_journal;
    std::unique_ptr<Ingest> m_ingest;
};

} // namespace exhibit::storage
