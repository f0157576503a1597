// SPDX-License-Identifier: Apache-2.0
#include "server/storage/chain_ledger.h"

#include "models/evidence/field.h"
#include "server/storage/erasure.h"
#include "server/storage/erasure_reading.h"
#include "server/storage/unproven_ledger.h"
#include "tests/server/storage/ledger_on_test.h"

#include <fmt/format.h>

#include <thread>

namespace exhibit::storage {
namespace {

std::string ask(LedgerOnTest& on, const std::string& sql)
{
    return must(on.read([&](Transaction& transaction) -> Result<std::string> {
        EXHIBIT_TRY(const Rows rows, transaction.query(sql));
        return std::string(rows.empty() ? "(no row)" : rows.text(0, 0));
    }));
}

TEST(ChainLedger, opensTheLogAndChainsWhatFollows)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("one"), LedgerOnTest::draft("two")}));
    const auto head = on.head();
    EXPECT_EQ(head.nextSequence, 3U);
    EXPECT_EQ(head.origin, "exhibit.test/" + on.tenant().slug + "/log1");
    EXPECT_EQ(ask(on, "SELECT event_type FROM incident_log_chain WHERE sequence_number = 0"),
              "epoch.opened");
    EXPECT_TRUE(on.check().sound());
    EXPECT_EQ(ask(on, "SELECT count(*) FROM verify_chain_integrity()"), "0");
}

TEST(ChainLedger, statesWhatWasRecordedBeforeItUnproven)
{
    LedgerOnTest on;
    UnprovenLedger unproven;
    const auto earlier = LedgerOnTest::draft("before");
    must(on.write([&](Transaction& transaction) -> Result<bool> {
        EXHIBIT_CHECK(unproven.append(transaction, on.tenant().id, {&earlier, 1}));
        return true;
    }));
    must(on.append({LedgerOnTest::draft("after")}));
    const auto fields = must(on.read(
        [&](Transaction& transaction) { return openFields(transaction, on.keys(), 1, 0, 1); }));
    const std::string root = toHex(asView(evidence::leafHash(asView(digestOf(earlier)))));
    bool found = false;
    for (const auto& file : fields.files.at(0)) {
        const auto field = evidence::parseField(file.bytes).value();
        if (field.path == "/unproven_before") {
            found = true;
            EXPECT_EQ(field.value.get_string(), "{\"count\":1,\"root\":\"" + root + "\"}");
        }
    }
    EXPECT_TRUE(found);
}

TEST(ChainLedger, makesOneChainOfManyWriters)
{
    LedgerOnTest on;
    constexpr int kWriters = 4;
    constexpr int kBatches = 20;
    std::vector<std::thread> writers;
    std::atomic<int> failures{0};
    for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&on, &failures, writer] {
            for (int batch = 0; batch < kBatches; ++batch) {
                const auto text = std::to_string(writer) + "/" + std::to_string(batch);
                failures
                    += on.append({LedgerOnTest::draft(text), LedgerOnTest::draft(text)}) ? 0 : 1;
            }
        });
    }
    for (auto& writer : writers) {
        writer.join();
    }
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(on.head().nextSequence, 1U + kWriters * kBatches * 2);
    const auto check = on.check();
    EXPECT_TRUE(check.sound()) << check.findings.front().problem;
}

TEST(ChainLedger, leavesNoGapWhenATransactionFails)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("one")}));
    const auto failed = on.write([&](Transaction& transaction) -> Result<bool> {
        const auto draft = LedgerOnTest::draft("lost");
        EXHIBIT_CHECK(on.ledger().append(transaction, on.tenant().id, {&draft, 1}));
        return fail(ErrorCode::Conflict, "on purpose");
    });
    EXPECT_FALSE(failed);
    must(on.append({LedgerOnTest::draft("two")}));
    EXPECT_EQ(on.head().nextSequence, 3U);
    EXPECT_TRUE(on.check().sound());
}

TEST(ChainLedger, refusesTheServersOwnRoleEveryChange)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("one")}));
    for (const auto* table : {"incident_log_chain",
                              "ledger_tiles",
                              "checkpoints",
                              "incident_causality",
                              "cascade_predictions"}) {
        for (const auto& sql : {fmt::format("UPDATE {} SET tenant_id = tenant_id", table),
                                fmt::format("DELETE FROM {}", table),
                                fmt::format("TRUNCATE {}", table)}) {
            const auto tried
                = on.write([&](Transaction& transaction) { return transaction.query(sql); });
            ASSERT_FALSE(tried) << sql;
            EXPECT_EQ(tried.error().subject, "42501") << sql;
        }
    }
    // Nor may it insert what does not follow.
    const auto forged = on.write([&](Transaction& transaction) {
        return transaction.query("INSERT INTO incident_log_chain SELECT tenant_id, epoch, "
                                 "sequence_number + 5, incident_id,"
                                 " event_type, event_data, reporter_type, reporter_id, created_at, "
                                 "event_hash, event_hash,"
                                 " leaf, entry FROM incident_log_chain WHERE sequence_number = 0");
    });
    EXPECT_FALSE(forged);
}

TEST(ChainLedger, provesEntriesFromTilesAndRows)
{
    LedgerOnTest on;
    on.appendMany(600);
    const auto head = on.head();
    must(on.read([&](Transaction& transaction) -> Result<bool> {
        const auto nodes = ledgerNodes(transaction, 1, head.nextSequence);
        for (const std::uint64_t index : {0U, 255U, 256U, 511U, 600U}) {
            EXHIBIT_TRY(const auto rows, readChain(transaction, 1, index, 1));
            EXHIBIT_TRY(const auto proof,
                        evidence::inclusionProof(nodes, index, head.nextSequence));
            EXPECT_TRUE(evidence::verifyInclusion(
                rows[0].leaf, index, head.nextSequence, head.edge.root(), proof))
                << index;
        }
        return true;
    }));
    EXPECT_EQ(ask(on, "SELECT count(*) FROM ledger_tiles"), "2");
}

/// The texts of an entry's fields that can be read.
bool shows(LedgerOnTest& on, std::uint64_t sequence, std::string_view text)
{
    const auto fields = must(on.read([&](Transaction& transaction) {
        return openFields(transaction, on.keys(), 1, sequence, 1);
    }));
    const auto files = fields.files.find(sequence);
    return files != fields.files.end()
        && std::any_of(files->second.begin(), files->second.end(), [&](const auto& file) {
               return file.bytes.find(text) != Bytes::npos;
           });
}

const Actor kActor{"key_1", "127.0.0.1", "test"};

Result<Erasure> erase(LedgerOnTest& on, const SubjectId& subject)
{
    return on.write([&](Transaction& transaction) {
        return eraseSubject(transaction, on.ledger(), on.keys(), kActor, subject, "GDPR 17");
    });
}

TEST(Erasure, takesFieldsAndLeavesEveryProof)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("secret of ada", "user:ada"),
                    LedgerOnTest::draft("of bob", "user:bob")}));
    const auto root = on.head().edge.root();
    EXPECT_EQ(must(erase(on, "user:ada")).fields, 1);
    EXPECT_FALSE(shows(on, 1, "secret of ada"));
    EXPECT_TRUE(shows(on, 1, "call_1")) << "public facts stay";
    EXPECT_TRUE(shows(on, 2, "of bob"));
    EXPECT_TRUE(must(on.read([&](Transaction& transaction) -> Result<bool> {
        const auto nodes = ledgerNodes(transaction, 1, 3);
        EXHIBIT_TRY(const auto rows, readChain(transaction, 1, 1, 1));
        EXHIBIT_TRY(const auto proof, evidence::inclusionProof(nodes, 1, 3));
        return evidence::verifyInclusion(rows[0].leaf, 1, 3, root, proof);
    })));
    EXPECT_TRUE(on.check().sound());
    EXPECT_EQ(ask(on, "SELECT count(*) FROM subject_keys WHERE subject = 'user:ada'"), "0");
    // The next entry of the subject gets a key of its own.
    must(on.append({LedgerOnTest::draft("ada again", "user:ada")}));
    EXPECT_TRUE(shows(on, 4, "ada again"));
    EXPECT_TRUE(on.check().sound());
}

TEST(Erasure, namesEveryFieldThatItTook)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("of ada", "user:ada"),
                    LedgerOnTest::draft("of bob", "user:bob"),
                    LedgerOnTest::draft("of ada too", "user:ada")}));
    must(erase(on, "user:ada"));
    const auto erasures = must(on.read(
        [&](Transaction& transaction) { return Erasures::read(transaction, on.keys(), 1); }));
    EXPECT_EQ(erasures.entriesOf(4), (std::set<std::uint64_t>{1, 3}));
    EXPECT_EQ(erasures.ofEntries({2}), std::set<std::uint64_t>{});
    EXPECT_EQ(erasures.ofEntries({0, 3}), std::set<std::uint64_t>{4});
    const auto entry = must(on.read([&](Transaction& transaction) -> Result<evidence::Entry> {
        EXHIBIT_TRY(const auto rows, readChain(transaction, 1, 3, 1));
        return evidence::parseEntry(rows.at(0).entry);
    }));
    for (const auto& field : entry.fields) {
        EXPECT_EQ(erasures.of(3, field.path, field.digest).has_value(), !isPublicPath(field.path))
            << field.path;
    }
    EXPECT_FALSE(erasures.of(2, "/text", entry.fields.back().digest));
}

TEST(Erasure, ofManyFieldsIsNamedInMoreThanOneEntry)
{
    LedgerOnTest on;
    std::vector<EntryDraft> drafts(600, LedgerOnTest::draft("of ada", "user:ada"));
    for (auto& draft : drafts) {
        draft.fields.push_back({"/more", "of ada"});
    }
    must(on.append(drafts));
    EXPECT_EQ(must(erase(on, "user:ada")).fields, 600);
    const auto erasures = must(on.read(
        [&](Transaction& transaction) { return Erasures::read(transaction, on.keys(), 1); }));
    EXPECT_EQ(erasures.entriesOf(601).size(), 500U);
    EXPECT_EQ(erasures.entriesOf(602).size(), 100U);
    EXPECT_TRUE(on.check().sound());
}

TEST(Erasure, isRefusedWhileAHoldIsInForce)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("of ada", "user:ada")}));
    const auto place = [&](const HoldRequest& request) {
        return must(on.write([&](Transaction& transaction) {
            return placeHold(transaction, on.ledger(), kActor, request);
        }));
    };
    const auto release = [&](HoldId hold) {
        must(on.write([&](Transaction& transaction) -> Result<bool> {
            EXHIBIT_CHECK(releaseHold(transaction, on.ledger(), kActor, hold));
            return true;
        }));
    };
    const HoldId onAda = place({"user:ada", {}, "litigation"});
    const HoldId onEverything = place({{}, {}, "investigation"});
    EXPECT_EQ(erase(on, "user:ada").error().code, ErrorCode::Conflict);
    release(onAda);
    EXPECT_EQ(erase(on, "user:ada").error().code, ErrorCode::Conflict) << "all is still held";
    release(onEverything);
    EXPECT_EQ(must(erase(on, "user:ada")).fields, 1);
    EXPECT_EQ(erase(on, "user:ada").error().code, ErrorCode::NotFound);
    EXPECT_EQ(erase(on, "ada").error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(ask(on,
                  "SELECT string_agg(event_type, ' ' ORDER BY sequence_number)"
                  " FROM incident_log_chain"),
              "epoch.opened incident.opened hold.placed hold.placed hold.released hold.released"
              " field.erased");
    EXPECT_EQ(ask(on, "SELECT count(*) FROM legal_holds WHERE subject LIKE '%ada%'"), "0");
    EXPECT_TRUE(on.check().sound());
}

TEST(Erasure, isTheOnlyWayToRemoveWhatWasKept)
{
    LedgerOnTest on;
    must(on.append({LedgerOnTest::draft("of ada", "user:ada")}));
    for (const auto* table : {"subject_keys", "ledger_fields", "call_bodies", "incident_search"}) {
        const auto tried = on.write([&](Transaction& transaction) {
            return transaction.query(fmt::format("DELETE FROM {}", table));
        });
        ASSERT_FALSE(tried) << table;
        EXPECT_EQ(tried.error().subject, "42501") << table;
    }
}

} // namespace
} // namespace exhibit::storage
