// SPDX-License-Identifier: Apache-2.0
#include "backend-client/decode.h"

#include <gtest/gtest.h>

namespace exhibit::client {
namespace {

HttpReply ok(std::string body)
{
    return {200, "application/json", std::move(body)};
}

const std::string kIncident
    = R"("incident_id":"inc_01jd2q4s7m8v9wxyz0123456ab","run_id":"run_01jd2q4s7m8v9wxyz0123456ab",)"
      R"("call_id":"call_01jd2q4s7m8v9wxyz0123456ab","user_id":"u-17","model":"gpt-4o",)"
      R"("severity":"high","policy_id":"CONTENT_ACCURACY","failure_code":"missing_data_assertion",)"
      R"("status":"open","title":"t","excerpt":"e","cost_microcents":12,"latency_us":34,)"
      R"("root_cause":{"kind":"data_gap","analysis":"a","policy_id":"CONTENT_ACCURACY",)"
      R"("causing_step":1,"evidence_steps":[0,1],"should_have":"s","actually_did":"d"},)"
      R"("tags":["x"],"created_at":"2026-11-21T10:00:01.000000Z","newer_member":1)";

TEST(Decode, aPageOfSearchResults)
{
    const auto reply = decodeReply<SearchReply>(
        ok("{\"incidents\":[{" + kIncident + R"(,"highlights":["a <mark>b</mark>"]}],"total":1,)"
           + R"("total_is_estimate":false,"next_cursor":null,"as_of":"2026-11-21T10:00:02Z"})"));
    ASSERT_TRUE(reply) << reply.error().error.message;
    ASSERT_EQ(reply->incidents.size(), 1u);
    const auto& hit = reply->incidents[0];
    EXPECT_EQ(hit.incident.incidentId.text(), "inc_01jd2q4s7m8v9wxyz0123456ab");
    EXPECT_EQ(hit.incident.severity, domain::Severity::High);
    ASSERT_TRUE(hit.incident.rootCause);
    EXPECT_EQ(hit.incident.rootCause->kind, domain::GapKind::DataGap);
    EXPECT_EQ(hit.highlights.at(0), "a <mark>b</mark>");
    EXPECT_FALSE(reply->nextCursor);
}

TEST(Decode, anIncidentWithItsLinks)
{
    const auto reply = decodeReply<IncidentReply>(
        ok("{\"incident\":{" + kIncident + R"(},"links":{"run":"/api/v1/runs/x"}})"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->links.at("run"), "/api/v1/runs/x");
}

TEST(Decode, aTimelineWithAnyData)
{
    const auto reply = decodeReply<TimelineReply>(
        ok(R"({"incident_id":"inc_01jd2q4s7m8v9wxyz0123456ab",)"
           R"("run_id":"run_01jd2q4s7m8v9wxyz0123456ab","events":[{"step_index":3,)"
           R"("time":"2026-11-21T10:00:01.5Z","type":"policy","status":"violation",)"
           R"("is_inflection":true,"policy":"P","result":"BLOCK","reason":"r","tokens":0,)"
           R"("data":{"fact":"contract.auto_renew"}}],"inflection_step":3,)"
           R"("as_of":"2026-11-21T10:00:02Z"})"));
    ASSERT_TRUE(reply) << reply.error().error.message;
    ASSERT_EQ(reply->events.size(), 1u);
    EXPECT_EQ(reply->events[0].result, domain::DecisionResult::Block);
    EXPECT_EQ(stringMember(reply->events[0].data, "fact"), "contract.auto_renew");
    EXPECT_EQ(reply->inflectionStep, 3);
}

TEST(Decode, successThatIsSomethingElseNamesThePlace)
{
    const auto wrong = decodeReply<PolicyImportReply>(
        ok(R"({"policies":[{"policy_id":"A"}],"snapshot_id":"SNAP-0"})"));
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().error.code, ErrorCode::Unavailable);
    EXPECT_NE(wrong.error().error.message.find("/policies/0/version"), std::string::npos)
        << wrong.error().error.message;
    EXPECT_FALSE(decodeReply<PolicyList>(ok("<html>")));
    EXPECT_FALSE(decodeReply<PolicyList>(ok("")));
    EXPECT_FALSE(decodeReply<PolicyList>(ok("[]")));
}

TEST(Decode, aNewKeyComesAsASecretAndMustBeThere)
{
    const std::string info = R"("key_id":"key_01jd2q4s7m8v9wxyz0123456ab","project":"default",)"
                             R"("role":"service","scopes":["run:create"],"label":"l",)"
                             R"("created_at":"2026-11-21T10:00:01Z")";
    const auto created
        = decodeCreatedKey({201, "application/json", "{" + info + R"(,"key":"exk_abc"})"});
    ASSERT_TRUE(created);
    EXPECT_EQ(created->key.expose(), "exk_abc");
    EXPECT_EQ(created->info.scopes.at(0), domain::Scope::RunCreate);
    EXPECT_FALSE(decodeCreatedKey({201, "application/json", "{" + info + "}"}));
}

TEST(Decode, healthCountsAlsoWhenItComesWith503)
{
    const std::string body = R"({"status":"unavailable","live":true,"ready":false,)"
                             R"("version":"0.1.0","dependencies":{"database":{"ok":false,)"
                             R"("detail":"no connection"}}})";
    const auto health = decodeHealth({503, "application/json", body});
    ASSERT_TRUE(health);
    EXPECT_FALSE(health->ready);
    EXPECT_EQ(health->dependencies.at("database").detail, "no connection");
    const auto other = decodeHealth({503, "text/html", "<html>"});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().error.code, ErrorCode::Unavailable);
    EXPECT_FALSE(decodeHealth({404, "application/json", body}));
}

TEST(Decode, anEmptyAnswerNeedsOnlyItsStatus)
{
    EXPECT_TRUE(decodeEmpty({204, "", ""}));
    const auto refused
        = decodeEmpty({404, "application/json", R"({"error":{"message":"No such key."}})"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().error.code, ErrorCode::NotFound);
}

TEST(Decode, aSearchRequestLeavesOutWhatWasNotAsked)
{
    EXPECT_EQ(printJson(toJson(SearchRequest{})), "{}");
    SearchRequest request;
    request.query = "a";
    request.severities = {domain::Severity::High, domain::Severity::Low};
    request.limit = 7;
    EXPECT_EQ(printJson(toJson(request)), R"({"query":"a","severity":["high","low"],"limit":7})");
}

} // namespace
} // namespace exhibit::client
