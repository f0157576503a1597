// SPDX-License-Identifier: Apache-2.0
// Every kind of PDF that leaves the building, as programs read it that are not ours.
#include "server/signer/pdf_key.h"
#include "tests/models/report/kinds_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

std::string withoutSpaces(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\f'; });
    return text;
}

/// Frames are set off by spaces that do not break.
std::string withPlainSpaces(std::string text)
{
    constexpr std::string_view kNoBreak = "\xC2\xA0";
    for (auto at = text.find(kNoBreak); at != text.npos; at = text.find(kNoBreak, at)) {
        text.replace(at, kNoBreak.size(), " ");
    }
    return text;
}

class ForeignReaders : public ::testing::TestWithParam<ReportKind> {
protected:
    static void SetUpTestSuite()
    {
        s_folder = std::make_unique<test::TempDir>();
        const auto key = signer::PdfKey::generate(utcNow()).value();
        for (const auto kind : kEveryKind) {
            const auto pdf
                = reportOnTest(kind, [&](const Digest& digest) { return key.sign(digest); });
            ASSERT_TRUE(pdf) << wireName(kind) << ' ' << pdf.error().message;
            std::ofstream(pathOf(kind), std::ios::binary) << *pdf;
        }
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string pathOf(ReportKind kind)
    {
        return (s_folder->path() / (std::string(wireName(kind)) + ".pdf")).string();
    }
    static std::string path() { return pathOf(GetParam()); }

    static std::string checker()
    {
        const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
        return (source == nullptr ? "." : std::string(source))
            + "/tests/models/report/pdfa_check.py";
    }

    static test::Finished ran(const std::string& program, std::vector<std::string> arguments)
    {
        const auto done = test::run(
            "/usr/bin/" + program, {.arguments = std::move(arguments)}, Deadline::after(60s));
        EXPECT_TRUE(done) << program;
        return done.value_or(test::Finished());
    }
    static std::string outputOf(const std::string& program, std::vector<std::string> arguments)
    {
        const auto done = ran(program, std::move(arguments));
        EXPECT_EQ(done.exitCode, 0) << program << ": " << done.output;
        return done.output;
    }
    /// What the outline has to list, in order: the headings of the pages.
    static std::vector<std::string> headings()
    {
        std::istringstream lines(outputOf("python3", {checker(), path()}));
        std::vector<std::string> all;
        for (std::string line; std::getline(lines, line);) {
            all.push_back(line);
        }
        return all;
    }

    /// What a screen reader says is what stands on the pages, headings in their order.
    static void hear(const std::vector<std::string>& titles, const std::string& pages)
    {
        std::istringstream lines(outputOf("pdfinfo", {"-struct-text", path()}));
        std::size_t words = 0;
        std::size_t title = 0;
        for (std::string line; std::getline(lines, line);) {
            const auto begin = line.find('"');
            const auto end = line.rfind('"');
            if (begin == line.npos || begin == end) {
                continue;
            }
            std::istringstream said(withPlainSpaces(line.substr(begin + 1, end - begin - 1)));
            const bool next = title < titles.size()
                && withoutSpaces(titles[title]).starts_with(withoutSpaces(said.str()));
            title += next ? 1 : 0;
            for (std::string word; said >> word; ++words) {
                EXPECT_NE(pages.find(word.substr(0, 12)), pages.npos) << word << " in " << line;
            }
        }
        EXPECT_EQ(title, titles.size()) << "a heading is not heard, or not in its turn";
        EXPECT_GT(words, 100U);
    }

    static inline std::unique_ptr<test::TempDir> s_folder;
};

TEST_P(ForeignReaders, findNoFaultInTheFile)
{
    EXPECT_NE(outputOf("qpdf", {"--check", path()}).find("No syntax or stream encoding errors"),
              std::string::npos);
    const std::string info = outputOf("pdfinfo", {path()});
    for (const auto* part : {"Tagged:          yes",
                             "JavaScript:      no",
                             "Encrypted:       no",
                             "Page size:       595"}) {
        EXPECT_NE(info.find(part), info.npos) << part << '\n' << info;
    }
}

TEST_P(ForeignReaders, findTheSignatureOverTheWholeFile)
{
    const auto done = ran("pdfsig", {"-nocert", path()});
    if (isSignedByNobody(GetParam())) {
        EXPECT_NE(done.output.find("does not contain any signatures"), std::string::npos)
            << done.output;
        return;
    }
    for (const auto* part : {"Signature is Valid.", "Total document signed"}) {
        EXPECT_NE(done.output.find(part), std::string::npos) << part << '\n' << done.output;
    }
}

TEST_P(ForeignReaders, findHeadingsInTheOutlineAndInTheOrderOfThePages)
{
    const auto titles = headings(); // With the rules of PDF/A-3 that need no rendering.
    ASSERT_GE(titles.size(), 3U);
    const std::string text = withoutSpaces(outputOf("pdftotext", {path(), "-"}));
    std::size_t at = 0;
    for (const auto& title : titles) {
        const auto found = text.find(withoutSpaces(title), at);
        ASSERT_NE(found, text.npos) << title << " is not on the pages behind the one before it";
        at = found + 1;
    }
    hear(titles, text);
}

TEST_P(ForeignReaders, tellThePictureOfACodeInWords)
{
    const std::string tree = outputOf("pdfinfo", {"-struct", path()});
    const bool drawn = tree.find("Figure") != tree.npos;
    const std::string images = outputOf("pdfimages", {"-list", path()});
    EXPECT_EQ(std::count(images.begin(), images.end(), '\n'), 2) << "no picture but those drawn";
    const bool fromPack = attachmentOf(GetParam()) == kAttachedPack;
    EXPECT_EQ(drawn, fromPack) << tree.substr(0, 2000);
    if (drawn) {
        const std::string plain
            = outputOf("qpdf", {"--qdf", "--object-streams=disable", path(), "-"});
        EXPECT_NE(plain.find("/Alt (QR"), plain.npos);
    }
}

TEST_P(ForeignReaders, takeOutWhatIsAttached)
{
    const std::string list = outputOf("pdfdetach", {"-list", path()});
    EXPECT_NE(list.find(std::string(attachmentOf(GetParam()))), list.npos) << list;
    const auto folder = s_folder->path() / (std::string(wireName(GetParam())) + "-files");
    std::filesystem::create_directory(folder);
    outputOf("pdfdetach", {"-saveall", "-o", folder.string(), path()});
    const auto file = folder / std::string(attachmentOf(GetParam()));
    ASSERT_TRUE(std::filesystem::exists(file));
    if (file.extension() == ".json") {
        const std::string schema = GetParam() == ReportKind::Soc2 ? "soc2"
            : GetParam() == ReportKind::LegalDiscovery            ? "legal_discovery"
            : GetParam() == ReportKind::AiActArt73                ? "ai_act_art73"
                                                                  : "fre_902";
        const char* const source = std::getenv("EXHIBIT_SOURCE_DIR");
        outputOf("python3",
                 {"-c",
                  "import json,sys,jsonschema\n"
                  "schema=json.load(open(sys.argv[1]))\n"
                  "jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))",
                  (source == nullptr ? "." : std::string(source)) + "/resources/schemas/" + schema
                      + ".v1.json",
                  file.string()});
    }
}

INSTANTIATE_TEST_SUITE_P(OfEachKind,
                         ForeignReaders,
                         ::testing::ValuesIn(kEveryKind),
                         [](const auto& kind) { return std::string(wireName(kind.param)); });

} // namespace
} // namespace exhibit::report
