// SPDX-License-Identifier: Apache-2.0
// Any instant of a run explains itself from the record (INV-4).
#include "tests/server/api/api_on_test.h"

namespace exhibit::api {
namespace {

using storage::CallOnTest;
using storage::IngestOnTest;
using storage::TestDatabase;

const std::string kBudget
    = R"({"policy_id":"BUDGET","title":"Budget","severity":"high","stage":"run","mode":"block",)"
      R"("rule":{"type":"threshold","metric":"run.tokens","max":1000}})";

/// One call: opened at 0, decided BLOCK at 5, stopped at 6, closed at 10 milliseconds.
struct Explained : ApiOnTest {
    Explained()
        : call(tenant, "task-explained")
    {
        const auto imported = ask("POST", "/api/v1/policies", kBudget);
        EXPECT_EQ(imported.status, 201) << printJson(imported.body);
        call.opening.snapshotId = std::string(imported.at("/snapshot_id").as_string());
        EXPECT_TRUE(ingest.ingestNow(call.blockedStory()));
    }
    Answer at(int milliseconds)
    {
        return ask("GET",
                   "/api/v1/runs/" + call.opening.runId.text()
                       + "/explain?at=" + formatTime(call.at(milliseconds)));
    }

    IngestOnTest ingest;
    CallOnTest call;
};

TEST(Explain, answersForBeforeWithinAndAfterACall)
{
    Explained api;
    ASSERT_EQ(api.publishPricesIn("EUR").status, 201);
    const auto before = api.at(-1);
    ASSERT_EQ(before.status, 200) << printJson(before.body);
    EXPECT_EQ(before.at("/explanation/phase"), "before");
    EXPECT_EQ(before.at("/explanation/counters/llm_calls"), 0);
    EXPECT_EQ(before.at("/explanation/next/step_index"), 0);

    const auto passed = api.at(2);
    EXPECT_EQ(passed.at("/explanation/phase"), "in_call");
    EXPECT_EQ(passed.at("/explanation/call/call_id"), api.call.opening.callId.text().c_str());
    EXPECT_EQ(passed.at("/explanation/decisions").as_array().size(), 0U);
    EXPECT_EQ(passed.at("/explanation/passes/0/policy_ids/0"), "SAFETY");
    EXPECT_EQ(passed.at("/explanation/snapshot_id"), api.call.opening.snapshotId.c_str());
    EXPECT_EQ(passed.at("/explanation/counters/tokens"), 0) << "the call has not closed";

    const auto decided = api.at(5);
    EXPECT_EQ(decided.at("/explanation/phase"), "in_call");
    EXPECT_EQ(decided.at("/explanation/decisions/0/policy_id"), "CONTENT_ACCURACY");
    EXPECT_NE(std::string(decided.at("/explanation/why").as_string()).find("had decided to stop"),
              std::string::npos);

    const auto after = api.at(1000);
    EXPECT_EQ(after.at("/explanation/phase"), "ended");
    EXPECT_EQ(after.at("/explanation/counters/tokens"), 20);
    EXPECT_EQ(after.at("/explanation/currency"), "EUR");
    EXPECT_EQ(after.at("/explanation/thresholds/0/used"), 20);
    EXPECT_EQ(after.at("/explanation/thresholds/0/max"), 1000);
    EXPECT_NE(std::string(after.at("/explanation/why").as_string()).find("CONTENT_ACCURACY"),
              std::string::npos);
    EXPECT_FALSE(after.body.at("explanation").as_object().contains("next"));
}

TEST(Explain, changesAtTheVeryMillisecond)
{
    Explained api;
    EXPECT_EQ(api.at(4).at("/explanation/decisions").as_array().size(), 0U);
    EXPECT_EQ(api.at(5).at("/explanation/decisions").as_array().size(), 1U);
}

TEST(Explain, tracesOneDecision)
{
    Explained api;
    const auto id = api.call.decision.decisionId.text();
    const auto traced = api.ask("GET", "/trace/" + id);
    ASSERT_EQ(traced.status, 200) << printJson(traced.body);
    EXPECT_EQ(traced.at("/decision/result"), "BLOCK");
    EXPECT_EQ(traced.at("/run_id"), api.call.opening.runId.text().c_str());
    EXPECT_TRUE(traced.at("/step_index").is_int64());
    EXPECT_EQ(traced.at("/explanation/at"), traced.at("/decision/at"));
    const auto passes = api.at(2).at("/explanation/passes/0/decision_id");
    const auto pass = api.ask("GET", "/trace/" + std::string(passes.as_string()) + "/SAFETY");
    ASSERT_EQ(pass.status, 200) << printJson(pass.body);
    EXPECT_EQ(pass.at("/decision/result"), "PASS");
    EXPECT_EQ(api.ask("GET", "/trace/" + std::string(passes.as_string()) + "/OTHER").status, 404);
    EXPECT_EQ(api.ask("GET", "/trace/" + DecisionId::generate().text()).status, 404);
}

TEST(Explain, refusesWhatIsNoInstantAndOtherPeoplesRuns)
{
    Explained api;
    const auto path = "/api/v1/runs/" + api.call.opening.runId.text() + "/explain";
    EXPECT_EQ(api.ask("GET", path + "?at=yesterday").param(), "at");
    EXPECT_EQ(api.ask("GET", path).at("/explanation/phase"), "ended") << "now";
    const auto other = TestDatabase::instance().newTenant();
    const auto key = api.addKey(other, domain::Role::Admin, {});
    EXPECT_EQ(api.askAs(key, "GET", path).status, 404);
}

} // namespace
} // namespace exhibit::api
