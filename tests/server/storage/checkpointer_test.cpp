// SPDX-License-Identifier: Apache-2.0
// Heads that are signed: from what is committed, by the real signer, by several replicas at once.
#include "server/storage/checkpointer.h"

#include "models/base/base64.h"
#include "models/evidence/trust.h"
#include "server/signer/protocol.h"
#include "server/signer/signer.h"
#include "server/storage/entry_names.h"
#include "tests/server/storage/ledger_on_test.h"

#include <thread>

namespace exhibit::storage {
namespace {

/// The signer of a folder, asked without a process in between.
class SignerOnTest {
public:
    SignerOnTest()
        : m_signer(open())
    {
    }

    void rotate()
    {
        must(signer::rotateLogKey(m_folder.path(), m_folder.path() / "unlock.key"));
        m_signer = open();
    }

    Result<Json> ask(JsonObject request)
    {
        const std::scoped_lock lock(m_mutex);
        if (m_away) {
            return fail(ErrorCode::Unavailable, "the signer does not answer");
        }
        return signer::takeReply(m_signer.handle(std::move(request)));
    }

    HeadSigner use()
    {
        return {[this](const std::string& origin) { return lastHead(origin); },
                [this](const std::string& origin,
                       const evidence::TreeHead& head,
                       const evidence::Proof& proof) { return sign(origin, head, proof); },
                [this](const std::string& origin) { return keys(origin); }};
    }
    void goAway(bool away) { m_away = away; }
    evidence::NoteKey key(const std::string& origin) { return must(keys(origin)).front(); }

private:
    signer::Signer open()
    {
        return signer::Signer::create(
                   must(signer::loadOrCreateKeys(m_folder.path(), m_folder.path() / "unlock.key")),
                   must(signer::HeadsFile::open(m_folder.path() / "heads")))
            .value();
    }
    Result<std::vector<evidence::NoteKey>> keys(const std::string& origin)
    {
        EXHIBIT_TRY(const Json reply, ask({{"call", "public-keys"}}));
        std::vector<evidence::NoteKey> named;
        for (const auto* name : {"log", "previous_log"}) {
            if (findMember(reply, name) != nullptr) {
                EXHIBIT_TRY(auto key, evidence::PublicKey::fromText(stringMember(reply, name)));
                EXHIBIT_TRY(auto note, evidence::NoteKey::make(origin, std::move(key)));
                named.push_back(std::move(note));
            }
        }
        return named;
    }
    Result<std::optional<evidence::TreeHead>> lastHead(const std::string& origin)
    {
        EXHIBIT_TRY(const Json reply, ask({{"call", "last-head"}, {"origin", origin}}));
        const Json& head = reply.at("head");
        if (head.is_null()) {
            return std::optional<evidence::TreeHead>{};
        }
        EXHIBIT_TRY(const Digest root, evidence::parseTreeHash(stringMember(head, "root")));
        return std::optional(evidence::TreeHead{head.at("size").to_number<std::uint64_t>(), root});
    }
    Result<std::string> sign(const std::string& origin,
                             const evidence::TreeHead& head,
                             const evidence::Proof& proof)
    {
        JsonArray hashes;
        for (const auto& hash : proof) {
            hashes.push_back(Json(toBase64(asView(hash))));
        }
        EXHIBIT_TRY(const Json reply,
                    ask({{"call", "sign-checkpoint"},
                         {"origin", origin},
                         {"size", head.size},
                         {"root", toBase64(asView(head.root))},
                         {"proof", std::move(hashes)}}));
        return std::string(stringMember(reply, "note"));
    }

    test::TempDir m_folder;
    std::mutex m_mutex;
    signer::Signer m_signer;
    std::atomic<bool> m_away{false};
};

class CheckpointerTest : public ::testing::Test {
protected:
    /// The signer goes with the test: whoever signs all logs later must not find this one open.
    void TearDown() override
    {
        m_on.tamper("UPDATE ledger_heads SET closed_at = now()" + m_on.where());
    }
    Result<StoredCheckpoint> now() { return m_checkpointer.checkpointNow(tenant(), soon()); }
    bool wasWell() { return must(m_checkpointer.checkTenant(tenant(), soon())); }
    TenantId tenant() { return m_on.tenant().id; }
    static Deadline soon() { return TestDatabase::soon(); }
    std::size_t stored(std::int32_t epoch = 1)
    {
        return must(m_on.read([epoch](Transaction& t) { return readCheckpoints(t, epoch); }))
            .size();
    }
    /// Entries from `from` on with another time, and links, hashes, head and signed heads made to
    /// fit; signatures cannot be.
    void rewrite(std::uint64_t from)
    {
        const auto rows = must(m_on.read([](Transaction& t) { return readChain(t, 1, 0, 1000); }));
        const auto heads = must(m_on.read([](Transaction& t) { return readCheckpoints(t, 1); }));
        std::string sql;
        const auto hex = [](BytesView bytes) { return "'\\x" + toHex(bytes) + "'"; };
        evidence::TreeEdge edge;
        Digest previous{};
        for (const auto& row : rows) {
            auto entry = must(evidence::parseEntry(row.entry));
            if (row.sequence >= from) {
                entry.time.replace(0, 4, "2025");
                entry.previous = row.sequence == from ? entry.previous : previous;
            }
            const Bytes bytes = must(evidence::writeEntry(entry));
            previous = sha256(bytes);
            edge.append(evidence::leafHash(bytes));
            sql += "UPDATE incident_log_chain SET entry = " + hex(bytes) + ", previous_hash = "
                + hex(asView(entry.previous)) + ", event_hash = " + hex(asView(previous))
                + ", leaf = " + hex(asView(evidence::leafHash(bytes))) + m_on.where()
                + "AND sequence_number = " + std::to_string(row.sequence) + ";";
            for (const auto& head : heads) {
                if (head.head.size != edge.size() || edge.size() <= from) {
                    continue;
                }
                auto note = must(evidence::parseSignedCheckpoint(head.note));
                note.note.text = evidence::writeCheckpoint({note.checkpoint.origin, edge.head()});
                sql += "UPDATE checkpoints SET root = " + hex(asView(edge.root()))
                    + ", edge = " + hex(edgeBytes(edge)) + ", note = convert_from("
                    + hex(must(evidence::writeNote(note.note))) + ", 'UTF8')" + m_on.where()
                    + "AND tree_size = " + std::to_string(edge.size()) + ";";
            }
        }
        m_on.tamper(sql + "UPDATE ledger_heads SET last_hash = " + hex(asView(previous))
                    + ", edge = " + hex(edgeBytes(edge)) + m_on.where());
    }
    Checkpointer::Services services()
    {
        return {m_on.server().database(), m_on.ledger(), m_signer.use(), m_metrics};
    }

    LedgerOnTest m_on;
    SignerOnTest m_signer;
    ops::Metrics m_metrics;
    Checkpointer m_checkpointer{services()};
};

TEST_F(CheckpointerTest, signsWhatIsCommittedAndAnUnchangedHeadOnce)
{
    EXPECT_EQ(now().error().code, ErrorCode::NotFound) << "no log yet";
    m_on.appendMany(300);
    const auto first = must(now());
    EXPECT_EQ(first.head, m_on.head().edge.head());
    const auto key = m_signer.key(m_on.head().origin);
    const auto note = must(evidence::parseSignedCheckpoint(first.note));
    EXPECT_EQ(must(evidence::verifyNote(note.note, {&key, 1})).size(), 1U);
    EXPECT_EQ(must(now()).note, first.note);
    EXPECT_EQ(stored(), 1U);
    m_on.appendMany(1);
    EXPECT_EQ(must(now()).head.size, 302U);
    EXPECT_EQ(stored(), 2U);
    EXPECT_TRUE(wasWell());
    LedgerCheckOptions options;
    options.keys = {key};
    EXPECT_TRUE(m_on.check(options).sound());
}

TEST_F(CheckpointerTest, catchesUpWhenTheSignerComesBack)
{
    m_on.appendMany(5);
    must(now());
    m_signer.goAway(true);
    m_on.appendMany(5);
    EXPECT_EQ(now().error().code, ErrorCode::Unavailable);
    m_signer.goAway(false);
    EXPECT_EQ(must(now()).head.size, 11U);
}

TEST_F(CheckpointerTest, severalReplicasMakeOneSequenceOfHeads)
{
    m_on.appendMany(1);
    constexpr int kReplicas = 3;
    constexpr int kTurns = 15;
    std::vector<std::thread> replicas;
    std::atomic<int> failures{0};
    for (int replica = 0; replica < kReplicas; ++replica) {
        replicas.emplace_back([&] {
            Checkpointer own(services());
            for (int turn = 0; turn < kTurns; ++turn) {
                failures += m_on.append({LedgerOnTest::draft("entry")}) ? 0 : 1;
                failures += own.checkpointNow(tenant(), soon()) ? 0 : 1;
                failures += must(own.checkTenant(tenant(), soon())) ? 0 : 1;
            }
        });
    }
    for (auto& replica : replicas) {
        replica.join();
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(must(now()).head.size, 2U + kReplicas * kTurns);
    LedgerCheckOptions options;
    options.keys = {m_signer.key(m_on.head().origin)};
    const auto check = m_on.check(options);
    EXPECT_TRUE(check.sound()) << check.findings.front().problem;
    EXPECT_EQ(m_on.head().epoch, 1);
}

TEST_F(CheckpointerTest, aRestoredBackupGoesOnInANewEpoch)
{
    m_on.appendMany(20);
    must(now());
    // Everything of the last ten entries is gone, the signed head too: only the signer remembers.
    m_on.tamper("DELETE FROM incident_log_chain" + m_on.where()
                + "AND sequence_number >= 10; DELETE FROM checkpoints" + m_on.where());
    must(m_on.write([](Transaction& transaction) -> Result<bool> {
        EXHIBIT_TRY(const auto rows, readChain(transaction, 1, 0, 10));
        evidence::TreeEdge edge;
        for (const auto& row : rows) {
            edge.append(row.leaf);
        }
        EXHIBIT_CHECK(
            transaction.query("UPDATE ledger_heads SET next_seq = 10, last_hash = $1, edge = $2",
                              {rows.back().eventHash, Parameter::bytes(edgeBytes(edge))}));
        return true;
    }));
    EXPECT_FALSE(wasWell());
    EXPECT_EQ(m_on.head().epoch, 2);
    EXPECT_TRUE(wasWell()) << "recovered once";
    m_on.appendMany(1);
    EXPECT_EQ(must(now()).epoch, 2);
}

TEST_F(CheckpointerTest, aLogThatAnotherSignerSignedIsNotSigned)
{
    m_on.appendMany(3);
    must(now());
    m_on.appendMany(1);
    SignerOnTest stranger;
    auto services = this->services();
    services.signer = stranger.use();
    Checkpointer other(services);
    EXPECT_EQ(other.checkpointNow(tenant(), soon()).error().code, ErrorCode::Forbidden);
    EXPECT_EQ(stored(), 1U);
}

TEST_F(CheckpointerTest, aRotatedKeyIsNamedInTheLogAndSignsBesideTheOldOne)
{
    m_on.appendMany(3);
    must(now());
    const auto old = m_signer.key(m_on.head().origin);
    m_signer.rotate();
    EXPECT_TRUE(wasWell());
    EXPECT_TRUE(wasWell()) << "named once";
    EXPECT_EQ(m_on.head().nextSequence, 5U);
    const auto rows = must(m_on.read([](Transaction& t) { return readChain(t, 1, 4, 1); }));
    EXPECT_EQ(rows.at(0).eventType, "key.rotated");
    EXPECT_NE(rows.at(0).eventData.find(old.text()), std::string::npos);
    const auto note = must(evidence::parseNote(must(now()).note));
    for (const auto& key : {old, m_signer.key(m_on.head().origin)}) {
        EXPECT_EQ(must(evidence::verifyNote(note, {&key, 1})).size(), 1U);
    }
    EXPECT_TRUE(wasWell());
}

TEST_F(CheckpointerTest, aDamagedEntryIsNeverSigned)
{
    m_on.appendMany(5);
    must(now());
    m_on.appendMany(5);
    m_on.tamper("UPDATE incident_log_chain c SET entry = o.entry, event_hash = o.event_hash,"
                " leaf = o.leaf FROM incident_log_chain o"
                + m_on.whereOf("c")
                + "AND c.sequence_number = 8 AND o.tenant_id = c.tenant_id"
                  " AND o.sequence_number = 7");
    EXPECT_FALSE(now());
    EXPECT_EQ(stored(), 1U);
}

TEST_F(CheckpointerTest, aLogRewrittenWhileItGrowsGoesOnInANewEpoch)
{
    m_on.appendMany(4);
    const auto good = must(now());
    m_on.appendMany(4);
    must(now());
    rewrite(6);
    m_on.appendMany(1);
    const auto refused = now();
    EXPECT_EQ(refused.error().subject, kEvidenceDamaged) << "another root is no follower";
    EXPECT_EQ(m_on.head().epoch, 2);
    EXPECT_EQ(must(now()).epoch, 2);
    // Entry 0 of the new log names the last head that fits.
    const auto opened = must(m_on.read([this](Transaction& transaction) {
        return openFields(transaction, m_on.keys(), 2, 0, 1);
    }));
    std::string fields;
    for (const auto& file : opened.files.at(0)) {
        fields += file.bytes;
    }
    const auto root = toBase64(asView(good.head.root));
    EXPECT_NE(fields.find(root), std::string::npos) << fields;
}

TEST_F(CheckpointerTest, aLogRewrittenWithoutGrowingIsNoticedWhenItsHeadIsWanted)
{
    m_on.appendMany(4);
    must(now());
    rewrite(2);
    EXPECT_EQ(now().error().subject, kEvidenceDamaged);
    EXPECT_EQ(m_on.head().epoch, 2);
}

TEST_F(CheckpointerTest, itsThreadSignsWithoutBeingAsked)
{
    m_checkpointer.start();
    m_on.appendMany(3);
    const auto deadline = soon();
    while (stored() == 0 && !deadline.reached()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_GE(stored(), 1U);
    EXPECT_EQ(m_checkpointer.trouble(), "");
}

} // namespace
} // namespace exhibit::storage
