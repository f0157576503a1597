// SPDX-License-Identifier: Apache-2.0
// The shortest run and a long one as reports: each step is a row, and what one reads is what was
// signed.
#include "models/report/report_pdf.h"
#include "tests/models/report/facts_on_test.h"
#include "tests/models/report/pack_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

/// Rows of the trace, the last table of the document.
std::size_t rowsOf(const Document& document)
{
    std::size_t rows = 0;
    for (const auto& block : document.blocks) {
        if (const auto* table = std::get_if<Table>(&block)) {
            rows = table->rows.size();
        }
    }
    return rows;
}

class ReportSizes : public ::testing::Test {
protected:
    std::string outputOf(const std::string& program, std::vector<std::string> arguments) const
    {
        const auto done = test::run(
            "/usr/bin/" + program, {.arguments = std::move(arguments)}, Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << program;
        return done ? done->output : std::string();
    }
    std::string writeReport(const Bytes& pack) const
    {
        const auto pdf = makeReport(pack, ReportKind::Incident, {});
        EXPECT_TRUE(pdf) << pdf.error().message;
        const std::string file = (m_folder.path() / "report.pdf").string();
        std::ofstream(file, std::ios::binary) << pdf.value_or("");
        return file;
    }

    test::TempDir m_folder;
};

TEST_F(ReportSizes, aRunOfOneStepIsAWholeReport)
{
    auto facts = factsOnTest();
    facts.steps.erase(facts.steps.begin(), facts.steps.begin() + 2);
    facts.steps.resize(1);
    facts.steps[0].event.stepIndex = 0;
    const Bytes pack = packOnTest(bundleOnTest(facts, true));
    EXPECT_EQ(rowsOf(documentOf(pack, ReportKind::Incident).value()), 1U);
    const std::string text = outputOf("pdftotext", {writeReport(pack), "-"});
    EXPECT_NE(text.find("Root cause"), std::string::npos);
    EXPECT_NE(text.find("CONTENT_ACCURACY"), std::string::npos);
    EXPECT_NE(text.find("Page 1 of"), std::string::npos);
}

TEST_F(ReportSizes, aRunOfTenThousandStepsHasARowForEach)
{
    constexpr std::size_t kSteps = 10'002; // The last ones have a digit more.
    const Bytes pack = packOnTest(bundleOnTest(factsOnTest(kSteps - 4), true));
    EXPECT_EQ(rowsOf(documentOf(pack, ReportKind::Incident).value()), kSteps);
    const std::string file = writeReport(pack);
    // All of it takes a reader longer than writing it.
    const std::string about = outputOf("pdfinfo", {file});
    const auto at = about.find("Pages:");
    ASSERT_NE(at, std::string::npos) << about;
    const int pages = std::stoi(about.substr(at + 6));
    EXPECT_GT(pages, 200);
    const std::string last = outputOf("pdftotext", {"-f", std::to_string(pages - 1), file, "-"});
    EXPECT_NE(last.find("\n10001\n"), std::string::npos) << "the last step, on one line";
    const std::string page = std::to_string(pages);
    EXPECT_NE(last.find("Page " + page + " of " + page), std::string::npos) << last;
}

} // namespace
} // namespace exhibit::report
