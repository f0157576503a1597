// SPDX-License-Identifier: Apache-2.0
#include "server/storage/bates_store.h"

#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

TEST(BatesStore, saysHowManyEarlierAllocationsItDoesNotList)
{
    LedgerOnTest on;
    report::Numbering numbering;
    for (int i = 0; i <= 102; ++i) {
        numbering = must(allocateBates(on.server().database(),
                                       on.ledger(),
                                       on.tenant().id,
                                       {.prefix = "EXH",
                                        .pages = 2,
                                        .productionId = "p" + std::to_string(i),
                                        .incident = IncidentId::generate(),
                                        .actor = {"key_1", "", ""}},
                                       TestDatabase::soon()));
        const auto listed = static_cast<std::int64_t>(numbering.earlier.size());
        EXPECT_EQ(listed + numbering.earlierLeftOut, i);
    }
    EXPECT_EQ(numbering.earlier.size(), 100U);
    EXPECT_EQ(numbering.earlierLeftOut, 2);
    EXPECT_EQ(numbering.first, 205) << "counted from the newest, whatever is listed";
}

} // namespace
} // namespace exhibit::storage
