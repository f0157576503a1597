// SPDX-License-Identifier: Apache-2.0
#include "models/report/pdf_text.h"

#include "models/report/typesetter.h"
#include "tests/models/report/document_on_test.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

constexpr std::size_t kRows = 120;

/// A long table behind some lines; `breaks` puts it on a page of its own.
Document tableOnTest(bool breaks, const std::string& word = "renewed")
{
    Table table{{{"Step", 30}, {"What \u2014 exactly", 1}}, {}, {}};
    for (std::size_t i = 0; i < kRows; ++i) {
        table.rows.push_back(
            {{{plain(std::to_string(i))},
              {plain("an office\u2019s contract, " + (i == 90 ? word : "read"))}}});
    }
    std::string words;
    for (int i = 0; i < 400; ++i) {
        words += "word" + std::to_string(i) + " ";
    }
    std::vector<Block> blocks{Title{"A report", "of two na\u00efve pages"}, Heading{"One"}};
    blocks.emplace_back(Paragraph{{{words, {}}, {"mono", {.mono = true}}}});
    if (breaks) {
        blocks.emplace_back(PageBreak{});
    }
    blocks.emplace_back(std::move(table));
    blocks.emplace_back(FactGrid{{{"Model", plain("gpt")}}, {{"Risk", plain("high")}}});
    return documentWith(std::move(blocks));
}

PdfText textOf(const Document& document)
{
    const auto text = readPdfText(typeset(document).value().pdf);
    EXPECT_TRUE(text) << text.error().message;
    return text.value_or(PdfText());
}

TEST(PdfText, isTheSameWhereverPagesBreak)
{
    const auto one = textOf(tableOnTest(false));
    const auto two = textOf(tableOnTest(true));
    EXPECT_NE(one.pageEnds, two.pageEnds);
    EXPECT_EQ(one.body, two.body);
    EXPECT_EQ(firstDifference(one, two), std::nullopt);
    EXPECT_EQ(one.margins.size(), 1U) << "every page has the same head and foot";
    EXPECT_TRUE(one.body.starts_with("Areportoftwona\u00efvepagesOneword0word1")) << one.body;
    EXPECT_NE(one.body.find("monoStepWhat\u2014exactly0anoffice\u2019scontract,read1anoffice"),
              std::string::npos)
        << one.body;
    EXPECT_TRUE(one.body.ends_with("contract,readModelgptRiskhigh")) << one.body;
    EXPECT_EQ(one.body.find("Step", one.body.find("Step") + 1), std::string::npos)
        << "the head of the table counts once";
}

TEST(PdfText, isAnotherForEachWordThatIs)
{
    const auto text = textOf(tableOnTest(false));
    const auto other = textOf(tableOnTest(false, "revoked"));
    const auto page = firstDifference(text, other);
    ASSERT_TRUE(page);
    EXPECT_GT(*page, 1U);
    EXPECT_LE(text.body.substr(0, text.pageEnds[*page - 1]).size(), text.body.size());
    EXPECT_NE(text.body.substr(0, text.pageEnds[*page - 1]).find("renewed"), std::string::npos);
    EXPECT_EQ(text.body.substr(0, text.pageEnds[*page - 2]).find("renewed"), std::string::npos);

    auto document = tableOnTest(false);
    document.footer = plain("Pack SHA-256 11");
    EXPECT_TRUE(firstDifference(textOf(document), text)) << "the feet of the pages say something";
}

TEST(PdfText, isNotReadOfWhatIsNoReport)
{
    EXPECT_FALSE(readPdfText("%PDF-1.7 nothing"));
    EXPECT_FALSE(readPdfText(""));
}

} // namespace
} // namespace exhibit::report
