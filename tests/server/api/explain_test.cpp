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

/// One call of a run under the policies that were added before it was made.
struct Explaining : ApiOnTest {
    Explaining()
        : call(tenant, "task-explained")
    {
        addPolicy(kBudget);
    }
    void addPolicy(const std::string& document)
    {
        const auto imported = ask("POST", "/api/v1/policies", document);
        EXPECT_EQ(imported.status, 201) << printJson(imported.body);
        call.opening.snapshotId = std::string(imported.at("/snapshot_id").as_string());
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

/// Opened at 0, decided BLOCK at 5, stopped at 6, closed at 10 milliseconds.
struct Explained : Explaining {
    Explained() { EXPECT_TRUE(ingest.ingestNow(call.blockedStory())); }
};

std::string whyOf(const ApiOnTest::Answer& answer)
{
    return std::string(answer.at("/explanation/why").as_string());
}

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
    EXPECT_EQ(passed.at("/explanation/counters/tokens"), 0) << "the call has not closed,";
    EXPECT_EQ(passed.at("/explanation/open_calls"), 1) << "and that is said,";
    EXPECT_EQ(passed.at("/explanation/thresholds/0/at_least"), true) << "here too";
    EXPECT_NE(whyOf(passed).find("at least 0 of 1000 were used; what a call under way uses"),
              std::string::npos)
        << whyOf(passed);

    const auto decided = api.at(5);
    EXPECT_EQ(decided.at("/explanation/phase"), "in_call");
    EXPECT_EQ(decided.at("/explanation/decisions/0/policy_id"), "CONTENT_ACCURACY");
    EXPECT_NE(std::string(decided.at("/explanation/why").as_string()).find("had decided to stop"),
              std::string::npos);

    const auto after = api.at(1000);
    EXPECT_EQ(after.at("/explanation/phase"), "ended");
    EXPECT_EQ(after.at("/explanation/counters/tokens"), 20);
    EXPECT_EQ(after.at("/explanation/currency"), "EUR");
    EXPECT_EQ(after.at("/explanation/open_calls"), 0);
    EXPECT_EQ(after.at("/explanation/thresholds/0/used"), 20);
    EXPECT_EQ(after.at("/explanation/thresholds/0/at_least"), false);
    EXPECT_EQ(after.at("/explanation/call/output_tokens"), 8);
    EXPECT_EQ(after.at("/explanation/thresholds/0/max"), 1000);
    EXPECT_NE(std::string(after.at("/explanation/why").as_string()).find("CONTENT_ACCURACY"),
              std::string::npos);
    EXPECT_FALSE(after.body.at("explanation").as_object().contains("next"));
}

const Json* useOf(const ApiOnTest::Answer& answer, const std::string& policy)
{
    const auto& uses = answer.at("/explanation/thresholds").as_array();
    const auto found = std::ranges::find_if(
        uses, [&policy](const Json& use) { return stringMember(use, "policy_id") == policy; });
    return found == uses.end() ? nullptr : &*found;
}

TEST(Explain, listsTheLimitsThatSpokeOfTheCall)
{
    Explaining api;
    api.addPolicy(R"({"policy_id":"FOREIGN","title":"Of another model","severity":"high",)"
                  R"("stage":"run","mode":"block","applies_to":{"models":["claude*"]},)"
                  R"("rule":{"type":"threshold","metric":"run.tokens","max":1}})");
    api.addPolicy(R"({"policy_id":"MINE","title":"Of this user","severity":"high",)"
                  R"("stage":"run","mode":"warn","applies_to":{"projects":["default"],)"
                  R"("models":["gpt-4o*"],"users":["ali*"]},)"
                  R"("rule":{"type":"threshold","metric":"run.tokens","max":500}})");
    api.addPolicy(R"({"policy_id":"NOT_MINE","title":"Of another user","severity":"high",)"
                  R"("stage":"run","mode":"block","applies_to":{"users":["bob"]},)"
                  R"("rule":{"type":"threshold","metric":"run.tokens","max":2}})");
    ASSERT_TRUE(api.ingest.ingestNow({api.call.open(), api.call.close()}));
    for (const int instant : {-1, 1000}) {
        const auto said = api.at(instant);
        EXPECT_NE(useOf(said, "MINE"), nullptr) << printJson(said.body);
        EXPECT_EQ(useOf(said, "NOT_MINE"), nullptr);
    }
    const auto after = api.at(1000);
    EXPECT_EQ(useOf(after, "FOREIGN"), nullptr);
    EXPECT_NE(whyOf(after).find("of run.tokens 20 of 500 were used"), std::string::npos)
        << whyOf(after);
}

TEST(Explain, knowsWhatADecisionFoundUsedWhileTheCallWasUnderWay)
{
    Explaining api;
    api.addPolicy(R"({"policy_id":"LONG","title":"Long answers","severity":"low",)"
                  R"("stage":"run","mode":"warn",)"
                  R"("rule":{"type":"threshold","metric":"call.output_tokens","max":100}})");
    api.call.decision.metric = "call.output_tokens";
    api.call.decision.used = 101;
    const auto warned = api.call.decide(domain::DecisionResult::Warn, "LONG");
    ASSERT_TRUE(api.ingest.ingestNow({api.call.open(), warned, api.call.close()}));
    ASSERT_NE(useOf(api.at(4), "LONG"), nullptr) << "a limit of one call is listed";
    EXPECT_EQ(useOf(api.at(4), "LONG")->at("used"), 0);
    const auto then = api.at(5);
    EXPECT_EQ(useOf(then, "LONG")->at("used"), 101);
    EXPECT_EQ(useOf(then, "LONG")->at("at_least"), true);
    EXPECT_NE(whyOf(then).find("of call.output_tokens at least 101 of 100"), std::string::npos)
        << whyOf(then);

    storage::CallOnTest next(api.tenant, "task-explained");
    next.opening.runId = api.call.opening.runId;
    next.opening.snapshotId = api.call.opening.snapshotId;
    next.opening.openedAt = api.call.at(20);
    ASSERT_TRUE(api.ingest.ingestNow({next.open()}));
    EXPECT_EQ(useOf(api.at(25), "LONG")->at("used"), 0) << "another call begins at nothing";
}

TEST(Explain, namesThePolicyWhoseErrorEndedTheRun)
{
    Explaining api;
    api.addPolicy(R"({"policy_id":"EARLIER","title":"Lets pass","severity":"low","mode":"warn",)"
                  R"("stage":"output","rule":{"type":"patterns","patterns":["a"]}})");
    api.addPolicy(R"({"policy_id":"COSTLY","title":"Cost","severity":"high","stage":"run",)"
                  R"("mode":"warn","on_error":"block",)"
                  R"("rule":{"type":"threshold","metric":"run.cost","max":100}})");
    auto& call = api.call;
    const auto passed = call.decide(domain::DecisionResult::Error, "EARLIER");
    const auto failed = call.decide(domain::DecisionResult::Error, "COSTLY");
    ASSERT_TRUE(api.ingest.ingestNow(
        {call.open(), passed, failed, call.incident(true), call.close("stopped")}));
    const auto decided = api.at(5);
    EXPECT_NE(whyOf(decided).find("COSTLY had decided to stop the run, as it could not be"),
              std::string::npos)
        << whyOf(decided);
    const auto after = api.at(1000);
    EXPECT_EQ(after.at("/explanation/phase"), "ended");
    EXPECT_NE(whyOf(after).find("COSTLY stopped the run, as it could not be evaluated: "),
              std::string::npos)
        << whyOf(after);
}

TEST(Explain, theTimeOfARunEndsWithIt)
{
    Explaining api;
    api.addPolicy(R"({"policy_id":"TIME","title":"Time","severity":"low","stage":"run",)"
                  R"("mode":"block",)"
                  R"("rule":{"type":"threshold","metric":"run.duration","max":30}})");
    ASSERT_TRUE(api.ingest.ingestNow(api.call.blockedStory()));
    EXPECT_EQ(useOf(api.at(50'000), "TIME")->at("used"), 1) << "it took 6 ms: one begun second";
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

TEST(Explain, tellsWhichPassesHeldTheAnswerWhole)
{
    Explaining api;
    domain::PassRecord passes;
    passes.decisionId = DecisionId::generate();
    passes.stage = domain::Stage::Output;
    passes.snapshotId = api.call.opening.snapshotId;
    passes.policyIds = {"SAFETY", "FORM"};
    passes.wholeTextHeld = {"FORM"};
    passes.at = api.call.at(9);
    const auto passed = api.call.record(
        spool::DecisionsRecord{api.call.opening.callId, api.call.opening.runId, {}, {passes}});
    ASSERT_TRUE(api.ingest.ingestNow({api.call.open(), passed, api.call.close()}));
    EXPECT_EQ(printJson(api.at(9).at("/explanation/passes/0/whole_text_held")), R"(["FORM"])");
    const auto id = passes.decisionId.text();
    const auto held = api.ask("GET", "/trace/" + id + "/FORM");
    ASSERT_EQ(held.status, 200) << printJson(held.body);
    EXPECT_EQ(held.at("/decision/whole_text_held"), true);
    const auto free = api.ask("GET", "/trace/" + id + "/SAFETY");
    EXPECT_FALSE(free.at("/decision").as_object().contains("whole_text_held"));
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
