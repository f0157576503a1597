// SPDX-License-Identifier: Apache-2.0
#include "models/report/typesetter.h"

#include "models/report/qr.h"
#include "models/report/safe_text.h"
#include "tests/models/report/document_on_test.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace exhibit::report {
namespace {

using namespace std::chrono_literals;

Table longTable(std::size_t rows)
{
    Table table{{{"Step", 40}, {"Reason", 1}}, {}, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        table.rows.push_back({{{plain("row " + std::to_string(i))},
                               {plain("A reason that takes more than one line because it goes on "
                                      "and on until the column ends, twice over at the least, and "
                                      "then goes on a little more.")}}});
    }
    return table;
}

/// What a program of others says of the file.
std::string outputOf(const std::string& program,
                     const std::vector<std::string>& before,
                     const Bytes& pdf,
                     const std::vector<std::string>& after = {})
{
    const test::TempDir folder;
    const std::string file = (folder.path() / "report.pdf").string();
    std::ofstream(file, std::ios::binary) << pdf;
    std::vector<std::string> arguments = before;
    arguments.push_back(file);
    arguments.insert(arguments.end(), after.begin(), after.end());
    const auto done
        = test::run("/usr/bin/" + program, {.arguments = arguments}, Deadline::after(60s));
    EXPECT_TRUE(done) << program;
    EXPECT_EQ(done->exitCode, 0) << program << done->output;
    return done ? done->output : std::string();
}

std::size_t countOf(const std::string& text, const std::string& what)
{
    std::size_t count = 0;
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) {
        ++count;
    }
    return count;
}

TEST(Typesetter, isReadByOthersInItsOrderAndTagged)
{
    const auto made = typeset(documentWith({Title{"Renewal — Vertrag", "under"},
                                            Heading{"1 Summary"},
                                            Paragraph{plain("It was said that 契約 renews. Ω")},
                                            longTable(2)}));
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->pages, 1U);
    outputOf("qpdf", {"--check"}, made->pdf);
    const std::string text = outputOf("pdftotext", {}, made->pdf, {"-"});
    EXPECT_LT(text.find("Renewal — Vertrag"), text.find("1 Summary"));
    EXPECT_LT(text.find("1 Summary"), text.find("It was said that"));
    EXPECT_NE(text.find("Page 1 of 1"), text.npos);
    const std::string structure = outputOf("pdfinfo", {"-struct"}, made->pdf);
    for (const auto* tag : {"Document", "H1", "H2", "P ", "Table", "TR", "TH", "TD"}) {
        EXPECT_NE(structure.find(tag), structure.npos) << tag;
    }
}

TEST(Typesetter, repeatsTheHeadOfALongTableAndSplitsNoRow)
{
    const auto made = typeset(documentWith({longTable(200)}));
    ASSERT_TRUE(made);
    EXPECT_GT(made->pages, 5U);
    const std::string text = outputOf("pdftotext", {"-layout"}, made->pdf, {"-"});
    EXPECT_EQ(countOf(text, "Step "), made->pages);
    std::size_t begun = 0;
    std::size_t ended = 0;
    std::size_t at = 0;
    for (std::size_t page = 0; page < made->pages; ++page) { // Each page ends what it begins.
        const auto end = text.find('\f', at);
        const std::string one = text.substr(at, end - at);
        begun += countOf(one, "A reason that");
        ended += countOf(one, "little more.");
        EXPECT_EQ(begun, ended) << page;
        at = end + 1;
    }
    EXPECT_EQ(begun, 200U);
}

TEST(Typesetter, keepsATableWithItsCodeAndItsHeadingOnOnePage)
{
    Table table{{{"Check", 1}, {"Answer", 1}}, {}, makeCode("https://exhibit.example/c").value()};
    for (int i = 0; i < 5; ++i) {
        table.rows.push_back({{{plain("question " + std::to_string(i))}, {plain("passed")}}});
    }
    table.beside->caption = "beside it";
    for (std::size_t before = 0; before < 60; before += 3) {
        std::vector<Block> blocks;
        for (std::size_t i = 0; i < before; ++i) {
            blocks.emplace_back(Paragraph{plain("line")});
        }
        blocks.emplace_back(Heading{"The certificate"});
        blocks.emplace_back(table);
        const auto made = typeset(documentWith(std::move(blocks))).value();
        const std::string text = outputOf("pdftotext", {"-layout"}, made.pdf, {"-"});
        std::set<std::size_t> pages;
        for (const auto* part : {"The certificate", "question 0", "question 4", "beside it"}) {
            const auto at = text.find(part);
            ASSERT_NE(at, text.npos) << part << " after " << before;
            pages.insert(countOf(text.substr(0, at), "\f"));
        }
        EXPECT_EQ(pages.size(), 1U) << "after " << before << " lines";
    }
}

TEST(Typesetter, isTheSameTwice)
{
    const auto document = documentWith({Title{"A", "b"}, longTable(30)});
    EXPECT_EQ(typeset(document).value().pdf, typeset(document).value().pdf);
}

TEST(Typesetter, survivesHostileText)
{
    const std::string word(1'000'000, 'w');
    std::string hostile = "\x1B[31m <b>&amp;\xE2\x80\xAE turned \xED\xA0\x80 %PDF-1.4 ) endobj";
    hostile += std::string(3, '\0');
    Table table{{{"Step", 30}, {"Reason", 1}}, {}, {}};
    table.rows.push_back({{{plain("1")}, {plain(bounded(oneLine(word), 900))}}});
    table.rows.push_back({{{plain("2")}, {plain(oneLine(hostile))}}});
    const auto made = typeset(documentWith({Paragraph{plain(safeText(word.substr(0, 8000)))},
                                            Paragraph{plain(safeText(hostile))},
                                            std::move(table)}));
    ASSERT_TRUE(made) << made.error().message;
    outputOf("qpdf", {"--check"}, made->pdf);
    const std::string text = outputOf("pdftotext", {}, made->pdf, {"-"});
    EXPECT_NE(text.find("<b>&amp;[U+202E] turned"), text.npos);
    EXPECT_NE(text.find("(999100 bytes more)"), text.npos);
}

} // namespace
} // namespace exhibit::report
