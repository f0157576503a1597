// SPDX-License-Identifier: Apache-2.0
// The bytes of a call in a pack, and the bundle that people read, against what entries commit to.
#include "models/base/base64.h"
#include "models/evidence/bundle_claims.h"
#include "models/evidence/call_bytes.h"
#include "tests/models/evidence/log_on_test.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

const Bytes kRequest = R"({"model":"m"})";
const Bytes kReleased = "data: one\n\ndata: two\n\n";

Json digestValue(const Digest& digest)
{
    return byteValue(asView(digest));
}

Digest releasedChain()
{
    return chainedPiece(chainedPiece({}, kReleased.substr(0, 11)), kReleased.substr(11));
}

class PackCalls : public ::testing::Test {
protected:
    PackCalls()
    {
        m_log.add("llm.call",
                  {{"/call_id", "call_1"},
                   {"/request", digestValue(sha256(kRequest))},
                   {"/request/sent", ""},
                   {"/response/released", digestValue(releasedChain())},
                   {"/response/withheld", digestValue({})}});
        m_payload = m_log.payload(0, 0, 1);
        put("request.bin", kRequest);
        put("released.bin", kReleased);
        put("pieces.json", writeCallPieces({{{11, 5}, {kReleased.size() - 11, 9}}, {}}).value());
    }
    void put(std::string_view file, Bytes bytes)
    {
        m_payload[callPath(0, file)] = std::move(bytes);
    }
    VerificationReport verify() const { return verifyPack(packOf(m_payload, 1), smallAnchors()); }
    void expectBad(const std::string& subject, const std::string& why) const
    {
        const auto report = verify();
        EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
        const auto found
            = std::find_if(report.checks.begin(), report.checks.end(), [&](const Check& check) {
                  return check.id == "fields" && check.result == CheckResult::Failed
                      && check.subject == subject;
              });
        ASSERT_NE(found, report.checks.end()) << told(report);
        EXPECT_NE(found->detail.find(why), std::string::npos) << found->detail;
    }

    LogOnTest m_log;
    PackPayload m_payload;
};

TEST_F(PackCalls, bytesAreWhatTheEntryCommitsTo)
{
    const auto report = verify();
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    EXPECT_EQ(resultOf(report, "fields"), CheckResult::Passed) << told(report);
    EXPECT_NE(told(report).find("the bytes of 1 calls"), std::string::npos) << told(report);
}

TEST_F(PackCalls, aChangedByteOfAnAnswerIsFoundAndLocated)
{
    auto changed = kReleased;
    changed[7] = 'O';
    put("released.bin", changed);
    expectBad("seq 0 /response/released", "modified");
    EXPECT_EQ(verify().blame().files.count(callPath(0, "released.bin")), 1U);
}

TEST_F(PackCalls, aChangedRequestIsFoundAndLocated)
{
    put("request.bin", R"({"model":"n"})");
    expectBad("seq 0 /request", "modified");
}

TEST_F(PackCalls, theBordersOfPiecesAreCommittedTo)
{
    put("pieces.json", writeCallPieces({{{12, 5}, {kReleased.size() - 12, 9}}, {}}).value());
    expectBad("seq 0 /response/released", "modified");
    put("pieces.json", writeCallPieces({{{11, 5}}, {}}).value());
    expectBad("seq 0 /response/released", "modified");
    put("pieces.json", "{}");
    expectBad("seq 0 pieces", "no list");
}

/// A call whose entry commits to the times of its pieces, as a public verifier would compute it.
class PackCallTimes : public PackCalls {
protected:
    static constexpr BytesView kSalt = "0123456789abcdef0123456789abcdef";

    static Digest leaf(int number, int atUs, BytesView piece)
    {
        return leafHash("[" + std::to_string(number) + "," + std::to_string(atUs)
                        + ",\"released\",\"" + toHex(hmacSha256(kSalt, piece)) + "\"]");
    }
    void record(const std::string& salt)
    {
        const auto root
            = nodeHash(leaf(0, 5, kReleased.substr(0, 11)), leaf(1, 9, kReleased.substr(11)));
        const std::string chunks = R"({"released":{"count":2,"root":")" + toHex(asView(root))
            + R"("},"withheld":{"count":0,"root":")" + toHex(asView(sha256(""))) + R"("}})";
        LogOnTest log;
        log.add("llm.call",
                {{"/call_id", "call_1"},
                 {"/chunks", Json(chunks)},
                 {"/chunks/salt", Json(salt)},
                 {"/request", digestValue(sha256(kRequest))},
                 {"/request/sent", ""},
                 {"/response/released", digestValue(releasedChain())},
                 {"/response/withheld", digestValue({})}});
        for (auto& [name, bytes] : log.payload(0, 0, 1)) {
            m_payload[name] = std::move(bytes);
        }
    }
};

TEST_F(PackCallTimes, areCommittedTo)
{
    record(toBase64Url(kSalt));
    EXPECT_EQ(verify().verdict, Verdict::Valid) << told(verify());
    put("pieces.json", writeCallPieces({{{11, 5}, {kReleased.size() - 11, 10}}, {}}).value());
    expectBad("seq 0 /chunks", "when the pieces of the answer were there");
}

TEST_F(PackCallTimes, areNotBlamedForOtherBytes)
{
    record(toBase64Url(kSalt));
    put("released.bin", std::string(kReleased.size(), 'x'));
    expectBad("seq 0 /response/released", "modified");
    EXPECT_EQ(told(verify()).find("/chunks"), std::string::npos) << told(verify());
}

TEST_F(PackCallTimes, areNotBelievedWithoutTheSalt)
{
    record("");
    expectBad("seq 0 /chunks", "would be compared with is not");
}

TEST_F(PackCalls, bytesThatNothingSpeaksForAreNotBelieved)
{
    put("withheld.bin", "kept back");
    expectBad("seq 0 /response/withheld", "modified");
    m_payload.erase(callPath(0, "withheld.bin"));
    put("sent.bin", "sent");
    expectBad("seq 0 /request/sent", "was not there");
    m_payload.erase(callPath(0, "sent.bin"));
    put("beside.bin", "x");
    expectBad(callPath(0, "beside.bin"), "belongs to no call");
    m_payload.erase(callPath(0, "beside.bin"));
    m_payload[callPath(7, "request.bin")] = "x";
    expectBad(callPath(7, "request.bin"), "belongs to no call");
}

TEST_F(PackCalls, bytesThatAreMissingAreMissed)
{
    m_payload.erase(callPath(0, "request.bin"));
    expectBad("seq 0 /request", "incomplete");
    put("request.bin", kRequest);
    m_payload.erase(callPath(0, "released.bin"));
    expectBad("seq 0 /response/released", "modified");
    put("released.bin", kReleased);
    m_payload.erase(callPath(0, "pieces.json"));
    expectBad("seq 0 pieces", "incomplete");
}

TEST_F(PackCalls, aDigestThatIsNotShownVouchesForNothing)
{
    LogOnTest log;
    log.add("llm.call", {{"/call_id", "call_1"}, {"/request", "", false}});
    m_payload = log.payload(0, 0, 1);
    put("request.bin", kRequest);
    put("pieces.json", writeCallPieces({}).value());
    const auto report = verifyPack(packOf(m_payload, 1, 1), smallAnchors());
    EXPECT_EQ(resultOf(report, "fields"), CheckResult::Failed) << told(report);
    EXPECT_NE(told(report).find("would be compared with is not"), std::string::npos);
}

TEST_F(PackCalls, aListOfPiecesHasALimit)
{
    const Bytes list = writeCallPieces({}).value();
    const Bytes padded = list + Bytes(kCallPiecesBytesMax - list.size(), ' ');
    EXPECT_TRUE(parseCallPieces(padded));
    EXPECT_EQ(parseCallPieces(padded + ' ').error().code, ErrorCode::TooLarge);
}

class PackBundle : public ::testing::Test {
protected:
    PackBundle()
    {
        m_log.add(
            "decision.recorded",
            {{"/decision",
              R"({"decision_id":"dec_1","policy_id":"p","result":"STOP","reason":"said so"})"}});
        m_log.add("incident.opened",
                  {{"/incident",
                    R"({"incident_id":"inc_1","decision_id":"dec_1","title":"A title",)"
                    R"("severity":"high","status":"open","user_id":null})"},
                   {"/incident_id", "inc_1"}});
    }
    VerificationReport verify(const std::string& bundle) const
    {
        auto payload = m_log.payload(0, 1, 2);
        payload[std::string(kBundlePath)] = bundle;
        return verifyPack(packOf(payload, 2), smallAnchors());
    }
    static std::string bundle(const std::string& incident,
                              const std::string& violation = R"("result":"STOP")",
                              const std::string& step = R"("result":"STOP")")
    {
        return R"({"incident":{"incident_id":"inc_1","decision_id":"dec_1",)" + incident
            + R"(},"violation":{"policy_id":"p",)" + violation
            + R"(},"steps":[{"decision_id":null},{"decision_id":"dec_1","policy":"p",)" + step
            + "}]}";
    }
    void expectBad(const std::string& text, const std::string& member) const
    {
        const auto report = verify(text);
        EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
        EXPECT_NE(told(report).find(std::string(kBundlePath) + " " + member), std::string::npos)
            << told(report);
        EXPECT_EQ(report.blame().files.count(std::string(kBundlePath)), 1U);
    }

    LogOnTest m_log;
};

TEST_F(PackBundle, whatItSaysIsWhatTheEntriesSay)
{
    const auto report = verify(bundle(R"("title":"A title","status":"resolved")"));
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    EXPECT_EQ(resultOf(report, "report"), CheckResult::Passed) << told(report);
    // What is left out says nothing.
    const auto less = verify(bundle(R"("title":"","severity":null)", R"("result":null)"));
    EXPECT_EQ(resultOf(less, "report"), CheckResult::Passed) << told(less);
}

TEST_F(PackBundle, aChangedTitleIsFoundAndLocated)
{
    expectBad(bundle(R"("title":"Another title")"), "/incident/title");
    expectBad(bundle(R"("severity":"low")"), "/incident/severity");
    expectBad(bundle(R"("user_id":"bob")"), "/incident/user_id");
    expectBad(bundle(R"("title":"A title")", R"("reason":"nothing")"), "/violation/reason");
    expectBad(bundle(R"("title":"A title")", R"("result":"STOP")", R"("result":"PASS")"),
              "/steps/1/result");
}

TEST_F(PackBundle, anIncidentThatNoEntryOpensIsNone)
{
    const auto report = verify(R"({"incident":{"incident_id":"inc_2"}})");
    EXPECT_EQ(resultOf(report, "report"), CheckResult::Failed) << told(report);
    EXPECT_EQ(resultOf(verify("{}"), "report"), CheckResult::NotChecked);
    EXPECT_EQ(resultOf(verify("{"), "report"), CheckResult::Failed);
}

TEST_F(PackBundle, whatIsWithheldIsNotCompared)
{
    LogOnTest log;
    log.add("incident.opened", {{"/incident", "{}", false}, {"/incident_id", "inc_1"}});
    auto payload = log.payload(0, 0, 1);
    payload[std::string(kBundlePath)] = bundle(R"("title":"A title")");
    const auto report = verifyPack(packOf(payload, 1, 1), smallAnchors());
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    EXPECT_EQ(resultOf(report, "report"), CheckResult::NotChecked) << told(report);
}

TEST_F(PackBundle, anyJsonIsTaken)
{
    for (const auto* text : {"[]", "1", R"({"incident":3,"steps":{},"violation":[]})"}) {
        const Json json = parseJson(text).value();
        EXPECT_TRUE(incidentContradictions(json, json).empty());
        EXPECT_TRUE(violationContradictions(json, json).empty());
        EXPECT_TRUE(stepContradictions(json, "/steps/0", json).empty());
    }
}

} // namespace
