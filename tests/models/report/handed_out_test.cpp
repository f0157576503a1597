// SPDX-License-Identifier: Apache-2.0
// What is handed out without a signature: it verifies as far as it goes, and a word that another
// word of it contradicts is found.
#include "models/report/handed_out.h"

#include "models/evidence/verifier.h"
#include "models/report/published_schemas.h"
#include "models/report/soc2_files.h"
#include "tests/models/evidence/packed_again.h"
#include "tests/models/report/kinds_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using evidence::CheckResult;
using evidence::Verdict;
using evidence::VerificationReport;
using evidence::testing::told;

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
    expectFound(bundle, "/schema", "exhibit/evidence-bundle/v9");
    EXPECT_EQ(verified(printJson(bundle).substr(0, 200)).verdict, Verdict::Unreadable);
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
    // Changed afterwards, by somebody who leaves the manifest as it is.
    auto archive = archiveOf(periodOnTest(kPeriodListing));
    EXPECT_NE(verified(archive.replace(archive.find("incidents opened"), 9, "accidents")).verdict,
              Verdict::Unauthenticated);
    const Bytes other = R"({"id":"inc_1","performer":"key_1","entry_epoch":1,"entry_seq":1})"
                        "\n";
    const auto bundle = periodOnTest(kPeriodListing);
    expectInvalid(soc2Archive(bundle, {{"CC7.2.ndjson", other}}).value(), "report");
    const auto alone = verified(printJson(soc2Json(bundle, {{"CC7.2.ndjson", other}})));
    EXPECT_EQ(alone.verdict, Verdict::Invalid) << told(alone);
    const auto none = verified(printJson(soc2Json(bundle, {})));
    EXPECT_EQ(none.verdict, Verdict::Invalid) << told(none);
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

TEST(PublishedSchema, ofEachBundleIsKnownByItsName)
{
    for (const auto* name : {"exhibit/evidence-bundle/v1",
                             "exhibit/executive-debrief/v1",
                             "exhibit/soc2/v1",
                             "exhibit/legal-discovery/v1",
                             "exhibit/ai-act-art73/v1",
                             "exhibit/fre-902/v1"}) {
        EXPECT_NE(publishedSchema(name), nullptr) << name;
    }
    EXPECT_EQ(publishedSchema("exhibit/soc2/v2"), nullptr);
}

TEST(PublishedSchema, decidesByEachKeywordThatTheSchemasUse)
{
    const auto fits = [](const char* schema, const char* value) {
        return !schemaFault(parseJson(schema).value(), parseJson(value).value());
    };
    const struct {
        const char* schema;
        const char* good;
        const char* bad;
    } cases[] = {
        {R"({"type":"integer"})", "1", "1.5"},
        {R"({"type":["string","null"]})", "null", "1"},
        {R"({"const":"a"})", R"("a")", R"("b")"},
        {R"({"enum":["a","b"]})", R"("b")", R"("c")"},
        {R"({"required":["a"]})", R"({"a":1})", "{}"},
        {R"({"properties":{"a":{"type":"string"}}})", R"({"a":"x"})", R"({"a":1})"},
        {R"({"additionalProperties":false})", "{}", R"({"a":1})"},
        {R"({"additionalProperties":{"type":"string"}})", R"({"a":"x"})", R"({"a":1})"},
        {R"({"items":{"type":"string"}})", R"(["x"])", R"(["x",1])"},
        {R"({"minItems":1})", "[1]", "[]"},
        {R"({"minimum":0})", "0", "-1"},
        {R"({"type":"integer"})", "9007199254740991", "9007199254740993"},
        {R"({"pattern":"^[a-z]{3}$"})", R"("abc")", R"("abcd")"},
        {R"({"format":"date"})", R"("2026-02-28")", R"("2026-02-30")"},
        {R"({"format":"date-time"})", R"("2026-02-28T10:00:00Z")", R"("2026-02-28")"},
        {R"({"contentEncoding":"base64"})", R"("YQ==")", R"("Y")"},
        {R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"null"}}})", "null", "1"},
    };
    for (const auto& [schema, good, bad] : cases) {
        EXPECT_TRUE(fits(schema, good)) << schema;
        EXPECT_FALSE(fits(schema, bad)) << schema;
    }
    const std::string endless(1'000'000, 'A');
    const Json prefix = parseJson(R"({"pattern":"^[A-Z][A-Z0-9_-]*[0-9]{7}$"})").value();
    EXPECT_TRUE(schemaFault(prefix, Json(endless))) << "and no stack is lost over it";
}

} // namespace
} // namespace exhibit::report
