// SPDX-License-Identifier: Apache-2.0
#include "server/storage/signer_loss.h"

#include "models/evidence/field.h"
#include "server/storage/body_field_store.h"
#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

/// A log whose tenant's keys do not open under the keys that the server has now.
class SignerLossTest : public ::testing::Test {
protected:
    void SetUp() override { m_on.appendMany(3); }
    /// Nobody who looks at all tenants' keys later must find these.
    void TearDown() override { m_on.tamper("DELETE FROM subject_keys" + m_on.where()); }

    /// As the new server finds it. The database is shared: other tests' tenants do not open either.
    void check()
    {
        const auto checked = m_on.read(
            [this](Transaction& transaction) { return m_keys.checkWrapper(transaction); });
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().code, ErrorCode::Corrupt);
        EXPECT_NE(checked.error().subject.find(m_on.tenant().id.text()), std::string::npos);
    }
    Result<ReplacedLog> replace()
    {
        const SignerReplacement replacement{{true, true}, "the disk died", "jo"};
        return m_on.write([&](Transaction& transaction) {
            return replaceSigner(transaction, m_ledger, m_keys, replacement);
        });
    }
    LedgerCheck verify()
    {
        return must(m_on.read(
            [this](Transaction& transaction) { return checkLedger(transaction, m_keys, {}); }));
    }
    Bytes entries(std::int32_t epoch)
    {
        Bytes all;
        for (const auto& row : must(m_on.read([epoch](Transaction& transaction) {
                 return readChain(transaction, epoch, 0, 9);
             }))) {
            all += row.entry;
        }
        return all;
    }
    /// What the first entry of an epoch says, by path.
    std::map<std::string, Json> opening(std::int32_t epoch)
    {
        std::map<std::string, Json> fields;
        const auto opened = must(m_on.read([&](Transaction& transaction) {
            return openFields(transaction, m_keys, epoch, 0, 1);
        }));
        for (const auto& file : opened.files.at(0)) {
            const auto field = must(evidence::parseField(file.bytes));
            fields[field.path] = field.value;
        }
        return fields;
    }

    LedgerOnTest m_on;
    test::TempDir m_folder;
    SubjectKeys m_keys{must(spool::keyFileWrapper(m_folder.path() / "fields.key"))};
    ChainLedger m_ledger{m_keys, "exhibit.test"};
};

TEST_F(SignerLossTest, theNewLogNamesTheHeadOfTheOldOneAndSaysWhy)
{
    check();
    const auto head = m_on.head();
    const Bytes before = entries(1);
    const auto replaced = must(replace());
    EXPECT_EQ(replaced.ended.nextSequence, 4U);
    EXPECT_EQ(replaced.signedSize, 0U);
    EXPECT_EQ(replaced.lostKeys, 2) << "the tenant's own and ada's";
    EXPECT_EQ(entries(1), before) << "nothing is hashed again";
    EXPECT_EQ(m_on.head().epoch, 2);

    const auto fields = opening(2);
    EXPECT_EQ(fields.at("/cause"), "signer_lost");
    EXPECT_EQ(fields.at("/reason"), "the disk died");
    EXPECT_EQ(fields.at("/operator"), "jo");
    EXPECT_EQ(fields.at("/lost_keys"), "2");
    EXPECT_EQ(fields.at("/previous_origin"), Json(head.origin));
    const Json named = must(parseJson(std::string(fields.at("/previous_head").get_string())));
    EXPECT_EQ(named.at("size").to_number<std::uint64_t>(), head.nextSequence);
    EXPECT_EQ(stringMember(named, "root"), toHex(asView(head.edge.root())));
    EXPECT_EQ(stringMember(named, "last_hash"), toHex(asView(head.lastHash)));
}

TEST_F(SignerLossTest, whatNobodyCanReadIsNotDamaged)
{
    check();
    EXPECT_EQ(m_on.read([this](Transaction& t) { return checkLedger(t, m_keys, {}); }).error().code,
              ErrorCode::Unavailable)
        << "before the operator's act it is not known to be lost";
    must(replace());
    const auto found = verify();
    EXPECT_TRUE(found.sound()) << found.findings.front().problem;
    EXPECT_EQ(found.unreadable, 4U);
    EXPECT_EQ(found.entries, 5U);
    must(m_on.write([this](Transaction& transaction) {
        return m_ledger.appendAt(transaction, std::vector{LedgerOnTest::draft("of ada")});
    }));
    EXPECT_TRUE(verify().sound()) << "the subject has a new key";
}

TEST_F(SignerLossTest, changesOfTheOldLogAreFoundAllTheSame)
{
    check();
    must(replace());
    m_on.tamper("DELETE FROM ledger_fields" + m_on.where()
                + "AND epoch = 1 AND sequence_number = 2");
    const auto found = verify();
    ASSERT_FALSE(found.sound());
    EXPECT_EQ(found.findings.front().epoch, 1);
    EXPECT_EQ(found.findings.front().sequence, 2U);
}

TEST_F(SignerLossTest, keysThatNoEntryNamesAsLostAreAFinding)
{
    m_on.tamper("INSERT INTO lost_keys (tenant_id, key_id, subject, wrapped, epoch)"
                " SELECT tenant_id, key_id, subject, wrapped, 1 FROM subject_keys"
                + m_on.where() + "AND subject = 'user:ada'; DELETE FROM subject_keys" + m_on.where()
                + "AND subject = 'user:ada'");
    const auto found = m_on.check();
    ASSERT_FALSE(found.sound());
    EXPECT_EQ(found.findings.front().problem, "1 keys are set aside as lost, the log names 0");
}

TEST_F(SignerLossTest, servingRolesSetNoKeysAside)
{
    const auto refused = [this](const char* statement) {
        const auto tried = m_on.write(
            [statement](Transaction& transaction) { return transaction.query(statement); });
        return tried ? std::string("not refused") : tried.error().subject;
    };
    EXPECT_EQ(refused("SELECT lose_keys(1)"), "55006") << "the epoch is open";
    EXPECT_EQ(refused("DELETE FROM lost_keys"), "42501");
    EXPECT_EQ(refused("INSERT INTO lost_keys SELECT tenant_id, key_id, subject, wrapped, 1, now()"
                      " FROM subject_keys"),
              "42501");
}

} // namespace
} // namespace exhibit::storage
