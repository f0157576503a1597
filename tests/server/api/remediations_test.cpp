// SPDX-License-Identifier: Apache-2.0
#include "tests/server/api/api_on_test.h"

namespace exhibit::api {
namespace {

using storage::CallOnTest;
using storage::IngestOnTest;
using storage::TestDatabase;

/// An API with one incident in the database.
struct OneIncident : ApiOnTest {
    OneIncident()
        : call(tenant)
    {
        EXPECT_TRUE(ingest.ingestNow(call.blockedStory()));
    }
    [[nodiscard]] std::string path(const std::string& suffix = {}) const
    {
        return "/api/v1/incidents/" + call.incidentId.text() + "/remediations" + suffix;
    }
    static std::string item(const std::string& action, const std::string& more = {})
    {
        return R"({"action":")" + action + '"' + more + '}';
    }

    IngestOnTest ingest;
    CallOnTest call;
};

TEST(Remediations, areNumberedWithinTheirIncidentAndWrittenAnew)
{
    OneIncident api;
    const auto added = api.ask("POST", api.path(), OneIncident::item("Block it"));
    ASSERT_EQ(added.status, 201) << printJson(added.body);
    EXPECT_EQ(added.at("/n"), 1);
    EXPECT_EQ(added.at("/state"), "open");
    EXPECT_EQ(api.ask("POST", api.path(), OneIncident::item("Tell them")).at("/n"), 2);
    const auto changed
        = api.ask("PUT", api.path("/1"), OneIncident::item("Block it", R"(,"state":"in_review")"));
    ASSERT_EQ(changed.status, 200) << printJson(changed.body);
    const auto all = api.ask("GET", api.path());
    EXPECT_EQ(all.at("/remediations").as_array().size(), 2U);
    EXPECT_EQ(all.at("/remediations/0/state"), "in_review");
    EXPECT_TRUE(all.at("/verifications").as_array().empty());
}

TEST(Remediations, areRefusedWithTheFieldThatIsWrong)
{
    OneIncident api;
    const auto refused = [&api](const std::string& body, const char* param) {
        const auto answer = api.ask("POST", api.path(), body);
        EXPECT_EQ(answer.status, 400) << printJson(answer.body);
        EXPECT_EQ(answer.at("/error/param"), param);
    };
    refused(OneIncident::item(""), "/action");
    refused(OneIncident::item(std::string(4001, 'x')), "/action");
    EXPECT_EQ(api.ask("POST", api.path(), OneIncident::item(std::string(4000, 'x'))).status, 201);
    const std::string name(257, 'x');
    refused(OneIncident::item("a", R"(,"owner":")" + name + '"'), "/owner");
    refused(OneIncident::item("a", R"(,"state":"done")"), "/approver");
    refused(OneIncident::item("a", R"(,"state":"perfect")"), "/state");
    EXPECT_EQ(api.ask("PUT", api.path("/0"), OneIncident::item("a")).status, 400);
    EXPECT_EQ(api.ask("PUT", api.path("/9"), OneIncident::item("a")).status, 404);
}

TEST(Remediations, areAtMostAHundredOfAnIncident)
{
    OneIncident api;
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(api.ask("POST", api.path(), OneIncident::item("One more")).status, 201);
    }
    EXPECT_EQ(api.ask("POST", api.path(), OneIncident::item("Too many")).status, 413);
}

TEST(Remediations, ofAnotherTenantAreNotThere)
{
    OneIncident api;
    ASSERT_EQ(api.ask("POST", api.path(), OneIncident::item("Block it")).status, 201);
    const auto stranger = TestDatabase::instance().newTenant();
    api.addTenant(stranger);
    const auto key = api.addKey(stranger, domain::Role::Admin, {});
    EXPECT_EQ(api.askAs(key, "GET", api.path()).status, 404);
    EXPECT_EQ(api.askAs(key, "POST", api.path(), OneIncident::item("Mine")).status, 404);
    EXPECT_EQ(api.askAs(key, "PUT", api.path("/1"), OneIncident::item("Mine")).status, 404);
}

} // namespace
} // namespace exhibit::api
