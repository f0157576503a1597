// SPDX-License-Identifier: Apache-2.0
// What the live view is told of, beside what integration.live_events sees of a whole server.
#include "server/storage/live_happenings.h"

#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

std::vector<Happening> since(TenantId tenant, UtcTime time)
{
    return must(LiveHappenings(TestDatabase::instance().database())
                    .since(tenant, time, TestDatabase::soon()))
        .all;
}

TEST(LiveHappenings, tellOfEntriesThatSomebodyShouldLookAtOnce)
{
    LedgerOnTest ledger;
    LedgerOnTest stranger;
    const auto before = utcNow() - std::chrono::seconds(5);
    ledger.appendMany(3);
    EXPECT_TRUE(since(ledger.tenant().id, before).empty()) << "no entry of a day like any other";
    std::vector<EntryDraft> drafts;
    for (const auto* type : {"verify.failed", "record.quarantined", "spool.gap"}) {
        drafts.push_back(LedgerOnTest::draft("found"));
        drafts.back().type = type;
    }
    must(ledger.append(drafts));
    const auto told = since(ledger.tenant().id, before);
    ASSERT_EQ(told.size(), 3U);
    std::set<std::string> keys;
    std::set<std::string> types;
    for (const auto& one : told) {
        EXPECT_EQ(one.event.type, "alert");
        EXPECT_EQ(one.event.at, one.at);
        keys.insert(one.key);
        types.insert(one.event.alert.value());
    }
    EXPECT_EQ(keys.size(), 3U);
    EXPECT_EQ(types, (std::set<std::string>{"record.quarantined", "spool.gap", "verify.failed"}));
    EXPECT_TRUE(since(stranger.tenant().id, before).empty());
    EXPECT_TRUE(since(ledger.tenant().id, utcNow() + std::chrono::seconds(5)).empty());
}

} // namespace
} // namespace exhibit::storage
