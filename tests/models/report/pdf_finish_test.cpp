// SPDX-License-Identifier: Apache-2.0
// From Cairo's pages to the file that leaves the building, as programs of others read it.
#include "models/report/pdf_finish.h"

#include "models/report/cairo_pages.h"
#include "models/report/pdf_pages.h"
#include "models/report/typesetter.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

#include <fstream>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

Document documentOnTest(std::size_t rows)
{
    Document document;
    document.title = "Prüfbericht – A (1) \\ 契約";
    document.kind = "Incident report";
    document.report = "incident";
    document.createdAt = fromMicroseconds(1'795'000'000'000'000);
    document.blocks.emplace_back(Title{"A report", "under"});
    document.blocks.emplace_back(FactGrid{{{"Incident", mono("inc_1")}}, {{"State", plain("x")}}});
    Table table{{{"Step", 40}, {"Reason", 1}}, {}, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        table.rows.push_back({{{plain(std::to_string(i))}, {plain("a reason")}}});
    }
    document.blocks.emplace_back(std::move(table));
    return document;
}

Bytes finished(BytesView pages, const Document& document, const PdfFinish& finish = {})
{
    const auto made = finishPdf(pages, document, finish);
    EXPECT_TRUE(made) << made.error().message << made.error().subject;
    return made.value_or("");
}

class PdfFinishTest : public ::testing::Test {
protected:
    std::string outputOf(const std::string& program,
                         std::vector<std::string> arguments,
                         const Bytes& pdf) const
    {
        const std::string file = (m_folder.path() / "report.pdf").string();
        std::ofstream(file, std::ios::binary) << pdf;
        arguments.push_back(file);
        const auto done = test::run(
            "/usr/bin/" + program, {.arguments = std::move(arguments)}, Deadline::after(60s));
        EXPECT_TRUE(done && done->exitCode == 0) << program;
        return done ? done->output : std::string();
    }

    test::TempDir m_folder;
};

TEST_F(PdfFinishTest, headsOfATableLookDownThoseOfAListAlong)
{
    const auto document = documentOnTest(2);
    const Bytes pdf = finished(typeset(document).value().pdf, document);
    outputOf("qpdf", {"--check"}, pdf);
    const std::string tree = outputOf("pdfinfo", {"-struct"}, pdf);
    const auto row = tree.find("/Scope /Row");
    const auto column = tree.find("/Scope /Column");
    ASSERT_NE(row, tree.npos) << tree;
    ASSERT_NE(column, tree.npos) << tree;
    EXPECT_LT(row, column) << "the list stands before the table";
    EXPECT_EQ(tree.find("/Scope /Row", column), tree.npos) << tree;
}

TEST_F(PdfFinishTest, whatTheFileSaysOfItselfIsReadBack)
{
    const auto document = documentOnTest(2);
    PdfFinish finish;
    const Bytes first = "one";
    const Bytes second(100'000, 'x');
    finish.attachments = {{"b (ü).txt", "text/plain", "Second – by name", second},
                          {"a.json", "application/vnd.exhibit+zip", "First", first}};
    const Bytes pdf = finished(typeset(document).value().pdf, document, finish);
    const std::string about = outputOf("pdfinfo", {}, pdf);
    EXPECT_NE(about.find(document.title), about.npos) << about;
    const std::string list = outputOf("pdfdetach", {"-list"}, pdf);
    EXPECT_NE(list.find("1: a.json\n2: b (ü).txt"), list.npos) << list;
    const auto content = readPdf(pdf);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->attachments.at("a.json"), first);
    EXPECT_EQ(content->attachments.at("b (ü).txt"), second);
    EXPECT_TRUE(content->suspicious.empty());
    EXPECT_EQ(content->report, "incident");
    EXPECT_LT(pdf.size(), typeset(document).value().pdf.size() + 20'000) << "it is packed";
}

TEST_F(PdfFinishTest, aLongTableIsSmallInTheFile)
{
    const auto document = documentOnTest(2000);
    const Bytes pages = typeset(document).value().pdf;
    const Bytes pdf = finished(pages, document);
    outputOf("qpdf", {"--check"}, pdf);
    EXPECT_LT(pdf.size(), pages.size() / 3);
    EXPECT_EQ(pdf, finished(pages, document)) << "the same twice";
}

TEST_F(PdfFinishTest, takesPagesWhoseObjectsArePackedAlready)
{
    const auto document = documentOnTest(30);
    const Bytes pages = typeset(document).value().pdf;
    QPDF pdf;
    pdf.processMemoryFile("pages", pages.data(), pages.size());
    QPDFWriter writer(pdf);
    writer.setOutputMemory();
    writer.setObjectStreamMode(qpdf_o_generate);
    writer.write();
    const auto buffer = writer.getBufferSharedPointer();
    const Bytes packed(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
    ASSERT_FALSE(CairoPages::open(packed));
    const Bytes one = finished(pages, document);
    const Bytes other = finished(packed, document);
    outputOf("qpdf", {"--check"}, other);
    EXPECT_EQ(readPdf(one).value().pages, readPdf(other).value().pages);
    EXPECT_EQ(outputOf("pdfinfo", {"-struct-text"}, one),
              outputOf("pdfinfo", {"-struct-text"}, other));
}

TEST_F(PdfFinishTest, whatIsNoPdfIsNotFinished)
{
    const auto document = documentOnTest(1);
    const Bytes pages = typeset(document).value().pdf;
    for (const Bytes& broken : {Bytes(),
                                Bytes("startxref\n0\n%%EOF"),
                                Bytes("startxref\n99999999999999999999\n%%EOF"),
                                pages.substr(0, pages.size() / 2),
                                pages.substr(pages.size() / 2)}) {
        EXPECT_FALSE(finishPdf(broken, document, {}));
    }
}

} // namespace
} // namespace exhibit::report
