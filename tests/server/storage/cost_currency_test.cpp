// SPDX-License-Identifier: Apache-2.0
// What a tenant's costs are in, from the tables that are published and the calls that were priced.
#include "server/storage/cost_currency.h"

#include "models/domain/price_table.h"
#include "server/storage/embedded_files.h"
#include "server/storage/price_store.h"
#include "server/storage/quota_store.h"
#include "tests/server/storage/ingest_on_test.h"

namespace exhibit::storage {
namespace {

class CostCurrency : public testing::Test {
protected:
    Result<void> publish(const std::string& version, const std::string& currency)
    {
        const domain::PriceTable table{version, currency, {{"gpt-*", 100, 50, 200, 4.0}}};
        return PriceStore(m_database)
            .publish(m_tenant.id, table, {"key_x", "", ""}, m_on.ledger(), TestDatabase::soon());
    }
    /// A call that ended with an incident, priced by that table.
    CallOnTest ingestCall(const std::string& version)
    {
        CallOnTest call(m_tenant);
        call.closing.priceVersion = version;
        EXPECT_TRUE(m_on.ingestNow(call.blockedStory()));
        return call;
    }
    std::optional<std::string> currency()
    {
        return must(m_database.read(m_tenant.id, TestDatabase::soon(), currencyOf));
    }
    std::string costOf(const CallOnTest& call)
    {
        return m_on.ask(
            m_tenant.id,
            "SELECT concat_ws(' ', (SELECT cost_microcents FROM proxy_calls"
            " WHERE call_id = $1), (SELECT cost_microcents FROM runs WHERE run_id = $2),"
            " (SELECT cost_microcents FROM incidents WHERE call_id = $1),"
            " (SELECT data->'cost_microcents' FROM steps WHERE call_id = $1"
            "  AND step_type = 'llm_call'))",
            {call.opening.callId, call.opening.runId});
    }

    Database& m_database = TestDatabase::instance().database();
    TestTenant m_tenant = TestDatabase::instance().newTenant();
    IngestOnTest m_on;
};

TEST_F(CostCurrency, isThatOfThePricesUntilTheFirstCostAndThenStays)
{
    ASSERT_TRUE(publish("a-usd", "USD"));
    EXPECT_EQ(currency(), "USD");
    ASSERT_TRUE(publish("b-eur", "EUR")) << "nothing was recorded yet";
    EXPECT_EQ(currency(), "EUR");
    EXPECT_EQ(costOf(ingestCall("b-eur")), "420 420 420 420");

    const auto refused = publish("c-usd", "USD");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Conflict);
    EXPECT_EQ(refused.error().subject, "/currency");
    EXPECT_NE(refused.error().message.find("recorded in EUR"), std::string::npos)
        << refused.error().message;
    ASSERT_TRUE(publish("d-eur", "EUR"));
    EXPECT_EQ(costOf(ingestCall("d-eur")), "420 420 420 420");
    EXPECT_EQ(currency(), "EUR");
}

TEST_F(CostCurrency, aCallWithoutCostLeavesItOpen)
{
    ASSERT_TRUE(publish("a-usd", "USD"));
    CallOnTest free(m_tenant);
    static_cast<void>(free.close()); // Fills it.
    free.closing.costMicrocents = 0;
    free.closing.priceVersion = "a-usd";
    ASSERT_TRUE(m_on.ingestNow({free.open(), free.record(free.closing)}));
    EXPECT_TRUE(publish("b-eur", "EUR"));
    EXPECT_EQ(currency(), "EUR");
}

TEST_F(CostCurrency, whatWasUnderWayAtOtherPricesAddsNothingToItsSums)
{
    ASSERT_TRUE(publish("a-usd", "USD"));
    ASSERT_TRUE(publish("b-eur", "EUR"));
    // Opened before the second table was: these are dollars.
    EXPECT_EQ(costOf(ingestCall("a-usd")), "0 0 0 0");
    EXPECT_EQ(currency(), "EUR");
    EXPECT_EQ(costOf(ingestCall("b-eur")), "420 420 420 420");
    EXPECT_EQ(costOf(ingestCall("lost-in-a-restore")), "0 0 0 0");
    EXPECT_EQ(m_on.ask(m_tenant.id, "SELECT sum(cost_microcents) FROM usage_daily_rollups"), "420");
    EXPECT_EQ(m_on.ask(m_tenant.id, "SELECT sum(cost_microcents) FROM usage_events"), "420");
    m_on.stop(); // A process that knows nothing yet decides the same.
    EXPECT_EQ(costOf(ingestCall("a-usd")), "0 0 0 0");
    const auto usage
        = must(QuotaStore(m_database).usage(m_tenant.id, std::nullopt, TestDatabase::soon()));
    EXPECT_EQ(usage.currency, "EUR");
    ASSERT_EQ(usage.days.size(), 1U);
    EXPECT_EQ(usage.days[0].costMicrocents, 420);
}

TEST_F(CostCurrency, isNeverAnotherTenants)
{
    ASSERT_TRUE(publish("a-eur", "EUR"));
    EXPECT_EQ(costOf(ingestCall("a-eur")), "420 420 420 420");
    const auto other = TestDatabase::instance().newTenant();
    const auto theirs = must(m_database.read(other.id, TestDatabase::soon(), currencyOf));
    EXPECT_NE(theirs, "EUR");
}

TEST(PricesThatShip, areInOneCurrency)
{
    // Who never published a table follows from one to the next, with costs already.
    for (const auto& file : embeddedPriceTables()) {
        const auto table = must(fromJson<domain::PriceTable>(must(parseJson(file.text))));
        EXPECT_EQ(table.currency, "USD") << file.name;
    }
}

} // namespace
} // namespace exhibit::storage
