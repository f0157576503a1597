// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/timeline_text.h"
#include "backend-client/replies_json.h"

#include <gtest/gtest.h>

#include <sstream>

namespace exhibit::ctl {
namespace {

/// An incident's timeline as the server writes it.
constexpr const char* kTimeline = R"({
"incident_id":"inc_01jd2q4s7m8v9wxyz0123456ab","run_id":"run_01jd2q4s7m8v9wxyz0123456ab",
"inflection_step":2,"truncated":true,"currency":"EUR","as_of":"2026-11-21T10:00:09Z","events":[
{"step_index":0,"time":"2026-11-21T10:00:01Z","type":"input","status":"ok","is_inflection":false,
 "tokens":0,"data":{"model":"gpt-4o","messages_before":3,"messages":[
  {"role":"user","content":"Does my contract\nrenew?"},
  {"role":"tool","content":[{"type":"text","text":"x"}]},
  {"role":"user","content":{"beginning":"long","bytes":90000}}]}},
{"step_index":1,"time":"2026-11-21T10:00:01Z","type":"context","status":"ok","is_inflection":false,
 "tokens":0,"data":{"facts":{},"states":{"contract.auto_renew":"null","contract.id":"present"}}},
{"step_index":2,"time":"2026-11-21T10:00:02.5Z","type":"policy","status":"violation",
 "is_inflection":false,"policy":"CONTENT_ACCURACY","result":"BLOCK",
 "reason":"A claim without data.",
 "tokens":0,
 "data":{"fact":"contract.auto_renew","fact_state":"null",
 "should_have":"Say it is unknown.",
 "actually_did":"Claimed that it renews.","snapshot_id":"SNAP-0123456789ab",
 "inflection":{"channel":"choices/0/content","byte_offset":41,"event_no":7,"at_us":812300}}},
{"step_index":3,"time":"2026-11-21T10:00:02.6Z","type":"output","status":"violation",
 "is_inflection":false,"tokens":12,"data":{"texts":[{"channel":"choices/0/content",
 "released":"Your contract ","withheld":"renews automatically \u001b[2J"}],"status":200,
 "outcome":"stopped","released_bytes":14,"withheld_bytes":23}},
{"step_index":5,"time":"2026-11-21T10:00:02.6Z","type":"llm_call","status":"ok",
 "is_inflection":false,"tokens":12,"data":{"model":"gpt-4o","upstream_status":200,
 "outcome":"completed","cost_microcents":230000,"latency_us":900,
 "usage":{"prompt_tokens":9,"completion_tokens":3}}},
{"step_index":6,"time":"2026-11-21T10:00:02.6Z","type":"tool_call","status":"ok",
 "is_inflection":false,"tokens":0,"data":{"name":"lookup","arguments":"{}","released":true}},
{"step_index":7,"time":"2026-11-21T10:00:02.6Z","type":"output","status":"ok",
 "is_inflection":false,"tokens":3,"data":{"texts":[],"status":200,"outcome":"completed",
 "released_bytes":774,"withheld_bytes":0}},
{"step_index":4,"time":"2026-11-21T10:00:02.7Z","type":"kill","status":"ok","is_inflection":false,
 "tokens":0,"data":{"by":"operator"}}]})";

domain::Incident incident()
{
    domain::Incident incident;
    incident.title = "No assertion without data";
    incident.severity = domain::Severity::High;
    incident.policyId = "CONTENT_ACCURACY";
    incident.costMicrocents = 1'234'500'000;
    incident.currency = "EUR";
    domain::RootCause cause;
    cause.kind = domain::GapKind::DataGap;
    cause.analysis = "The fact was null.";
    cause.causingStep = 1;
    cause.evidenceSteps = {1, 2};
    cause.shouldHave = "Say it is unknown.";
    cause.actuallyDid = "Claimed that it renews.";
    incident.rootCause = cause;
    return incident;
}

std::string printed(bool colour, std::size_t columns)
{
    const auto timeline = fromJson<client::TimelineReply>(*parseJson(kTimeline));
    EXPECT_TRUE(timeline);
    std::ostringstream stream;
    printTimeline({stream, colour, columns}, incident(), *timeline);
    return stream.str();
}

void expectLine(const std::string& text, const std::string& line)
{
    EXPECT_NE(("\n" + text).find("\n" + line + "\n"), std::string::npos) << line << "\nin\n"
                                                                         << text;
}

TEST(TimelineText, marksWhereTheCourseChanged)
{
    const auto text = printed(false, 0);
    expectLine(
        text,
        "=>   2  10:00:02.500  policy CONTENT_ACCURACY  BLOCK  [violation]  INFLECTION POINT");
    expectLine(text, "        where: choices/0/content, byte 41, event 7, 812.3 ms into the call");
    EXPECT_EQ(text.find("INFLECTION POINT"), text.rfind("INFLECTION POINT"));
}

TEST(TimelineText, tellsReleasedFromWithheld)
{
    const auto text = printed(false, 0);
    expectLine(text, "        released: Your contract ");
    expectLine(text, "        withheld: renews automatically \\x1b[2J");
    expectLine(text, "        bytes: 14 released, 23 withheld, client got status 200 (stopped)");
}

TEST(TimelineText, showsWhatWentInAndWhatWasKnown)
{
    const auto text = printed(false, 0);
    expectLine(text, "        earlier: 3 messages are not shown");
    expectLine(text, "        user: Does my contract\n              renew?");
    expectLine(text, "        user: long… (90000 bytes)");
    expectLine(text, "        contract.auto_renew: null");
    expectLine(text, "        fact: contract.auto_renew is null");
    expectLine(text, "        by: operator");
    expectLine(text, "   ...  later events are left out");
}

TEST(TimelineText, endsWithTheRootCause)
{
    const auto text = printed(false, 0);
    const auto at = text.find("Root cause\n");
    ASSERT_NE(at, std::string::npos);
    const auto cause = text.substr(at);
    expectLine(cause, "        kind: data_gap");
    expectLine(cause, "        should have: Say it is unknown.");
    expectLine(cause, "        actually did: Claimed that it renews.");
    expectLine(cause, "        evidence: steps 1, 2");
}

TEST(TimelineText, namesTheCurrencyOfEveryCost)
{
    const auto text = printed(false, 0);
    expectLine(text, "cost      EUR 12.345");
    expectLine(text, "        used: 9 + 3 tokens, cost EUR 0.0023, 0.9 ms");
}

TEST(TimelineText, saysWhereAnAnswerHasNoText)
{
    const auto text = printed(false, 0);
    expectLine(text,
               "        released: lookup({})\n     7  10:00:02.600  output\n"
               "        text: none is recorded\n"
               "        bytes: 774 released, 0 withheld, client got status 200 (completed)");
    EXPECT_EQ(text.find("none is recorded"), text.rfind("none is recorded"));
}

TEST(TimelineText, aPipeGetsNoEscapesAndATerminalKeepsTheWords)
{
    EXPECT_EQ(printed(false, 0).find('\x1b'), std::string::npos);
    const auto coloured = printed(true, 60);
    EXPECT_NE(coloured.find("\x1b[31mhigh\x1b[0m"), std::string::npos);
    EXPECT_NE(coloured.find("INFLECTION POINT"), std::string::npos);
    EXPECT_EQ(coloured.find("\x1b[2J"), std::string::npos);
}

} // namespace
} // namespace exhibit::ctl
