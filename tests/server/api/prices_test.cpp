// SPDX-License-Identifier: Apache-2.0
#include "models/domain/price_table.h"
#include "server/storage/catalogue_loader.h"
#include "tests/server/api/api_on_test.h"

namespace exhibit::api {
namespace {

/// Those that come with a server are shared by all tests of the database.
std::string newVersion()
{
    return "test-" + Uuid::v7().hyphenated();
}

std::string tableOf(const std::string& version, std::int64_t output)
{
    return printJson(JsonObject{{"version", version},
                                {"currency", "EUR"},
                                {"models",
                                 JsonArray{JsonObject{{"model", "gpt-*"},
                                                      {"input_per_million", 100},
                                                      {"cached_input_per_million", 50},
                                                      {"output_per_million", output}}}}});
}

std::string inForce(TenantId tenant)
{
    const auto catalogue = storage::loadCatalogue(storage::TestDatabase::instance().database(),
                                                  Deadline::after(std::chrono::seconds(10)));
    return catalogue ? catalogue->pricesOf(tenant).version : catalogue.error().message;
}

TEST(Prices, thoseOfTheLastThatWasPublishedCountAndNoVersionIsOverwritten)
{
    ApiOnTest api;
    const auto first = newVersion();
    const auto second = newVersion();
    ASSERT_EQ(api.ask("POST", "/admin/prices", tableOf(first, 200)).status, 201);
    EXPECT_EQ(api.reloads, 1);
    EXPECT_EQ(inForce(api.tenant.id), first);
    ASSERT_EQ(api.ask("POST", "/admin/prices", tableOf(second, 300)).status, 201);
    EXPECT_EQ(inForce(api.tenant.id), second);

    const auto again = api.ask("POST", "/admin/prices", tableOf(first, 400));
    EXPECT_EQ(again.status, 409) << printJson(again.body);
    EXPECT_EQ(again.param(), "/version");
    EXPECT_EQ(inForce(api.tenant.id), second);

    const auto list = api.ask("GET", "/admin/prices");
    ASSERT_EQ(list.status, 200);
    EXPECT_EQ(stringMember(list.at("/prices"), "version"), second);
    EXPECT_EQ(list.at("/prices/models/0/output_per_million"), 300);
    EXPECT_EQ(stringMember(list.at("/versions/0"), "version"), second);
    EXPECT_EQ(list.at("/versions/0/models"), 1);
    EXPECT_EQ(stringMember(list.at("/versions/1"), "version"), first);
    EXPECT_FALSE(stringMember(list.at("/versions/0"), "published_by").empty());
}

TEST(Prices, whatCameWithTheServerYieldsToWhatPeoplePublish)
{
    ApiOnTest api;
    const auto published = newVersion();
    ASSERT_EQ(api.ask("POST", "/admin/prices", tableOf(published, 200)).status, 201);
    const auto shipped = newVersion();
    const auto inserted = storage::TestDatabase::instance().database().write(
        api.tenant.id, Deadline::after(std::chrono::seconds(10)), [&](auto& transaction) {
            return transaction.query("INSERT INTO price_tables (version, currency, models, "
                                     "published_at) VALUES ($1, 'USD', '[]', clock_timestamp())",
                                     {shipped});
        });
    ASSERT_TRUE(inserted) << inserted.error().message;
    EXPECT_EQ(inForce(api.tenant.id), published) << "an upgrade changes nobody's prices";
}

TEST(Prices, ofOneTenantAreNobodyElses)
{
    ApiOnTest api;
    const auto other = storage::TestDatabase::instance().newTenant();
    api.addTenant(other);
    const auto theirs = api.addKey(other, domain::Role::Admin, {});
    const auto before = inForce(other.id);
    const auto version = newVersion();
    ASSERT_EQ(api.ask("POST", "/admin/prices", tableOf(version, 200)).status, 201);
    EXPECT_EQ(inForce(api.tenant.id), version);
    EXPECT_EQ(inForce(other.id), before);
    const auto list = api.askAs(theirs, "GET", "/admin/prices");
    EXPECT_EQ(printJson(list.body).find(version), std::string::npos);
    // A name that one tenant took is free for another, for other prices.
    ASSERT_EQ(api.askAs(theirs, "POST", "/admin/prices", tableOf(version, 300)).status, 201);
    EXPECT_EQ(api.askAs(theirs, "GET", "/admin/prices").at("/prices/models/0/output_per_million"),
              300);
    EXPECT_EQ(api.ask("GET", "/admin/prices").at("/prices/models/0/output_per_million"), 200);
}

TEST(Prices, thatAreWrongAreRefusedWithThePlaceAndOnlyOperatorsPublish)
{
    ApiOnTest api;
    const auto wrong = api.ask("POST", "/admin/prices", tableOf(newVersion(), -1));
    EXPECT_EQ(wrong.status, 400);
    EXPECT_EQ(wrong.param(), "/models/0/output_per_million");
    EXPECT_EQ(api.reloads, 0);
    const auto reader = api.addKey(api.tenant, domain::Role::Service, {domain::Scope::OpsRead});
    EXPECT_EQ(api.askAs(reader, "POST", "/admin/prices", tableOf(newVersion(), 1)).status, 403);
    EXPECT_EQ(api.askAs(reader, "GET", "/admin/prices").status, 200);
}

} // namespace
} // namespace exhibit::api
