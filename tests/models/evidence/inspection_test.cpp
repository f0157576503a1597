// SPDX-License-Identifier: Apache-2.0
#include "models/evidence/inspection.h"
#include "tests/models/evidence/log_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace exhibit;
using namespace exhibit::evidence;
using namespace exhibit::evidence::testing;

namespace {

CheckResult resultOf(const Inspection& inspection, Answer answer)
{
    return answersOf(inspection.report)[static_cast<std::size_t>(answer)].result;
}

std::string reasonOf(const Inspection& inspection, Answer answer)
{
    return answersOf(inspection.report)[static_cast<std::size_t>(answer)].reason;
}

const InspectedFile* fileOf(const Inspection& inspection, const std::string& path)
{
    const auto found = std::find_if(inspection.files.begin(),
                                    inspection.files.end(),
                                    [&](const auto& file) { return file.path == path; });
    return found == inspection.files.end() ? nullptr : &*found;
}

TEST(Inspection, answersOneByOneWhatAGoodPackProves)
{
    const auto inspection = inspectFile(smallPack(), smallAnchors());
    EXPECT_EQ(inspection.report.verdict, Verdict::Valid)
        << printJson(reportJson("", inspection.report));
    EXPECT_EQ(resultOf(inspection, Answer::Integrity), CheckResult::Passed);
    EXPECT_EQ(resultOf(inspection, Answer::Coverage), CheckResult::Passed);
    EXPECT_EQ(resultOf(inspection, Answer::Signer), CheckResult::Passed);
    EXPECT_EQ(resultOf(inspection, Answer::Trust), CheckResult::Passed);
    // No time stamp: valid all the same, and yet the time is nobody's but the server's word.
    EXPECT_EQ(resultOf(inspection, Answer::Time), CheckResult::NotChecked);
    EXPECT_FALSE(reasonOf(inspection, Answer::Time).empty());
    EXPECT_EQ(inspection.folder, "exhibit-small");
    ASSERT_EQ(inspection.entries.size(), 3U);
    EXPECT_EQ(inspection.entries[1].type, "incident.opened");
    EXPECT_EQ(inspection.entries[1].time, "2026-11-21T10:00:01.000000Z");
    const auto proven = std::find_if(inspection.entries.begin(),
                                     inspection.entries.end(),
                                     [](const auto& entry) { return entry.path.has_value(); });
    ASSERT_NE(proven, inspection.entries.end());
    EXPECT_TRUE(proven->path->fits);
    EXPECT_EQ(proven->path->index, proven->sequence);
    EXPECT_EQ(proven->path->leaf, leafHash(proven->bytes));
    ASSERT_EQ(inspection.withheld.size(), 1U);
    EXPECT_EQ(inspection.withheld[0].path, "/who");
    EXPECT_TRUE(std::all_of(inspection.files.begin(), inspection.files.end(), [](const auto& file) {
        return file.result == CheckResult::Passed && file.size > 0;
    }));
}

TEST(Inspection, withoutPinnedKeysTrustIsOpen)
{
    const auto inspection = inspectFile(smallPack(), {});
    EXPECT_EQ(inspection.report.verdict, Verdict::Unauthenticated); // The pack encloses no keys.
    EXPECT_EQ(resultOf(inspection, Answer::Integrity), CheckResult::Passed);
    EXPECT_EQ(resultOf(inspection, Answer::Signer), CheckResult::NotChecked);
    EXPECT_EQ(resultOf(inspection, Answer::Trust), CheckResult::NotChecked);
}

TEST(Inspection, blamesTheChangedEntryAndRepeatsNoClaimOfIt)
{
    auto payload = smallPayload();
    auto& entry = payload.at(entryPath(1));
    entry.replace(entry.find("10:00:01"), 8, "11:00:01");
    const auto inspection = inspectFile(smallPack(payload), smallAnchors());
    EXPECT_EQ(inspection.report.verdict, Verdict::Invalid);
    EXPECT_EQ(resultOf(inspection, Answer::Integrity), CheckResult::Failed);
    ASSERT_EQ(inspection.entries.size(), 3U);
    EXPECT_EQ(inspection.entries[0].result, CheckResult::Passed);
    EXPECT_EQ(inspection.entries[1].result, CheckResult::Failed);
    EXPECT_EQ(inspection.entries[1].time, "");
    EXPECT_EQ(inspection.entries[2].result, CheckResult::Passed);
    EXPECT_EQ(firstBlamed(inspection), "entry seq 1");
    EXPECT_EQ(fileOf(inspection, entryPath(1))->result, CheckResult::Failed);
    EXPECT_EQ(fileOf(inspection, entryPath(2))->result, CheckResult::Passed);
}

TEST(Inspection, blamesTheFileWhoseBytesAreNotThoseOfTheManifest)
{
    Bytes pack = smallPack();
    // Packs are stored, not deflated: the changed value and its CRC are what somebody would edit.
    const auto inspection = inspectFile(pack.replace(pack.find("value 20"), 8, "value 21"), {});
    // The archive's own checksum no longer fits: nothing inside is believed.
    EXPECT_NE(inspection.report.verdict, Verdict::Valid);
    EXPECT_EQ(resultOf(inspection, Answer::Integrity), CheckResult::Failed);
    const auto* file = fileOf(inspection, fieldPath(2, 0));
    EXPECT_TRUE(file == nullptr || file->result == CheckResult::Failed);
}

TEST(Inspection, blamesAChangedFieldAndNotTheEntryThatCommittedToIt)
{
    auto payload = smallPayload();
    auto& field = payload.at(fieldPath(2, 1));
    field.replace(field.find("value 21"), 8, "value 29");
    const auto inspection = inspectFile(smallPack(payload), smallAnchors());
    EXPECT_EQ(inspection.report.verdict, Verdict::Invalid);
    EXPECT_EQ(fileOf(inspection, fieldPath(2, 1))->result, CheckResult::Failed);
    EXPECT_EQ(fileOf(inspection, fieldPath(2, 0))->result, CheckResult::Passed);
    EXPECT_EQ(fileOf(inspection, entryPath(2))->result, CheckResult::Passed);
    EXPECT_EQ(inspection.entries[2].result, CheckResult::Passed);
    EXPECT_EQ(firstBlamed(inspection), "seq 2 /who");
}

TEST(Inspection, blamesEveryFileHoweverManyFail)
{
    LogOnTest log;
    log.addMany(130);
    auto payload = log.payload(0, 129, 130);
    for (int i = 0; i < 130; ++i) {
        payload[fieldPath(i, 0)] += " ";
    }
    const auto inspection = inspectFile(packOf(payload, 130), smallAnchors());
    for (int i = 0; i < 130; ++i) {
        EXPECT_EQ(fileOf(inspection, fieldPath(i, 0))->result, CheckResult::Failed) << i;
    }
}

TEST(Inspection, leavesIntegrityOpenWhereHeadsAreJoinedByNothing)
{
    LogOnTest log;
    log.addMany(4);
    auto payload = log.payload(0, 2, 3);
    EXPECT_EQ(resultOf(inspectFile(packOf(payload, 3), smallAnchors()), Answer::Integrity),
              CheckResult::Passed)
        << "one head alone leaves nothing open";
    payload[checkpointPath(4)] = log.note(4);
    EXPECT_EQ(resultOf(inspectFile(packOf(payload, 4), smallAnchors()), Answer::Integrity),
              CheckResult::NotChecked);
}

TEST(Inspection, saysOfOtherBytesThatNothingWasBelieved)
{
    const auto inspection = inspectFile("not evidence", smallAnchors());
    EXPECT_EQ(inspection.report.verdict, Verdict::Unreadable);
    EXPECT_TRUE(inspection.files.empty());
    EXPECT_EQ(resultOf(inspection, Answer::Integrity), CheckResult::Failed);
    EXPECT_EQ(reasonOf(inspection, Answer::Trust), "nothing inside was believed");
}

} // namespace
