// SPDX-License-Identifier: Apache-2.0
// What a pack shows of logs that took over from others.
#include "models/evidence/inspection.h"
#include "models/evidence/log_opening.h"
#include "tests/models/evidence/log_on_test.h"

#include <gtest/gtest.h>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

const std::string kLaterOrigin = "exhibit.example/tests/log2";

class LogOpeningTest : public ::testing::Test {
protected:
    LogOpeningTest()
    {
        m_log.addMany(3);
        m_later.nameKey(kLaterOrigin);
        m_anchors.logKeys.push_back(
            {NoteKey::make(kLaterOrigin, smallKey('l').publicKey()).value()});
    }
    /// The first entry of the log after, which names that head of the log before.
    void open(const std::string& note, const std::string& end = {})
    {
        std::vector<FieldOnTest> fields{{"/cause", Json("damage")},
                                        {"/last_good_checkpoint", Json(note)},
                                        {"/previous_origin", Json(kSmallOrigin)}};
        if (!end.empty()) {
            fields.push_back({"/previous_head", Json(end)});
        }
        m_fields = fields.size();
        m_later.add(std::string(kOpeningEntry), fields);
    }
    /// As a lost signer's log says where it ended.
    static std::string endOf(const Digest& root, std::uint64_t size)
    {
        return printJson(JsonObject{{"root", toHex(asView(root))}, {"size", size}});
    }
    PackPayload payload(std::uint64_t size = 3) const
    {
        auto payload = m_log.payload(0, 2, size);
        payload[openingPath(2, kOpeningFile)] = m_later.entry(0);
        payload[openingPath(2, kOpeningProof)] = m_later.proof(0, 1);
        for (std::size_t i = 0; i < m_fields; ++i) {
            payload[openingFieldPath(2, i)] = m_later.field(0, i);
        }
        return payload;
    }
    VerificationReport verify(const PackPayload& payload) const
    {
        return verifyPack(packOf(payload, 3), m_anchors);
    }
    void expectBad(const PackPayload& payload, const std::string& why) const
    {
        const auto report = verify(payload);
        EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
        EXPECT_TRUE(report.hasFailure("consistency")) << told(report);
        EXPECT_NE(told(report).find(why), std::string::npos) << told(report);
    }

    LogOnTest m_log;
    LogOnTest m_later{kLaterOrigin};
    TrustAnchors m_anchors = smallAnchors();
    std::size_t m_fields = 0;
};

TEST_F(LogOpeningTest, theEndOfALogIsShownWithTheLogAfterIt)
{
    open(m_log.note(3), endOf(m_log.head(3).root, 3));
    const auto report = verify(payload());
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    ASSERT_EQ(report.laterLogs.size(), 1U);
    const auto& later = report.laterLogs.front();
    EXPECT_EQ(later.origin, kLaterOrigin);
    EXPECT_EQ(later.previous, kSmallOrigin);
    EXPECT_EQ(later.cause, "damage");
    EXPECT_EQ(later.signedSize, 3U);
    EXPECT_EQ(later.previousSize, 3U);
    EXPECT_TRUE(later.pinned);
    EXPECT_NE(told(report).find("\"later_logs\":[{\"origin\":\"" + kLaterOrigin),
              std::string::npos);
    const auto answers = answersOf(report);
    EXPECT_EQ(answers[0].result, CheckResult::Passed) << answers[0].reason;
    EXPECT_NE(answers[0].reason.find("the log ended (damage) and goes on as " + kLaterOrigin),
              std::string::npos)
        << answers[0].reason;
}

TEST_F(LogOpeningTest, entriesThatWereNeverSignedAreCounted)
{
    open(m_log.note(2), endOf(sha256("unsigned"), 9));
    const auto report = verify(payload());
    EXPECT_NE(told(report).find("entries 2 to 8 were never signed"), std::string::npos)
        << told(report);
}

TEST_F(LogOpeningTest, aKeyFromInsideProvesNoEnd)
{
    open(m_log.note(3));
    m_anchors = smallAnchors();
    auto files = payload();
    files["data/keys/vkeys.txt"]
        = NoteKey::make(kLaterOrigin, smallKey('l').publicKey()).value().text() + "\n";
    const auto report = verify(files);
    EXPECT_EQ(report.verdict, Verdict::Valid) << "of its own log everything is pinned";
    EXPECT_EQ(resultOf(report, "consistency"), CheckResult::NotChecked) << told(report);
    EXPECT_FALSE(report.laterLogs.front().pinned);
}

TEST_F(LogOpeningTest, anotherHeadOfTheSizeAtWhichItEndedIsTwoHistories)
{
    open(m_log.note(TreeHead{3, sha256("another history")}));
    expectBad(payload(), "equivocation");
}

TEST_F(LogOpeningTest, aHeadBeyondTheEndIsNone)
{
    open(m_log.note(2), endOf(m_log.head(2).root, 2));
    expectBad(payload(), "a head of size 3 is shown of a log that ended at 2");
}

TEST_F(LogOpeningTest, aHeadOfAnotherLogIsNotItsEnd)
{
    LogOnTest other("exhibit.example/tests/other");
    other.addMany(3);
    open(other.note(3));
    expectBad(payload(), "is of another log");
}

TEST_F(LogOpeningTest, whatWasChangedIsFound)
{
    open(m_log.note(3));
    auto files = payload();
    auto& field = files[openingFieldPath(2, 0)];
    field[field.size() - 4] ^= 1;
    expectBad(files, "a field of its first entry");
    files = payload();
    files.erase(openingPath(2, kOpeningProof));
    expectBad(files, "incomplete");
    files = payload();
    files[openingPath(2, kOpeningFile)] = m_log.entry(0);
    expectBad(files, "it is not the first entry of a log");
    files = payload();
    files["data/logs/beside"] = "x";
    expectBad(files, "incomplete");
}

TEST_F(LogOpeningTest, anEndThatIsWithheldIsNotShown)
{
    open(m_log.note(3));
    auto files = payload();
    for (std::size_t i = 0; i < m_fields; ++i) {
        files.erase(openingFieldPath(2, i));
    }
    const auto report = verify(files);
    EXPECT_EQ(report.verdict, Verdict::Valid) << told(report);
    EXPECT_EQ(resultOf(report, "consistency"), CheckResult::NotChecked) << told(report);
}

} // namespace
