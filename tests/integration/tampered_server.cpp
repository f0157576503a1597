// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/tampered_server.h"

#include "models/evidence/checkpoint.h"
#include "models/evidence/entry.h"
#include "server/storage/chain_ledger.h"

#include <thread>

namespace exhibit::test {
namespace {

using namespace std::chrono_literals;

std::string hex(BytesView bytes)
{
    return "'\\x" + toHex(bytes) + "'";
}

/// The rows of one statement; the test ends where there are none to be had.
template <class T>
T must(Result<T> result)
{
    if (!result) {
        ADD_FAILURE() << result.error().message;
        std::abort();
    }
    return *std::move(result);
}

} // namespace

void TamperedServer::SetUp()
{
    m_postgres = must(TestPostgres::create(m_database.path()));
    m_environment["EXHIBIT_DATABASE_URL"] = m_postgres->url();
    EvidenceTest::SetUp();
}

void TamperedServer::tamper(const std::string& sql)
{
    const auto connection
        = must(storage::Connection::open(Secret(m_postgres->url()), Deadline::after(10s)));
    const auto done = connection->script(
        "SET session_replication_role = replica; SET search_path = exhibit; BEGIN;" + sql
            + "; COMMIT",
        Deadline::after(30s));
    ASSERT_TRUE(done) << done.error().message;
}

storage::Rows TamperedServer::rows(const std::string& sql)
{
    return must(m_postgres->query(sql));
}

void TamperedServer::rewriteLog(std::uint64_t from)
{
    const auto chain = rows("SELECT entry FROM exhibit.incident_log_chain WHERE epoch = 1"
                            " ORDER BY sequence_number");
    const auto heads = rows("SELECT tree_size, note FROM exhibit.checkpoints WHERE epoch = 1");
    std::string sql;
    evidence::TreeEdge edge;
    std::map<std::uint64_t, evidence::TreeEdge> edges;
    Digest previous{};
    for (std::size_t row = 0; row < chain.size(); ++row) {
        Bytes bytes = chain.bytes(row, 0);
        if (row >= from) {
            auto entry = must(evidence::parseEntry(bytes));
            entry.previous = row == from ? entry.previous : previous;
            entry.time.replace(0, 4, "2025");
            bytes = must(evidence::writeEntry(entry));
            sql += "UPDATE incident_log_chain SET entry = " + hex(bytes)
                + ", previous_hash = " + hex(asView(entry.previous)) + ", created_at = '"
                + entry.time + "', event_hash = sha256(" + hex(bytes) + "), leaf = sha256('\\x00'"
                + "::bytea || " + hex(bytes)
                + "::bytea) WHERE epoch = 1 AND sequence_number = " + std::to_string(row) + ";";
        }
        previous = sha256(bytes);
        edge.append(evidence::leafHash(bytes));
        edges[edge.size()] = edge;
    }
    sql += "UPDATE ledger_heads SET last_hash = " + hex(asView(previous))
        + ", edge = " + hex(storage::edgeBytes(edge)) + " WHERE epoch = 1;";
    for (std::size_t row = 0; row < heads.size(); ++row) {
        const auto size = static_cast<std::uint64_t>(heads.integer(row, 0));
        auto note = must(evidence::parseSignedCheckpoint(heads.text(row, 1)));
        note.checkpoint.head.root = edges.at(size).root();
        note.note.text = evidence::writeCheckpoint(note.checkpoint);
        sql += "UPDATE checkpoints SET root = " + hex(asView(note.checkpoint.head.root))
            + ", edge = " + hex(storage::edgeBytes(edges.at(size))) + ", note = convert_from("
            + hex(must(evidence::writeNote(note.note)))
            + ", 'UTF8') WHERE tree_size = " + std::to_string(size) + ";";
    }
    tamper(sql);
}

std::uint64_t TamperedServer::waitUntilSigned()
{
    const auto deadline = Deadline::after(30s);
    while (!deadline.reached()) {
        const auto found = rows("SELECT h.next_seq, (SELECT max(tree_size) FROM exhibit.checkpoints"
                                " c WHERE c.epoch = h.epoch) FROM exhibit.ledger_heads h"
                                " ORDER BY epoch DESC LIMIT 1");
        if (!found.empty() && !found.isNull(0, 1) && found.integer(0, 0) == found.integer(0, 1)) {
            return static_cast<std::uint64_t>(found.integer(0, 0));
        }
        std::this_thread::sleep_for(50ms);
    }
    ADD_FAILURE() << "heads wait to be signed";
    return 0;
}

Json TamperedServer::verifyLedger() const
{
    const auto done = m_server->control({"ledger", "verify", "--json"});
    EXPECT_TRUE(done) << done.error().message;
    auto check = parseJson(done->output);
    EXPECT_TRUE(check) << done->output;
    return check.value_or(Json(JsonObject{{"sound", true}, {"findings", JsonArray{}}}));
}

} // namespace exhibit::test
