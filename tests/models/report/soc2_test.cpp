// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2.h"

#include "models/report/report_pdf.h"
#include "models/report/soc2_files.h"
#include "models/report/soc2_listing.h"
#include "models/report/typesetter.h"
#include "tests/models/report/soc2_on_test.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::report {
namespace {

std::string textOf(const Document& document)
{
    std::string all;
    for (const auto& block : document.blocks) {
        if (const auto* paragraph = std::get_if<Paragraph>(&block)) {
            for (const auto& span : paragraph->text) {
                all += span.text;
            }
        }
    }
    return all;
}

TEST(Soc2, saysThatNobodyAttestedUnlessSomebodyDid)
{
    auto bundle = soc2OnTest();
    EXPECT_NE(textOf(soc2Report(bundle)).find("No attestation has been entered."),
              std::string::npos);
    bundle.attestationStatement = "We are responsible for the controls.";
    bundle.statementVersion = 3;
    bundle.statementBy = "key_2";
    const std::string stated = textOf(soc2Report(bundle));
    EXPECT_NE(stated.find("We are responsible for the controls."), std::string::npos);
    EXPECT_NE(stated.find("Entered by key_2, version 3."), std::string::npos);
    bundle.keyLabels = {{"key_2", "R. Lindqvist"}};
    EXPECT_NE(textOf(soc2Report(bundle)).find("Entered by key_2 (R. Lindqvist), version 3."),
              std::string::npos);
    EXPECT_EQ(stated.find("No attestation"), std::string::npos);
}

TEST(Soc2, isReadBackAsItWasWrittenAndListedWithoutFormulas)
{
    const auto bundle = soc2OnTest();
    const Json json = toJson(bundle);
    EXPECT_EQ(toJson(fromJson<Soc2Bundle>(json, UnknownMembers::Reject).value()), json);
    const std::string csv = soc2Csv(bundle);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\r'), 2);
    EXPECT_NE(csv.find("\"'=inc_1\""), csv.npos);
}

TEST(Soc2, hidesPeopleInWhatWasRecordedAndKeepsWhatTheManagementSays)
{
    auto bundle = soc2OnTest();
    bundle.attestationStatement = "Ask audit@example.com.";
    bundle.rows[0].sampleIds = {"inc_1", "of ada@example.com"};
    const std::string line
        = R"({"id":"of ada@example.com","performer":"key_1","details":{"reason":"ada@example.com"}})"
          "\n";
    Soc2Listings listings{{"CC7.2.ndjson", line + line}};
    auto open = bundle;
    ASSERT_TRUE(redactSoc2(open, listings, ExportRedaction::make(false).value()));
    EXPECT_EQ(toJson(open), toJson(bundle));
    EXPECT_EQ(listings.at("CC7.2.ndjson"), line + line);

    ASSERT_TRUE(redactSoc2(bundle, listings, ExportRedaction::make(true).value()));
    const std::string all = printJson(soc2Json(bundle, listings));
    EXPECT_EQ(all.find("ada@"), all.npos) << all;
    EXPECT_NE(all.find("Ask audit@example.com."), all.npos);
    const auto& listing = listings.at("CC7.2.ndjson");
    EXPECT_EQ(std::count(listing.begin(), listing.end(), '\n'), 2);
    EXPECT_NE(listing.find("\"performer\":\"key_1\""), listing.npos);
    EXPECT_EQ(bundle.rows[0].evidenceSha256, sha256(listing));
    EXPECT_EQ(bundle.rows[0].sampleIds[0], "inc_1");
    EXPECT_NE(textOf(soc2Report(bundle)).find("replaced by placeholders"), std::string::npos);

    listings["CC7.2.ndjson"] = "no JSON\n";
    EXPECT_FALSE(redactSoc2(bundle, listings, ExportRedaction::make(true).value()));
}

TEST(Soc2, noticesAListingThatIsNotTheOneExported)
{
    const std::string json = printJson(toJson(soc2OnTest()));
    EXPECT_FALSE(faultOfAttachments(json, ReportKind::Soc2, {{"CC7.2.ndjson", listingOnTest()}}));
    EXPECT_TRUE(faultOfAttachments(json, ReportKind::Soc2, {{"CC7.2.ndjson", "{} \n"}}));
    EXPECT_TRUE(faultOfAttachments(json, ReportKind::Soc2, {}));
    EXPECT_TRUE(faultOfAttachments("{}", ReportKind::Soc2, {}));
    EXPECT_TRUE(makeBundleReport(json, ReportKind::Soc2, {{"CC7.2.ndjson", listingOnTest()}}, {}));
}

TEST(Soc2Listing, isReadWithinItsLimits)
{
    const auto membersOf = [](BytesView listing) {
        std::size_t members = 0;
        const auto read = readListing(listing, [&members](const Json&) { ++members; });
        return read ? Result<std::size_t>(members) : tl::make_unexpected(read.error());
    };
    Bytes lines;
    for (std::size_t i = 0; i < kListingLinesMax; ++i) {
        lines += "{}\n";
    }
    EXPECT_EQ(membersOf(lines).value_or(0), kListingLinesMax);
    const auto more = membersOf(lines + "{}");
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().code, ErrorCode::TooLarge);
    const Bytes longest = "{}" + Bytes(kListingLineBytesMax - 2, ' ');
    EXPECT_EQ(membersOf(longest + "\n{}").value_or(0), 2U);
    const auto longer = membersOf("{}\n" + longest + " ");
    ASSERT_FALSE(longer);
    EXPECT_EQ(longer.error().code, ErrorCode::TooLarge);
    EXPECT_FALSE(membersOf("{}\n[]\n"));
}

} // namespace
} // namespace exhibit::report
