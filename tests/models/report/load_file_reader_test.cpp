// SPDX-License-Identifier: Apache-2.0
#include "models/report/load_file_reader.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

Bytes datOf(const std::vector<std::vector<std::string>>& rows, TextEncoding encoding)
{
    Bytes dat = datStart(encoding);
    for (const auto& row : rows) {
        dat += datRow(row, encoding).value();
    }
    return dat;
}

TEST(LoadFileReader, readsBackWhatWasWritten)
{
    for (const auto encoding : {TextEncoding::Utf8, TextEncoding::Windows1252}) {
        const auto rows
            = readDat(datOf({{"A", "B"}, {"1", ""}, {"", "x,\"y\""}}, encoding), encoding, 3);
        ASSERT_TRUE(rows) << rows.error().message;
        EXPECT_EQ(*rows, (std::vector<std::vector<Bytes>>{{"A", "B"}, {"1", ""}, {"", "x,\"y\""}}));
    }
    Bytes opt = optLine({"EXH1", "VOL1", "p\\1.tif", 2}).value();
    opt += optLine({"EXH2", "VOL1", "p\\2.tif", 0}).value();
    const auto pages = readOpt(opt, 2);
    ASSERT_TRUE(pages) << pages.error().message;
    ASSERT_EQ(pages->size(), 2U);
    EXPECT_EQ(pages->front().documentPages, 2U);
    EXPECT_EQ(pages->back().path, "p\\2.tif");
    EXPECT_EQ(pages->back().documentPages, 0U);
}

TEST(LoadFileReader, namesTheRowThatIsNone)
{
    const Bytes good = datOf({{"A", "B"}, {"1", "2"}}, TextEncoding::Windows1252);
    const std::pair<Bytes, std::string> bad[]
        = {{good + "x", "row 3"},
           {good.substr(0, good.size() - 1), "row 2"},
           {good + datRow({"only one"}, TextEncoding::Windows1252).value(), "row 3"},
           {good
                + "\xFE"
                  "a\xFE"
                  "b\xFE\r\n",
            "row 3"},
           {good
                + "\xFE"
                  "a\r\n\xFE\r\n",
            "row 3"}};
    for (const auto& [dat, row] : bad) {
        const auto read = readDat(dat, TextEncoding::Windows1252, 9);
        ASSERT_FALSE(read) << row;
        EXPECT_EQ(read.error().subject, row);
    }
    EXPECT_FALSE(readDat(good, TextEncoding::Utf8, 9)) << "no byte order mark";
    for (const auto* line : {"EXH1,VOL1,p.tif,,,\r\n",
                             "EXH1,VOL1,p.tif,,,,,\r\n",
                             "EXH1,VOL1,p.tif,Y,,,\r\n",
                             "EXH1,VOL1,p.tif,,,,1\r\n",
                             "EXH1,VOL1,p.tif,Y,,,x\r\n",
                             ",VOL1,p.tif,,,,\r\n",
                             "EXH1,VOL1,p.tif,,,,"}) {
        EXPECT_FALSE(readOpt(line, 9)) << line;
    }
}

TEST(LoadFileReader, readsNoMoreRowsValuesOrPagesThanItIsTold)
{
    const auto encoding = TextEncoding::Windows1252;
    const std::vector<std::string> widest(kDatValuesMax);
    ASSERT_TRUE(readDat(datOf({widest, widest}, encoding), encoding, 2));
    const auto rows = readDat(datOf({widest, widest, widest}, encoding), encoding, 2);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(rows.error().subject, "row 3");
    const std::vector<std::string> wider(kDatValuesMax + 1);
    const auto values = readDat(datOf({wider}, encoding), encoding, 2);
    ASSERT_FALSE(values);
    EXPECT_EQ(values.error().code, ErrorCode::TooLarge);
    const Bytes line = optLine({"EXH1", "VOL1", "p\\1.tif", 1}).value();
    ASSERT_TRUE(readOpt(line + line, 2));
    const auto pages = readOpt(line + line + line, 2);
    ASSERT_FALSE(pages);
    EXPECT_EQ(pages.error().code, ErrorCode::TooLarge);
    EXPECT_EQ(pages.error().subject, "line 3");
}

} // namespace
} // namespace exhibit::report
