// SPDX-License-Identifier: Apache-2.0
// Each kind of report, without what is attached, under PDFBox Preflight, which knows PDF/A-1b
// alone: what it finds may be what PDF/A-3 permits, and nothing else. ./dev test installs it, with
// a Java runtime; without them the test says that it was skipped, and pdfa_check.py
// (models.report.foreign_readers) looks at what needs no rendering.
#include "models/report/pdf_pages.h"
#include "tests/models/report/kinds_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace exhibit::report {
namespace {

/// What PDF/A-3 permits and PDF/A-1 does not, as Preflight says it.
constexpr const char* kOfPart1Alone[] = {
    "7.11.2 : Error on MetaData, part must be 1",
    "2.2.1 : Invalid graphics transparency", // The page group; colours are those of the intent.
    "The Charset entry is missing for the Type1 Subset",
    "The CIDSet entry is missing for the Composite Subset",
    "EmbeddedFile entry is present in the Names dictionary", // Empty: qpdf leaves the name.
};

std::string classPath()
{
    std::string path;
    for (const auto* jar : {"preflight",
                            "pdfbox2",
                            "fontbox2",
                            "xmpbox",
                            "commons-logging",
                            "javax.activation",
                            "jaxb-api"}) {
        const std::string file = "/usr/share/java/" + std::string(jar) + ".jar";
        if (!std::filesystem::exists(file)) {
            return "";
        }
        path += file + ":";
    }
    return std::filesystem::exists("/usr/bin/java") ? path : "";
}

class Preflight : public ::testing::TestWithParam<ReportKind> { };

TEST_P(Preflight, findsNothingThatPdfA3ForbidsToo)
{
    const std::string classes = classPath();
    if (classes.empty()) {
        GTEST_SKIP() << "PDFBox Preflight is not installed; see the head of this file";
    }
    const test::TempDir folder;
    const auto path = [&](const char* name) { return (folder.path() / name).string(); };
    const Bytes report = reportOnTest(GetParam(), {}).value();
    std::ofstream(path("report.pdf"), std::ios::binary) << report;
    // Attachments and streams of objects are not known to part 1.
    std::vector<std::string> arguments{
        "--object-streams=disable", "--newline-before-endstream", "--force-version=1.4"};
    const auto content = readPdf(report);
    ASSERT_TRUE(content);
    for (const auto& [name, bytes] : content->attachments) {
        arguments.push_back("--remove-attachment=" + name);
    }
    arguments.insert(arguments.end(), {path("report.pdf"), path("plain.pdf")});
    const auto plainFile = test::run("/usr/bin/qpdf",
                                     {.arguments = std::move(arguments)},
                                     Deadline::after(std::chrono::seconds(60)));
    ASSERT_TRUE(plainFile && plainFile->exitCode == 0);
    const auto judged = test::run(
        "/usr/bin/java",
        {.arguments
         = {"-cp", classes, "org.apache.pdfbox.preflight.Validator_A1b", path("plain.pdf")}},
        Deadline::after(std::chrono::seconds(110)));
    ASSERT_TRUE(judged) << judged.error().message;
    std::istringstream lines(judged->output);
    std::size_t findings = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.find("is not a valid PDF/A-1b file") != line.npos) {
            continue;
        }
        ++findings;
        bool known = false;
        for (const auto* expected : kOfPart1Alone) {
            known = known || line.find(expected) != line.npos;
        }
        EXPECT_TRUE(known) << line;
    }
    EXPECT_GT(findings, 0U) << "it says at least that this is not part 1: " << judged->output;
}

INSTANTIATE_TEST_SUITE_P(OfEachKind,
                         Preflight,
                         ::testing::ValuesIn(kEveryKind),
                         [](const auto& kind) { return std::string(wireName(kind.param)); });

} // namespace
} // namespace exhibit::report
