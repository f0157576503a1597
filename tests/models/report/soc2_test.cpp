// SPDX-License-Identifier: Apache-2.0
#include "models/report/soc2.h"

#include "models/report/report_pdf.h"
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

TEST(Soc2, noticesAListingThatIsNotTheOneExported)
{
    const std::string json = printJson(toJson(soc2OnTest()));
    EXPECT_FALSE(faultOfAttachments(json, ReportKind::Soc2, {{"CC7.2.ndjson", "{}\n"}}));
    EXPECT_TRUE(faultOfAttachments(json, ReportKind::Soc2, {{"CC7.2.ndjson", "{} \n"}}));
    EXPECT_TRUE(faultOfAttachments(json, ReportKind::Soc2, {}));
    EXPECT_TRUE(faultOfAttachments("{}", ReportKind::Soc2, {}));
    EXPECT_TRUE(makeBundleReport(json, ReportKind::Soc2, {{"CC7.2.ndjson", "{}\n"}}, {}));
}

} // namespace
} // namespace exhibit::report
