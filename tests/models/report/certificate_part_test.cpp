// SPDX-License-Identifier: Apache-2.0
#include "models/report/incident_report.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

/// What the code beside the answers says.
std::string codeOf(const PackFacts& facts)
{
    const auto document = incidentReport(facts);
    EXPECT_TRUE(document) << document.error().message;
    for (const auto& block : document->blocks) {
        const auto* table = std::get_if<Table>(&block);
        if (table != nullptr && table->beside) {
            return table->beside->alternative;
        }
    }
    return "";
}

TEST(CertificatePart, itsCodeOpensThePageOfTheCertificateAndProvesWithoutIt)
{
    auto facts = readPackFacts(packOnTest(bundleOnTest(factsOnTest(), true))).value();
    const std::string proof = "EXH1*" + facts.origin + "*";
    EXPECT_TRUE(codeOf(facts).starts_with("QR code with the text " + proof)) << codeOf(facts);
    facts.certificate = domain::EvidenceCertificate{};
    EXPECT_TRUE(codeOf(facts).starts_with("QR code with the text " + proof))
        << "no address is known: " << codeOf(facts);
    facts.certificate->verificationUrl = "https://exhibit.example/api/v1/certificates/c/verify";
    EXPECT_TRUE(codeOf(facts).starts_with(
        "QR code with the text https://exhibit.example/api/v1/certificates/c/verify#" + proof))
        << codeOf(facts);
}

} // namespace
} // namespace exhibit::report
