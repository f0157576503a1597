// SPDX-License-Identifier: Apache-2.0
// What is handed out without a signature: it verifies as far as it goes, and a word that another
// word of it contradicts is found.
#include "models/report/handed_out.h"

#include "models/evidence/verifier.h"
#include "models/report/bundle_agreement.h"
#include "models/report/csv.h"
#include "models/report/soc2_files.h"
#include "tests/models/evidence/packed_again.h"
#include "tests/models/report/archive_on_test.h"
#include "tests/models/report/kinds_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;
using evidence::VerificationReport;
using evidence::testing::told;

constexpr const char* kSoc2Csv = "soc2.csv";

VerificationReport verified(BytesView bytes)
{
    return verifyHandedOut(bytes, {evidence::testing::smallAnchors(), {}});
}

Json evidenceOnTest()
{
    return toJson(bundleOnTest(factsOnTest(), true));
}

Json changed(Json bundle, std::string_view pointer, const Json& value)
{
    const auto slash = pointer.rfind('/');
    Json& parent = bundle.at_pointer(pointer.substr(0, slash));
    parent.as_object()[pointer.substr(slash + 1)] = value;
    return bundle;
}

void expectUnsigned(const Json& bundle)
{
    const auto report = verified(printJson(bundle));
    EXPECT_EQ(report.verdict, Verdict::Unauthenticated) << told(report);
    EXPECT_FALSE(report.hasFailure()) << told(report);
    EXPECT_EQ(evidence::exitCodeOf(report.verdict), 1);
}

void expectFound(const Json& bundle, std::string_view pointer, const Json& value)
{
    const auto report = verified(printJson(changed(bundle, pointer, value)));
    EXPECT_EQ(report.verdict, Verdict::Invalid) << pointer << told(report);
    EXPECT_TRUE(report.hasFailure("report")) << pointer << told(report);
}

TEST(HandedOutBundle, ofAnIncidentAgreesWithItselfAndIsSignedByNobody)
{
    expectUnsigned(evidenceOnTest());
    expectUnsigned(toJson(bundleOnTest(factsOnTest(), false)));
}

TEST(HandedOutBundle, ofAnIncidentIsFoundChangedWhereAnotherPartSaysOtherwise)
{
    const Json bundle = evidenceOnTest();
    expectFound(bundle, "/trace_id", "trc_00000000000000000000000000");
    expectFound(bundle, "/incident/run_id", "run_00000000000000000000000000");
    expectFound(bundle, "/incident/policy_id", "ANOTHER");
    expectFound(bundle, "/total_cost_cents", 12'345);
    expectFound(bundle, "/total_cost_microcents", 1'234'500'000);
    expectFound(bundle, "/tokens", 7'777'777);
    expectFound(bundle, "/duration_us", 1);
    expectFound(bundle, "/violation/at", "2020-01-01T00:00:00.000000Z");
    expectFound(bundle, "/violation/step_index", 99);
    expectFound(bundle, "/steps/1/step_index", 0);
    expectFound(bundle, "/incident/user_id", "ada");
    expectFound(bundle, "/left_out", JsonArray{"raw_io"});
    // The form: the published schema.
    expectFound(bundle, "/steps/0/time", "yesterday");
    expectFound(bundle, "/incident/severity", "grave");
    expectFound(bundle, "/note", "a member that no schema has");
    expectFound(bundle, "/schema", "exhibit/soc2/v1");
    EXPECT_EQ(verified(printJson(bundle).substr(0, 200)).verdict, Verdict::Unreadable);
}

TEST(HandedOutBundle, ofAnotherReleaseIsNotCalledChanged)
{
    const auto report
        = verified(printJson(changed(evidenceOnTest(), "/schema", "exhibit/evidence-bundle/v9")));
    EXPECT_EQ(report.verdict, Verdict::Unauthenticated) << told(report);
    EXPECT_FALSE(report.hasFailure()) << told(report);
    EXPECT_EQ(report.checks.front().subject, "schema");
    EXPECT_EQ(report.checks.front().result, CheckResult::NotChecked) << told(report);
}

TEST(HandedOutBundle, isReadUpToItsLimit)
{
    Bytes text = printJson(toJson(bundleOnTest(factsOnTest(), false)));
    text.append(kBundleBytesMax - text.size(), ' ');
    EXPECT_EQ(verified(text).verdict, Verdict::Unauthenticated);
    const auto report = verified(text + ' ');
    EXPECT_EQ(report.verdict, Verdict::Unreadable) << told(report);
    ASSERT_TRUE(report.hasFailure("container"));
    EXPECT_NE(report.checks.front().detail.find("256 MiB"), std::string::npos) << told(report);
    Bytes values = R"({"text":"\",[{","values":[1)"; // The object, its members, the first.
    for (std::size_t i = 4; i < kBundleValuesMax; ++i) {
        values += ",1";
    }
    EXPECT_TRUE(checkBundleSize(values + "]}"));
    const auto more = checkBundleSize(values + ",1]}");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::TooLarge);
}

TEST(HandedOutBundle, ofADraftHasItsDaysCounted)
{
    Art73Entered entered;
    entered.awarenessAt = fromMicroseconds(1'795'000'000'000'000);
    entered.circumstance = "death";
    const Json bundle = parseJson(art73FilesOnTest(packOfKindsOnTest(), entered).bundle).value();
    expectUnsigned(bundle);
    expectUnsigned(parseJson(art73FilesOnTest(packOfKindsOnTest()).bundle).value());
    expectFound(bundle, "/due", "2026-12-31");
    expectFound(bundle, "/deadlines/0/due", "2026-12-31");
    expectFound(bundle, "/deadlines/0/days", 400);
    expectFound(bundle, "/deadlines/0/days", 9'000'000'000'000'000);
    expectFound(bundle, "/circumstance", "general");
    expectFound(bundle, "/awareness_at", "2026-10-01T00:00:00.000000Z");
    expectFound(bundle,
                "/fields/0/origin",
                bundle.at("fields").at(0).at("origin") == "open" ? "recorded" : "open");
    expectFound(bundle, "/first_entry", 4000);
    expectFound(bundle, "/pack_sha256", "no hash");
}

/// Of one row that names its newest entry.
Soc2Bundle periodOnTest(const Bytes& listing)
{
    auto bundle = soc2OnTest();
    const std::string origin(evidence::testing::kSmallOrigin);
    bundle.log = {origin, 3, true, 3, rootOnTest(), {{1, origin, 3, 0, 2, true, 3, rootOnTest()}}};
    auto& row = bundle.rows.front();
    row.sampleIds = {"inc_1"};
    row.performers = {"key_1"};
    row.entryEpoch = 1;
    row.entrySeq = 2;
    row.evidenceSha256 = sha256(listing);
    return bundle;
}
const Bytes kPeriodListing = R"({"id":"inc_1","performer":"key_1","entry_epoch":1,"entry_seq":2})"
                             "\n";

Bytes archiveOf(const Soc2Bundle& bundle, Soc2Listings more = {})
{
    more.emplace("CC7.2.ndjson", kPeriodListing);
    more.emplace(kAttachedProofs, proofsOnTest({2}));
    return soc2Archive(bundle, more).value();
}

TEST(HandedOutPeriod, isWhatItsListingsAndTheLogShow)
{
    const auto report = verified(archiveOf(periodOnTest(kPeriodListing)));
    EXPECT_EQ(report.verdict, Verdict::Unauthenticated) << told(report);
    EXPECT_FALSE(report.hasFailure()) << told(report);
    for (const auto* id : {"coverage", "checkpoint", "inclusion", "trust"}) {
        EXPECT_TRUE(std::any_of(report.checks.begin(),
                                report.checks.end(),
                                [id](const auto& check) {
                                    return check.id == id && check.result == CheckResult::Passed;
                                }))
            << id << told(report);
    }
    expectUnsigned(soc2Json(periodOnTest(kPeriodListing), {{"CC7.2.ndjson", kPeriodListing}}));
}

TEST(HandedOutPeriod, packedAgainHoldsAndSaysSoAndHeadersOfTwoAreFound)
{
    using evidence::testing::headersOf;
    const Bytes archive = archiveOf(periodOnTest(kPeriodListing));
    EXPECT_EQ(headersOf(verified(archive)), std::nullopt);
    const auto again = verified(evidence::testing::packedAgain(archive));
    EXPECT_EQ(again.verdict, Verdict::Unauthenticated) << told(again);
    EXPECT_EQ(headersOf(again), CheckResult::NotChecked) << told(again);
    const auto mixed = verified(evidence::testing::packedByTwo(archive));
    EXPECT_EQ(mixed.verdict, Verdict::Invalid) << told(mixed);
    EXPECT_TRUE(mixed.hasFailure("container")) << told(mixed);
}

TEST(HandedOutPeriod, isFoundChangedInItsRowsItsListingsAndItsLog)
{
    const auto expectInvalid = [](const Bytes& archive, const std::string& id) {
        const auto report = verified(archive);
        EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
        EXPECT_TRUE(report.hasFailure(id)) << id << told(report);
    };
    const auto with = [](auto change) {
        auto bundle = periodOnTest(kPeriodListing);
        change(bundle);
        return archiveOf(bundle);
    };
    expectInvalid(with([](auto& bundle) { bundle.rows[0].populationCount = 0; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.rows[0].sampleIds = {"inc_2"}; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.rows[0].performers = {"key_2"}; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.rows[0].entrySeq = 1; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.rows[0].periodEnd = "2026-06-30"; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.log.entries = 4; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.log.epochs[0].last = 5; }), "report");
    expectInvalid(with([](auto& bundle) { bundle.log.epochs[0].treeSize = 2; }), "checkpoint");
    expectInvalid(archiveOf(periodOnTest(kPeriodListing), {{"more.ndjson", "{}\n"}}), "coverage");
    // Changed afterwards, by somebody who leaves everything else as it is.
    auto archive = archiveOf(periodOnTest(kPeriodListing));
    const auto changed
        = verified(archive.replace(archive.find("incidents opened"), 9, "accidents"));
    EXPECT_EQ(changed.verdict, Verdict::Invalid) << told(changed);
    EXPECT_TRUE(changed.hasFailure("container")) << told(changed);
    EXPECT_TRUE(changed.blame().files.contains(kSoc2Csv)) << told(changed);
    const Bytes other = R"({"id":"inc_1","performer":"key_1","entry_epoch":1,"entry_seq":1})"
                        "\n";
    const auto bundle = periodOnTest(kPeriodListing);
    expectInvalid(soc2Archive(bundle, {{"CC7.2.ndjson", other}}).value(), "report");
    const auto alone = verified(printJson(soc2Json(bundle, {{"CC7.2.ndjson", other}})));
    EXPECT_EQ(alone.verdict, Verdict::Invalid) << told(alone);
    const auto none = verified(printJson(soc2Json(bundle, {})));
    EXPECT_EQ(none.verdict, Verdict::Invalid) << told(none);
}

/// The archive with its CSV as `change` leaves it.
VerificationReport withCsv(
    const std::function<void(std::vector<std::vector<std::string>>&)>& change)
{
    auto files = filesOf(archiveOf(periodOnTest(kPeriodListing)));
    auto lines = readCsv(files.at(kSoc2Csv), 9).value();
    change(lines);
    files.at(kSoc2Csv).clear();
    for (const auto& line : lines) {
        files.at(kSoc2Csv) += csvLine(line);
    }
    return verified(listedAs("soc2-b1", files));
}

TEST(HandedOutPeriod, hasACsvOfWhicheverRelease)
{
    const auto expect = [](const VerificationReport& report, Verdict verdict) {
        EXPECT_EQ(report.verdict, verdict) << told(report);
        EXPECT_EQ(report.blame().files.contains(kSoc2Csv), verdict == Verdict::Invalid)
            << told(report);
    };
    const auto openOf = [](const VerificationReport& report) {
        return std::any_of(report.checks.begin(), report.checks.end(), [](const auto& check) {
            return check.subject == kSoc2Csv && check.result == CheckResult::NotChecked;
        });
    };
    const auto earlier = withCsv([](auto& lines) {
        for (auto& line : lines) {
            line.pop_back();
        }
    });
    expect(earlier, Verdict::Unauthenticated);
    EXPECT_FALSE(openOf(earlier)) << told(earlier);
    const auto later = withCsv([](auto& lines) {
        for (auto& line : lines) {
            line.insert(line.begin(), "later");
        }
    });
    expect(later, Verdict::Unauthenticated);
    EXPECT_TRUE(openOf(later)) << told(later);
    expect(withCsv([](auto& lines) { std::swap(lines[0][0], lines[0][1]); }), Verdict::Invalid);
    expect(withCsv([](auto& lines) { lines[1][3] = "2"; }), Verdict::Invalid);
    expect(withCsv([](auto& lines) { lines[0][1] = lines[0][0]; }), Verdict::Invalid);
    expect(withCsv([](auto& lines) { lines.pop_back(); }), Verdict::Invalid);
    expect(withCsv([](auto& lines) { lines.push_back(lines[1]); }), Verdict::Invalid);
    expect(withCsv([](auto& lines) { lines[1].pop_back(); }), Verdict::Invalid);
}

TEST(HandedOutPeriod, samplesNothingWithoutAListingAndItsHash)
{
    const auto expectInvalid = [](const Soc2Bundle& bundle, const Soc2Listings& listings) {
        const auto report = verified(printJson(soc2Json(bundle, listings)));
        EXPECT_EQ(report.verdict, Verdict::Invalid) << told(report);
    };
    auto bundle = periodOnTest(kPeriodListing);
    bundle.rows[0].evidenceSha256.reset();
    expectInvalid(bundle, {{"CC7.2.ndjson", kPeriodListing}});
    bundle.rows[0].sampleIds = {"invented"};
    expectInvalid(bundle, {{"CC7.2.ndjson", kPeriodListing}});
    auto& row = bundle.rows[0];
    row = {};
    row.criterion = "CC7.2";
    row.periodStart = bundle.compliancePeriodStart;
    row.periodEnd = bundle.compliancePeriodEnd;
    expectUnsigned(soc2Json(bundle, {}));
    row.sampleIds = {"invented"};
    expectInvalid(bundle, {});
    expectInvalid(periodOnTest(kPeriodListing),
                  {{"CC7.2.ndjson", kPeriodListing}, {"more.ndjson", "{}\n"}});
}

TEST(HandedOutBundle, ofAProductionAloneSaysThatItsFilesAreNotHere)
{
    const auto report = verified(legalFilesOnTest().bundle);
    EXPECT_EQ(report.verdict, Verdict::Unauthenticated) << told(report);
    EXPECT_FALSE(report.hasFailure()) << told(report);
    auto gap = legalOnTest();
    gap.batesLast = 9;
    EXPECT_EQ(verified(legalFilesOnTest(gap).bundle).verdict, Verdict::Invalid);
    gap.batesLast = 100'000'000;
    gap.documents[0].pageCount = 99'999'994;
    EXPECT_EQ(verified(legalFilesOnTest(gap).bundle).verdict, Verdict::Invalid);
    // As the cover carries them, where no schema bounds a number.
    constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();
    for (const auto first : {std::int64_t{0}, std::int64_t{10'000'000}, kLargest}) {
        gap = legalOnTest();
        gap.batesFirst = first;
        gap.batesLast = first;
        gap.documents.clear();
        gap.documents.resize(2);
        gap.documents[0].pageCount = kLargest;
        EXPECT_EQ(faultOfAttachments(printJson(toJson(gap)), ReportKind::LegalDiscovery, {}),
                  "no production has such numbers");
    }
    gap.batesFirst = 7;
    gap.batesLast = 8;
    EXPECT_TRUE(faultOfAttachments(printJson(toJson(gap)), ReportKind::LegalDiscovery, {}));
}

TEST(HandedOutFiles, thatAreEvidenceAreVerifiedAsSuch)
{
    EXPECT_EQ(verified(packOfKindsOnTest()).verdict,
              evidence::verifyPack(packOfKindsOnTest(), evidence::testing::smallAnchors()).verdict);
    EXPECT_EQ(verified("not evidence").verdict, Verdict::Unreadable);
    EXPECT_EQ(verified("{}").verdict, Verdict::Unreadable);
    EXPECT_EQ(verified("").verdict, Verdict::Unreadable);
}

TEST(HandedOutFiles, listsWhatLiesInAnArchiveAndWhichOfItIsBad)
{
    auto bundle = periodOnTest(kPeriodListing);
    const auto inspection = inspectHandedOut(archiveOf(bundle, {{"more.ndjson", "{}\n"}}), {});
    EXPECT_EQ(inspection.folder, "soc2-b1");
    ASSERT_EQ(inspection.files.size(), 6U);
    for (const auto& file : inspection.files) {
        EXPECT_EQ(file.result == CheckResult::Failed, file.path == "more.ndjson") << file.path;
    }
}

TEST(HandedOutFiles, ofAPeriodAreTickedWhereTheyWereCompared)
{
    const auto good = archiveOf(periodOnTest(kPeriodListing));
    for (const auto& file : inspectHandedOut(good, {}).files) {
        EXPECT_EQ(file.result, CheckResult::Passed) << file.path;
    }
    auto files = filesOf(good);
    files.at("soc2.json").replace(files.at("soc2.json").find("exhibit/soc2"), 12, "another/soc2");
    for (const auto& file : inspectHandedOut(listedAs("soc2-b1", files), {}).files) {
        EXPECT_EQ(file.result,
                  file.path == "soc2.json"         ? CheckResult::Failed
                      : file.path == kFileManifest ? CheckResult::Passed
                                                   : CheckResult::NotChecked)
            << file.path;
    }
}

} // namespace
} // namespace exhibit::report
