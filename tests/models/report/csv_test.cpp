// SPDX-License-Identifier: Apache-2.0
#include "models/report/csv.h"

#include <gtest/gtest.h>

namespace exhibit::report {
namespace {

TEST(Csv, quotesWhatWouldEndAField)
{
    EXPECT_EQ(csvLine({"plain", "a,b", "say \"no\"", "two\nlines", ""}),
              "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\r\n");
}

TEST(Csv, anEmptyFirstFieldKeepsItsColumn)
{
    EXPECT_EQ(csvLine({"", "a"}), ",a\r\n");
    EXPECT_EQ(csvLine({"", "", ""}), ",,\r\n");
}

TEST(Csv, guardsWhatASpreadsheetWouldRun)
{
    for (const auto* formula : {"=HYPERLINK(\"http://x\")",
                                "+1+1",
                                "-2+3",
                                "@SUM(A1)",
                                "  =1+1",
                                "\t=1",
                                "＝1+1",
                                "|cmd"}) {
        const std::string line = csvLine({formula});
        EXPECT_TRUE(line.starts_with("\"'")) << line;
    }
    EXPECT_EQ(csvLine({"a=b", "1-2"}), "a=b,1-2\r\n");
}

TEST(Csv, leavesNulOut)
{
    EXPECT_EQ(csvLine({std::string("a\0b", 3)}), "ab\r\n");
}

TEST(Csv, isReadAsItWasWritten)
{
    const std::vector<std::vector<std::string>> lines{
        {"", "a,b", "say \"no\"", "two\r\nlines"}, {"=1+1", "'quoted", std::string("a\0b", 3), ""}};
    const auto read = readCsv(csvLine(lines[0]) + csvLine(lines[1]), 2);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    for (std::size_t line = 0; line < 2; ++line) {
        ASSERT_EQ((*read)[line].size(), 4U);
        for (std::size_t i = 0; i < 4; ++i) {
            EXPECT_TRUE(isCsvFieldOf((*read)[line][i], lines[line][i])) << (*read)[line][i];
        }
    }
    EXPECT_FALSE(isCsvFieldOf("'a", "'b"));
    for (const auto* bad : {"a", "a\n", "\"a\r\n", "a\"b\r\n", "\"a\"b\r\n", "a,b\rc\r\n"}) {
        const auto none = readCsv(std::string("x\r\n") + bad, 9);
        ASSERT_FALSE(none) << bad;
        EXPECT_EQ(none.error().subject, "line 2") << bad;
    }
}

TEST(Csv, isReadWithinItsLimits)
{
    const std::string widest = csvLine(std::vector<std::string>(kCsvFieldsMax));
    ASSERT_TRUE(readCsv(widest + widest, 2));
    const auto lines = readCsv(widest + widest + widest, 2);
    ASSERT_FALSE(lines);
    EXPECT_EQ(lines.error().code, ErrorCode::TooLarge);
    const auto fields = readCsv(csvLine(std::vector<std::string>(kCsvFieldsMax + 1)), 2);
    ASSERT_FALSE(fields);
    EXPECT_EQ(fields.error().code, ErrorCode::TooLarge);
}

} // namespace
} // namespace exhibit::report
