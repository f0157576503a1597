// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/storage/ledger_check.h"
#include "tests/server/storage/test_database.h"

#include <gtest/gtest.h>

namespace exhibit::storage {

/// A ledger on a tenant of its own, with keys from a key file.
class LedgerOnTest {
public:
    explicit LedgerOnTest(TestDatabase& server = TestDatabase::instance())
        : m_server(server)
        , m_tenant(server.newTenant())
        , m_keys(must(spool::keyFileWrapper(m_folder.path() / "fields.key")))
        , m_ledger(m_keys, "exhibit.test")
    {
    }

    template <class Use>
    auto write(Use use)
    {
        return m_server.database().write(m_tenant.id, TestDatabase::soon(), use);
    }
    template <class Use>
    auto read(Use use)
    {
        return m_server.database().read(m_tenant.id, TestDatabase::soon(), use);
    }

    static EntryDraft draft(const std::string& text, const SubjectId& subject = "user:ada")
    {
        EntryDraft draft;
        draft.type = "incident.opened";
        draft.occurredAt = utcNow();
        draft.reporterId = "exhibitd";
        draft.subject = subject;
        draft.fields = {{"/call_id", "call_1"}, {"/text", text}};
        return draft;
    }

    Result<LedgerHead> append(const std::vector<EntryDraft>& drafts)
    {
        return write(
            [&](Transaction& transaction) { return m_ledger.appendAt(transaction, drafts); });
    }
    void appendMany(std::size_t count, std::size_t batch = 500)
    {
        for (std::size_t done = 0; done < count; done += batch) {
            std::vector<EntryDraft> drafts;
            for (std::size_t i = 0; i < std::min(batch, count - done); ++i) {
                drafts.push_back(draft("entry " + std::to_string(done + i)));
            }
            must(append(drafts));
        }
    }
    LedgerCheck check(const LedgerCheckOptions& options = {})
    {
        return must(read(
            [&](Transaction& transaction) { return checkLedger(transaction, m_keys, options); }));
    }
    LedgerHead head()
    {
        return must(read([](Transaction& transaction) { return readHead(transaction); })).value();
    }
    /// As superuser with the triggers off: what the database's owner could do.
    void tamper(const std::string& sql)
    {
        const auto connection = m_server.administrator();
        must(connection->script("SET session_replication_role = replica; SET search_path = exhibit;"
                                "ALTER TABLE incident_log_chain DISABLE TRIGGER USER;"
                                    + sql + "; ALTER TABLE incident_log_chain ENABLE TRIGGER USER",
                                TestDatabase::soon()));
    }
    [[nodiscard]] std::string where() const { return whereOf(""); }
    /// The same of one of several tables.
    [[nodiscard]] std::string whereOf(const std::string& table) const
    {
        return " WHERE " + table + (table.empty() ? "" : ".") + "tenant_id = '"
            + m_tenant.id.value.hyphenated() + "' ";
    }

    [[nodiscard]] TestDatabase& server() { return m_server; }
    [[nodiscard]] const TestTenant& tenant() const { return m_tenant; }
    [[nodiscard]] SubjectKeys& keys() { return m_keys; }
    [[nodiscard]] ChainLedger& ledger() { return m_ledger; }

private:
    test::TempDir m_folder;
    TestDatabase& m_server;
    TestTenant m_tenant;
    SubjectKeys m_keys;
    ChainLedger m_ledger;
};

} // namespace exhibit::storage
