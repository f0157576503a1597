// SPDX-License-Identifier: Apache-2.0
// Values for completion come from the indexes, under the reader's row level security too.
#include "server/storage/incident_values.h"

#include "tests/server/storage/incidents_on_test.h"

namespace exhibit::storage {
namespace {

/// Rows that were read of incidents, and looks into the index, by now.
std::pair<std::int64_t, std::int64_t> reads(Connection& administrator, const std::string& index)
{
    const auto rows
        = administrator.query("SELECT (SELECT seq_tup_read FROM pg_stat_all_tables"
                              "  WHERE schemaname = 'exhibit' AND relname = 'incidents'),"
                              " (SELECT idx_scan FROM pg_stat_all_indexes"
                              "  WHERE schemaname = 'exhibit' AND indexrelname = $1)",
                              {index},
                              TestDatabase::soon());
    return {rows->integer(0, 0), rows->integer(0, 1)};
}

TEST(IncidentValues, areFoundByStepsInTheirIndex)
{
    const Incidents incidents(20'000, 3);
    const auto administrator = TestDatabase::instance().administrator();
    must(administrator->query("ANALYZE exhibit.incidents", {}, TestDatabase::soon()));
    IncidentValues values(TestDatabase::instance().database());
    for (const std::string field : {"user", "session", "model", "policy"}) {
        const std::string index = "incidents_by_" + field;
        const auto before = reads(*administrator, index);
        const auto found
            = must(values.find(incidents.tenant(), {field, "u", 20}, TestDatabase::soon()));
        EXPECT_EQ(found.values.size(), field == "user" ? 7U : 0U) << field;
        // The reader's session reports its statistics when it is idle, within a second or so.
        const auto deadline = TestDatabase::soon();
        while (reads(*administrator, index).second == before.second && !deadline.reached()) {
            must(TestDatabase::instance().database().read(
                incidents.tenant(), TestDatabase::soon(), [](Transaction& transaction) {
                    return transaction.query("SELECT pg_stat_force_next_flush()");
                }));
        }
        const auto after = reads(*administrator, index);
        EXPECT_GT(after.second, before.second) << field;
        EXPECT_LT(after.first - before.first, 1000) << field << ": the table was read through";
    }
}

} // namespace
} // namespace exhibit::storage
