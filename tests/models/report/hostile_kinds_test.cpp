// SPDX-License-Identifier: Apache-2.0
// Hostile text through each kind of PDF: it is shown as text, moves nothing and hides nothing.
#include "models/report/pdf_verifier.h"
#include "tests/models/report/kinds_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

/// Control characters, overrides of direction, markup, delimiters, formulas, a path, no character,
/// and a megabyte in one word.
std::string hostileText()
{
    return std::string(
               "\xE2\x80\xAE\xE2\x81\xA6\x01\x1B[31m\x7F\r\n\t<script>alert(1)</script>&amp;"
               "</Title>) Tj ET \\( endstream endobj \xC3\xBE\x14\xC2\xAE\",'=cmd|' /C"
               "calc'!A0 ../../etc/passwd {} {0} %s \xEF\xBF\xBE HOSTILE ")
        + std::string(1 << 20, 'W');
}

RecordedFacts hostileFacts(const std::string& text)
{
    auto facts = factsOnTest(5);
    facts.tenantName = text;
    facts.incident.title = text;
    facts.incident.model = text;
    facts.incident.policyId = text.substr(0, 300);
    facts.incident.excerpt = text;
    facts.incident.assignee = text;
    facts.incident.rootCause->analysis = text;
    facts.incident.rootCause->shouldHave = text;
    facts.incident.rootCause->actuallyDid = text;
    facts.keyLabels["key_1"] = text;
    Impact impact;
    impact.businessImpact = text;
    impact.affectedParties = text;
    facts.impact = {1, "key_1", facts.incident.createdAt, impact};
    domain::Remediation item;
    item.number = 1;
    item.action = text;
    item.owner = text;
    facts.remediations.push_back(item);
    for (auto& step : facts.steps) {
        step.event.reason = text;
    }
    return facts;
}

Result<Bytes> hostileReport(ReportKind kind, const std::string& text)
{
    const Bytes pack = packOnTest(bundleOnTest(hostileFacts(text), true));
    if (kind == ReportKind::Soc2) {
        auto bundle = soc2OnTest();
        bundle.tenantName = text;
        bundle.exportedBy = text;
        bundle.exportReason = text;
        bundle.controlObjectives = {{"CC7.2", text, text, text}};
        bundle.attestationStatement = text.substr(0, 20'000);
        bundle.auditorNotes = text.substr(0, 20'000);
        bundle.statementBy = text;
        bundle.criteriaSource = text.substr(0, 400);
        auto& row = bundle.rows.front();
        row.controlId = text;
        row.performers = {text, text};
        row.exception = text;
        return reportOf(kind, soc2FilesOnTest(bundle), {});
    }
    if (kind == ReportKind::LegalDiscovery) {
        auto bundle = legalOnTest();
        bundle.tenantName = text;
        bundle.exportedBy = text;
        bundle.exportedByLabel = text;
        bundle.exportReason = text;
        bundle.caseName = text.substr(0, 1000);
        bundle.confidentiality = text.substr(0, 300);
        bundle.custodians = {text};
        bundle.documents[0].subject = text;
        bundle.documents[0].docType = text.substr(0, 100);
        bundle.privilegeLog[0].basis = text;
        bundle.privilegeLog[0].description = text;
        return reportOf(kind, legalFilesOnTest(bundle), {});
    }
    if (kind == ReportKind::AiActArt73) {
        Art73Entered entered;
        entered.fields
            = JsonObject{{"reporter", text.substr(0, 4000)}, {"system_name", text.substr(0, 4000)}};
        return reportOf(kind, art73FilesOnTest(pack, entered), {});
    }
    if (kind == ReportKind::Fre902) {
        return reportOf(kind, declarationOnTest(pack), {});
    }
    return makeReport(pack, kind, {});
}

class HostileKinds : public ::testing::TestWithParam<ReportKind> { };

TEST_P(HostileKinds, showTextAsText)
{
    const auto made = hostileReport(GetParam(), hostileText());
    ASSERT_TRUE(made) << made.error().message;
    const test::TempDir folder;
    const std::string file = (folder.path() / "report.pdf").string();
    std::ofstream(file, std::ios::binary) << *made;
    const auto run = [](const std::string& program, std::vector<std::string> arguments) {
        const auto done = test::run(
            "/usr/bin/" + program, {.arguments = std::move(arguments)}, Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << program << (done ? done->output : "");
        return done ? done->output : std::string();
    };
    run("qpdf", {"--check", file});
    const std::string text = run("pdftotext", {file, "-"});
    EXPECT_NE(text.find("<script>"), text.npos) << "markup is text";
    EXPECT_NE(text.find("Page 1 of "), text.npos);
    for (const auto* hidden : {"\xE2\x80\xAE", "\xE2\x81\xA6", "\x01", "\x1B", "\x7F", "\x14"}) {
        EXPECT_EQ(text.find(hidden), text.npos) << "acts on whoever reads it";
    }
    const std::string info = run("pdfinfo", {file});
    const auto pages = info.find("Pages:");
    ASSERT_NE(pages, info.npos);
    EXPECT_LT(std::stoi(info.substr(pages + 6)), 60) << "a megabyte does not fill a binder";
    const auto report = verifyReportPdf(*made, evidence::testing::smallAnchors(), {});
    for (const auto& check : report.checks) {
        const bool unsignedFile = check.id == "report" && check.subject == "signature";
        EXPECT_TRUE(unsignedFile || check.result != evidence::CheckResult::Failed)
            << check.id << ' ' << check.subject << ' ' << check.detail.substr(0, 300);
    }
}

INSTANTIATE_TEST_SUITE_P(OfEachKind,
                         HostileKinds,
                         ::testing::ValuesIn(kEveryKind),
                         [](const auto& kind) { return std::string(wireName(kind.param)); });

} // namespace
} // namespace exhibit::report
