// SPDX-License-Identifier: Apache-2.0
#include "server/storage/self_tests.h"

#include "tests/server/storage/ledger_on_test.h"

namespace exhibit::storage {
namespace {

/// The names of those that failed.
std::vector<std::string> failed(LedgerOnTest& on)
{
    const auto tests
        = runSelfTests(on.server().database(),
                       on.keys(),
                       {[](const auto&) { return std::optional<evidence::TreeHead>{}; },
                        {},
                        [](const auto&) { return std::vector<evidence::NoteKey>{}; }},
                       on.tenant().id,
                       TestDatabase::soon());
    EXPECT_EQ(tests.size(), 9U);
    std::vector<std::string> names;
    for (const auto& test : tests) {
        EXPECT_FALSE(test.detail.empty()) << test.name;
        if (!test.passed) {
            names.push_back(test.name);
        }
    }
    return names;
}

TEST(SelfTests, allPassOnAnEmptyAndOnASoundLog)
{
    LedgerOnTest on;
    EXPECT_EQ(failed(on), std::vector<std::string>{});
    on.appendMany(300);
    EXPECT_EQ(failed(on), std::vector<std::string>{});
}

TEST(SelfTests, sayWhatIsDamaged)
{
    LedgerOnTest on;
    on.appendMany(10);
    on.tamper("DELETE FROM incident_log_chain" + on.where() + "AND sequence_number = 5");
    EXPECT_EQ(failed(on), (std::vector<std::string>{"chain", "full_chain"}));
}

} // namespace
} // namespace exhibit::storage
