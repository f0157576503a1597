// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/integration/evidence_fixture.h"
#include "tests/support/test_postgres.h"

namespace exhibit::test {

/// The same server on a PostgreSQL whose owner the test is: everything in it can be rewritten.
class TamperedServer : public EvidenceTest {
protected:
    void SetUp() override;
    /// The server goes before its database does.
    void TearDown() override { m_server.reset(); }
    /// As superuser with triggers off.
    void tamper(const std::string& sql);
    [[nodiscard]] storage::Rows rows(const std::string& sql);
    /// Rewrites the log as one that knows its format would: entries from `from` on get another
    /// time, every hash and link after them, the tree, the head and all heads that were signed are
    /// made to fit. Only signatures cannot be made.
    void rewriteLog(std::uint64_t from);
    /// Once no head waits to be signed any more; how many entries there are.
    std::uint64_t waitUntilSigned();
    /// What "ledger verify" answers, whatever its exit code.
    [[nodiscard]] Json verifyLedger() const;

private:
    TempDir m_database;
    std::unique_ptr<TestPostgres> m_postgres;
};

} // namespace exhibit::test
