// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/redaction/redaction_pack.h"
#include "server/storage/call_indexer.h"
#include "server/storage/call_store.h"
#include "tests/server/storage/ingest_on_test.h"

namespace exhibit::storage {

inline const scan::RedactionPack& shippedPack()
{
    static const auto named = must(redaction::shippedPack());
    return named.pack;
}

/// Ingest with the indexer behind it.
class CallIndexOnTest {
public:
    explicit CallIndexOnTest(TestDatabase& server = TestDatabase::instance())
        : m_server(server)
        , ingest(server)
    {
    }

    void start()
    {
        m_indexer = std::make_unique<CallIndexer>(
            CallIndexer::Services{m_server.database(), ingest.journal(), metrics, shippedPack()},
            CallIndexerOptions{.idlePause = std::chrono::milliseconds(2),
                               .retryPauseMax = std::chrono::milliseconds(50)});
        m_indexer->start();
    }
    void stop() { m_indexer.reset(); }
    [[nodiscard]] CallIndexer& indexer() { return *m_indexer; }

    /// Until every call of the tenant is searchable; false after 30 seconds.
    [[nodiscard]] bool finish(TenantId tenant)
    {
        const auto deadline = TestDatabase::soon();
        while (ingest.ask(tenant, "SELECT count(*) FROM call_index_queue") != "0") {
            if (deadline.reached()) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }
    [[nodiscard]] bool indexNow(TenantId tenant, std::vector<spool::Record> records)
    {
        if (!ingest.ingestNow(std::move(records))) {
            return false;
        }
        if (!m_indexer) {
            start();
        }
        return finish(tenant);
    }

    [[nodiscard]] CallPage find(TenantId tenant, const CallSearch& search)
    {
        return must(CallStore(m_server.database()).search(tenant, search, TestDatabase::soon()));
    }
    [[nodiscard]] CallPage find(TenantId tenant, const std::string& text)
    {
        CallSearch search;
        auto query = query::parse(text);
        EXPECT_TRUE(query) << text;
        search.query = *query;
        return find(tenant, search);
    }
    [[nodiscard]] std::int64_t total(TenantId tenant, const std::string& text)
    {
        return find(tenant, text).total.count;
    }

private:
    TestDatabase& m_server;

public:
    ops::Metrics metrics;
    IngestOnTest ingest;

private:
    std::unique_ptr<CallIndexer> m_indexer;
};

/// A call that was asked one thing and answered another.
inline std::vector<spool::Record> conversation(CallOnTest& call,
                                               const std::string& asked,
                                               const std::string& answered)
{
    call.opening.request = printJson(
        JsonObject{{"model", call.opening.model},
                   {"messages", JsonArray{JsonObject{{"role", "user"}, {"content", asked}}}}});
    static_cast<void>(call.close());
    call.closing.texts = {{"choices/0/content", answered, ""}};
    return {call.open(), call.record(call.closing)};
}

} // namespace exhibit::storage
